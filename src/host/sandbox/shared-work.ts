// Work that several ask for at once and that is done once: a build, a start. Whoever leaves stops only
// waiting; when the last one left, the work is stopped.
import type { AetheriaError } from "../../contract/errors.ts";

/** Who waits: `onProgress` hears of it, one line at a time. */
export type Waiter = { signal: AbortSignal; onProgress(line: string): void };

type Work<T> = { waiters: Set<Waiter>; stop: AbortController; result: Promise<T> };

export type SharedWork<T> = ReturnType<typeof createSharedWork<T>>;

export function createSharedWork<T>(stopped: () => AetheriaError) {
  const running = new Map<string, Work<T>>();

  function begin(key: string, work: (shared: Waiter) => Promise<T>): Work<T> {
    const waiters = new Set<Waiter>();
    const stop = new AbortController();
    const onProgress = (line: string) => waiters.forEach((waiter) => waiter.onProgress(line));
    const result = work({ signal: stop.signal, onProgress }).finally(() => running.delete(key));
    // Everybody may have left by the time it fails.
    result.catch(() => undefined);
    const begun = { waiters, stop, result };
    running.set(key, begun);
    return begun;
  }

  return {
    /** Joins what runs under this key, or begins it. Aborting the waiter throws `stopped` at once. */
    async join(key: string, waiter: Waiter, work: (shared: Waiter) => Promise<T>): Promise<T> {
      if (waiter.signal.aborted) throw stopped();
      for (let dying = running.get(key); dying?.stop.signal.aborted; dying = running.get(key)) {
        await untilAborted(
          dying.result.catch(() => undefined),
          waiter.signal,
          stopped,
        );
      }
      const joined = running.get(key) ?? begin(key, work);
      joined.waiters.add(waiter);
      try {
        return await untilAborted(joined.result, waiter.signal, stopped);
      } finally {
        joined.waiters.delete(waiter);
        if (joined.waiters.size === 0) joined.stop.abort();
      }
    },
    isRunning: (key: string) => running.has(key),
    stopAll: () => running.forEach(({ stop }) => stop.abort()),
    /** Resolves when nothing runs any more, however it ended. */
    async settled(): Promise<void> {
      await Promise.allSettled([...running.values()].map(({ result }) => result));
    },
  };
}

function untilAborted<T>(work: Promise<T>, signal: AbortSignal, stopped: () => Error): Promise<T> {
  const leave = Promise.withResolvers<T>();
  const onAbort = () => leave.reject(stopped());
  signal.addEventListener("abort", onAbort, { once: true });
  return Promise.race([work, leave.promise]).finally(() =>
    signal.removeEventListener("abort", onAbort),
  );
}
