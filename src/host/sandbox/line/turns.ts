// A kept language runs one cell at a time; who comes meanwhile waits, in order.

export function turns(): (name: string | null) => Promise<() => void> {
  const last = new Map<string, Promise<void>>();
  return async (name) => {
    if (name === null) return () => undefined;
    const before = last.get(name);
    const mine = Promise.withResolvers<void>();
    last.set(name, mine.promise);
    await before;
    return () => mine.resolve();
  };
}
