// A kept language runs one cell at a time; who comes meanwhile waits, in order.

export type Turn = () => void;

/** Resolves to what ends the turn; null: stopped while waiting. */
export function turns(): (name: string | null, signal: AbortSignal) => Promise<Turn | null> {
  const last = new Map<string, Promise<void>>();
  return async (name, signal) => {
    if (name === null) return () => undefined;
    const before = last.get(name) ?? Promise.resolve();
    const mine = Promise.withResolvers<void>();
    last.set(name, mine.promise);
    const stopped = Promise.withResolvers<"stopped">();
    const stop = () => stopped.resolve("stopped");
    signal.addEventListener("abort", stop, { once: true });
    // What is stopped already still gets its turn where it is free: it has to say so itself.
    const how = await Promise.race([before, stopped.promise]);
    signal.removeEventListener("abort", stop);
    if (how !== "stopped") return () => mine.resolve();
    void before.then(() => mine.resolve());
    return null;
  };
}
