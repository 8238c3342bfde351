// Starts that several ask for at once and that are done once. Whoever leaves stops only waiting; a start
// that nobody waits for is stopped.
import { AetheriaError } from "../../contract/errors.ts";
import type { SessionId } from "../../contract/ids.ts";

type Start<T> = { waiters: number; stop: AbortController; result: Promise<T> };

export function createStarts<T>(changed: (sessionId: SessionId) => void) {
  const running = new Map<SessionId, Start<T>>();
  const failures = new Map<SessionId, AetheriaError>();

  function begin(sessionId: SessionId, work: (signal: AbortSignal) => Promise<T>): Start<T> {
    const stop = new AbortController();
    failures.delete(sessionId);
    const result = work(stop.signal)
      .catch((error: unknown) => {
        if (error instanceof AetheriaError && error.code !== "cancelled")
          failures.set(sessionId, error);
        throw error;
      })
      .finally(() => {
        running.delete(sessionId);
        changed(sessionId);
      });
    // Everybody may have left by the time it fails.
    result.catch(() => undefined);
    const begun = { waiters: 0, stop, result };
    running.set(sessionId, begun);
    changed(sessionId);
    return begun;
  }

  const settled = (sessionId: SessionId) =>
    Promise.allSettled([running.get(sessionId)?.result]).then(() => undefined);

  return {
    async join(
      sessionId: SessionId,
      signal: AbortSignal,
      work: (signal: AbortSignal) => Promise<T>,
    ): Promise<T> {
      if (running.get(sessionId)?.stop.signal.aborted) await settled(sessionId);
      const joined = running.get(sessionId) ?? begin(sessionId, work);
      joined.waiters += 1;
      const left = Promise.withResolvers<never>();
      const leave = () => left.reject(signal.reason as Error);
      signal.addEventListener("abort", leave, { once: true });
      try {
        return await Promise.race([joined.result, left.promise]);
      } finally {
        signal.removeEventListener("abort", leave);
        joined.waiters -= 1;
        if (joined.waiters === 0) joined.stop.abort();
      }
    },
    isRunning: (sessionId: SessionId) => running.has(sessionId),
    /** Why the last one did not come to its end. */
    failure: (sessionId: SessionId) => failures.get(sessionId) ?? null,
    settled,
    stop: (sessionId: SessionId) => running.get(sessionId)?.stop.abort(),
    stopAll: () => running.forEach(({ stop }) => stop.abort()),
    allSettled: () => Promise.allSettled([...running.values()].map(({ result }) => result)),
  };
}
