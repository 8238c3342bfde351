// The receiving half that every channel shares: it keeps messages until somebody listens, and says
// once that it closed. It knows nothing of any transport.
import type { AetheriaError } from "../contract/errors.ts";
import type { Channel } from "./channel.ts";

export interface Inbox extends Pick<Channel, "onMessage" | "onClose"> {
  readonly closed: boolean;
  /** Ignored once closed. */
  receive(message: unknown): void;
  /** Only the first call tells the listeners. */
  end(why?: AetheriaError): void;
}

export function createInbox(): Inbox {
  let listener: ((message: unknown) => void) | null = null;
  let waiting: unknown[] = [];
  let closed = false;
  let reason: AetheriaError | undefined;
  let closeListeners: ((why?: AetheriaError) => void)[] = [];

  return {
    get closed() {
      return closed;
    },
    receive(message) {
      if (closed) return;
      if (listener) listener(message);
      else waiting.push(message);
    },
    onMessage(next) {
      listener = next;
      const kept = waiting;
      waiting = [];
      for (const message of kept) next(message);
    },
    onClose(next) {
      if (closed) queueMicrotask(() => next(reason));
      else closeListeners.push(next);
    },
    end(why) {
      if (closed) return;
      closed = true;
      reason = why;
      const told = closeListeners;
      closeListeners = [];
      for (const tell of told) queueMicrotask(() => tell(why));
    },
  };
}
