// Two channels in one process, each the other's far end. Messages cross as structured clones on a
// microtask, so nothing is shared and order holds, as over a real wire.
import type { Channel } from "./channel.ts";
import { createInbox, type Inbox } from "./inbox.ts";

/** A connected pair: what one posts, the other receives. Closing one closes both; what was posted
 * before the close still arrives. */
export function createLinkedPair(): [Channel, Channel] {
  const left = createInbox();
  const right = createInbox();
  return [createEnd(left, right), createEnd(right, left)];
}

function createEnd(own: Inbox, far: Inbox): Channel {
  return {
    post(message) {
      if (own.closed) return;
      const copy: unknown = structuredClone(message);
      queueMicrotask(() => far.receive(copy));
    },
    onMessage: own.onMessage,
    onClose: own.onClose,
    close() {
      if (own.closed) return;
      own.end();
      queueMicrotask(() => far.end());
    },
  };
}
