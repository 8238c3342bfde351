// What ends a verb before it is done: a dialog that opened (the page answers nothing until it is closed),
// a page or a browser that crashed, a tab that was closed under it, a person who stopped it.
export type Interrupt = "dialog" | "crashed" | "lost" | "closed";

export type Interrupts = ReturnType<typeof createInterrupts>;

export function createInterrupts() {
  const listeners = new Set<(interrupt: Interrupt) => void>();

  return {
    raise: (interrupt: Interrupt) => [...listeners].forEach((listener) => listener(interrupt)),
    /** For the verbs of now, unless something graver ends them first: the end of the browser closes its
     * tabs before it says so. */
    raiseSoon(interrupt: Interrupt) {
      const now = [...listeners];
      setImmediate(() => now.forEach((listener) => listener(interrupt)));
    },
    /** What the work gives, or what came first. The work is aborted then, and what it throws later is
     * nobody's any more. Rejects with the signal's reason when that is aborted. */
    async race<T>(
      signal: AbortSignal,
      work: (signal: AbortSignal) => Promise<T>,
    ): Promise<{ value: T } | { interrupt: Interrupt }> {
      signal.throwIfAborted();
      const stop = new AbortController();
      const first = Promise.withResolvers<{ interrupt: Interrupt }>();
      const listener = (interrupt: Interrupt) => {
        first.resolve({ interrupt });
      };
      const aborted = () => first.reject(signal.reason as Error);
      listeners.add(listener);
      signal.addEventListener("abort", aborted, { once: true });
      try {
        const working = work(AbortSignal.any([signal, stop.signal]));
        working.catch(() => undefined);
        return await Promise.race([working.then((value) => ({ value })), first.promise]);
      } finally {
        listeners.delete(listener);
        signal.removeEventListener("abort", aborted);
        stop.abort();
      }
    },
  };
}
