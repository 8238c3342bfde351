// Two channels in one process, each the other's far end. Messages cross as structured clones on a
// microtask, so nothing is shared and order holds, as over a real wire.
import type { Channel } from "./channel.ts";

class LinkedChannel implements Channel {
  far: LinkedChannel | null = null;
  #listener: ((message: unknown) => void) | null = null;
  #waiting: unknown[] = [];
  #closeListeners: (() => void)[] = [];
  #closed = false;

  post(message: unknown): void {
    if (this.#closed) return;
    const copy: unknown = structuredClone(message);
    const far = this.far;
    queueMicrotask(() => far?.receive(copy));
  }

  receive(message: unknown): void {
    if (this.#closed) return;
    if (this.#listener) this.#listener(message);
    else this.#waiting.push(message);
  }

  onMessage(listener: (message: unknown) => void): void {
    this.#listener = listener;
    for (const message of this.#waiting.splice(0)) listener(message);
  }

  onClose(listener: () => void): void {
    if (this.#closed) queueMicrotask(listener);
    else this.#closeListeners.push(listener);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const listener of this.#closeListeners.splice(0)) queueMicrotask(listener);
    this.far?.close();
  }
}

/** A connected pair: what one posts, the other receives. Closing one closes both. */
export function createLinkedPair(): [Channel, Channel] {
  const left = new LinkedChannel();
  const right = new LinkedChannel();
  left.far = right;
  right.far = left;
  return [left, right];
}
