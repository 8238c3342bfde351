// Time that passes only when nothing else is left to do, so that hours take milliseconds and every run
// of a seed happens in the same order.

export interface VirtualTime {
  now(): number;
  after(ms: number, work: () => void): { cancel(): void };
  /** Until `ms` from now, or until `isOver` says so (asked whenever everything has come to rest). */
  pass(ms: number, isOver?: () => boolean): Promise<void>;
  /** Real work that time must wait for. */
  hold<Value>(work: Promise<Value>): Promise<Value>;
}

type Timer = { at: number; order: number; work: (() => void) | null };

export function createVirtualTime(start: number): VirtualTime {
  const timers: Timer[] = [];
  let now = start;
  let order = 0;
  let held = 0;

  /** Every promise that can be settled is settled once the event loop comes round. */
  async function rest(): Promise<void> {
    do await new Promise<void>((resolve) => setImmediate(resolve));
    while (held > 0);
  }

  return {
    now: () => now,
    after(ms, work) {
      const timer: Timer = { at: now + Math.max(0, ms), order: ++order, work };
      push(timers, timer);
      return { cancel: () => void (timer.work = null) };
    },
    async pass(ms, isOver = () => false) {
      const end = now + ms;
      await rest();
      for (let next = timers[0]; next && next.at <= end && !isOver(); next = timers[0]) {
        now = next.at;
        while (timers[0] && timers[0].at <= now) pop(timers)?.work?.();
        while (timers[0] && timers[0].work === null) pop(timers);
        await rest();
      }
      if (!isOver()) now = end;
    },
    hold(work) {
      held += 1;
      return work.finally(() => (held -= 1));
    },
  };
}

const isBefore = (one: Timer, other: Timer): boolean =>
  one.at === other.at ? one.order < other.order : one.at < other.at;

function push(heap: Timer[], timer: Timer): void {
  let at = heap.push(timer) - 1;
  while (at > 0) {
    const above = (at - 1) >> 1;
    const parent = heap[above];
    if (!parent || !isBefore(timer, parent)) break;
    heap[at] = parent;
    at = above;
  }
  heap[at] = timer;
}

function pop(heap: Timer[]): Timer | undefined {
  const first = heap[0];
  const last = heap.pop();
  if (!first || !last || heap.length === 0) return first;
  let at = 0;
  for (;;) {
    let below = 2 * at + 1;
    const [left, right] = [heap[below], heap[below + 1]];
    if (!left) break;
    if (right && isBefore(right, left)) below += 1;
    const child = heap[below];
    if (!child || !isBefore(child, last)) break;
    heap[at] = child;
    at = below;
  }
  heap[at] = last;
  return first;
}
