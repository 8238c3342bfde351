// Coalesces what watchers get: at most one message per frame, the first one at once. Durable events
// end a frame of deltas, so that order holds: a text is never told after it has finished.
import type { Push } from "../../contract/calls.ts";
import type { LiveEvent, SessionEvent } from "../../contract/events.ts";
import type { SessionId } from "../../contract/ids.ts";

const frameMs = 16;

export type Frames = {
  events(events: SessionEvent[]): void;
  live(event: LiveEvent): void;
  /** Sends what waits, now. */
  flush(): void;
  close(): void;
};

export function createFrames(sessionId: SessionId, send: (push: Push) => void): Frames {
  let waiting: LiveEvent[] = [];
  let timer: NodeJS.Timeout | null = null;
  let lastAt = -Infinity;

  function flush(): void {
    if (timer) clearTimeout(timer);
    timer = null;
    if (waiting.length === 0) return;
    const live = waiting;
    waiting = [];
    lastAt = performance.now();
    send({ type: "session.frame", sessionId, events: [], live });
  }

  return {
    flush,
    events(events) {
      flush();
      send({ type: "session.frame", sessionId, events, live: [] });
    },
    live(event) {
      if (!joins(waiting, event)) waiting.push(event);
      if (timer) return;
      const dueMs = lastAt + frameMs - performance.now();
      if (dueMs <= 0) flush();
      else timer = setTimeout(flush, dueMs);
    },
    close() {
      if (timer) clearTimeout(timer);
      timer = null;
      waiting = [];
    },
  };
}

/** Joins a delta to the one it continues; a newer status replaces a waiting one. */
function joins(waiting: LiveEvent[], event: LiveEvent): boolean {
  const last = waiting[waiting.length - 1];
  if (!last || last.type !== event.type) return false;
  if (last.type === "run.status") {
    waiting[waiting.length - 1] = event;
    return true;
  }
  if (event.type === "run.status" || keyOf(last) !== keyOf(event)) return false;
  if (last.offset + last.text.length !== event.offset) return false;
  waiting[waiting.length - 1] = { ...last, text: last.text + event.text };
  return true;
}

const keyOf = (event: Exclude<LiveEvent, { type: "run.status" }>): string =>
  event.type === "tool.output" ? event.callId : `${event.type} ${event.runId} ${event.turn}`;
