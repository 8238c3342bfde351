// What carries messages: a MessagePort, a socket, or the linked pair of tests. It keeps order and
// loses nothing while open; it says once that it closed. Messages are structured-cloneable.
import type { AetheriaError } from "../contract/errors.ts";

export interface Channel {
  post(message: unknown): void;
  /** One listener; messages before it is set are kept for it. */
  onMessage(listener: (message: unknown) => void): void;
  /** Called once, also when close() was ours. `why` is there when the far end refused a message
   * that would be refused again, such as one that is too large. */
  onClose(listener: (why?: AetheriaError) => void): void;
  close(): void;
}
