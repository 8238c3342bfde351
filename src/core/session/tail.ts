// Where the youngest part of a log may begin so that it folds on its own: at a message that was
// sent while no run was going on and no other message waited.
import type { SessionEvent } from "../../contract/events.ts";

/** Reads at most `count` events with seq < `before`, youngest first. */
export type ReadBack = (before: number, count: number) => SessionEvent[];

export type Tail = { events: SessionEvent[]; hasEarlier: boolean };

/** How many times the limit is read at most in search of a beginning. */
const stretch = 20;

export function readTail(readBack: ReadBack, before: number, limit: number): Tail {
  const wanted = Math.max(1, limit);
  const events = readBack(before, wanted).reverse();
  const enough = (start: number) => events.length - start >= wanted / 2;
  let start = beginnings(events).find(enough);
  while (start === undefined) {
    const first = events[0]?.seq ?? 1;
    if (first <= 1) start = 0;
    else if (events.length >= wanted * stretch) start = lastResort(events);
    else {
      events.unshift(...readBack(first, wanted).reverse());
      start = beginnings(events).findLast(enough);
    }
  }
  const kept = events.slice(start);
  return { events: kept, hasEarlier: (kept[0]?.seq ?? 1) > 1 };
}

/** Indexes where a part may begin, as far as these events can tell. */
export function beginnings(events: SessionEvent[]): number[] {
  const found: number[] = events[0]?.seq === 1 ? [0] : [];
  let undecided: number[] = [];
  let running: boolean | null = events[0]?.seq === 1 ? false : null;
  for (const [index, event] of events.entries()) {
    if (event.type === "run.started") {
      if (running === null && !event.data.resumed) found.push(...undecided);
      undecided = [];
      running = true;
    }
    if (event.type === "run.finished") {
      undecided = [];
      running = false;
    }
    if (event.type !== "message.sent" || event.data.delivery !== "auto") continue;
    if (running === false) found.push(index);
    if (running === null) undecided.push(index);
  }
  return found;
}

/** A run longer than we are ready to read: begin at any message, else anywhere. */
export function lastResort(events: SessionEvent[]): number {
  const message = events.findIndex(
    (event) => event.type === "message.sent" && event.data.delivery !== "steer",
  );
  return Math.max(0, message);
}
