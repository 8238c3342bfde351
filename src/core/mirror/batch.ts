// What goes into one push: a fair share of every session that waits, in order within each, and no more
// than fits. Reads only what it takes.
import type { SessionId } from "../../contract/ids.ts";

export type WaitingEvent = { seq: number; text: string };

export type BatchSource = {
  sessionId: SessionId;
  /** The last event the server has. */
  from: number;
  /** The events after `from`, in order, at most `limit`. */
  read(from: number, limit: number): WaitingEvent[];
};

export type BatchPart = { sessionId: SessionId; events: WaitingEvent[] };

export type BatchLimits = {
  maxEvents: number;
  /** Of plaintext, in UTF-16 units. One event that is larger goes alone. */
  maxChars: number;
};

/** So many of one session before the next has its turn: few enough that long ones fill no memory. */
const turn = { least: 16, most: 64 };

export function takeBatch(sources: readonly BatchSource[], limits: BatchLimits): BatchPart[] {
  const parts = new Map<SessionId, BatchPart>();
  let roomEvents = limits.maxEvents;
  let roomChars = limits.maxChars;
  let waiting = [...sources];
  const share = Math.floor(limits.maxEvents / Math.max(1, sources.length));
  const turnEvents = Math.min(turn.most, Math.max(turn.least, share));

  /** True when it may have more, and there was room for all that was read. */
  function takeTurn({ sessionId, from, read }: BatchSource): boolean {
    const part = parts.get(sessionId) ?? { sessionId, events: [] };
    const wanted = Math.min(turnEvents, roomEvents);
    const events = read(part.events.at(-1)?.seq ?? from, wanted);
    for (const event of events) {
      const isFirst = roomEvents === limits.maxEvents;
      if (event.text.length > roomChars && !isFirst) return false;
      part.events.push(event);
      parts.set(sessionId, part);
      roomEvents -= 1;
      roomChars -= event.text.length;
    }
    return events.length === wanted;
  }

  while (waiting.length > 0 && roomEvents > 0 && roomChars > 0)
    waiting = waiting.filter((source) => roomEvents > 0 && roomChars > 0 && takeTurn(source));
  return [...parts.values()];
}
