// Keeps one started container ready for each place used lately, so that a new session there need not wait
// for one. It knows nothing of containers: it makes, hands out, and throws away.

export type PoolParts<Place, Item> = {
  /** Places with the same key can have each other's items. */
  keyOf(place: Place): string;
  make(place: Place, signal: AbortSignal): Promise<Item>;
  /** For one that nobody claimed. */
  discard(item: Item): Promise<void>;
  /** Calls back once if the item dies by itself. */
  onLost(item: Item, listener: () => void): void;
  /** A background failure; the next claim meets it itself. */
  onTrouble(error: unknown): void;
  /** How long a warm one waits for a claim. */
  idleMs: number;
  /** Pause between a claim and its refill, so that the refill does not slow the first run. */
  refillAfterMs: number;
  /** Most warm ones at a time; the one whose place was used longest ago goes first. */
  most: number;
};

type Warm<Item> = { item: Promise<Item | null>; stop: AbortController; idle: NodeJS.Timeout };

export type Pool<Place, Item> = ReturnType<typeof createPool<Place, Item>>;

export function createPool<Place, Item>(parts: PoolParts<Place, Item>) {
  /** In the order of use, the latest last. */
  const warm = new Map<string, Warm<Item>>();
  const refills = new Set<NodeJS.Timeout>();
  const ending = new Set<Promise<void>>();
  let isClosed = false;

  /** Starts one that waits; nothing where one waits already. */
  function fill(place: Place): Promise<void> {
    const key = parts.keyOf(place);
    const waiting = warm.get(key);
    if (isClosed || waiting)
      return waiting ? waiting.item.then(() => undefined) : Promise.resolve();
    const stop = new AbortController();
    const idle = setTimeout(() => drop(key), parts.idleMs);
    idle.unref();
    const item = parts.make(place, stop.signal).catch((error: unknown) => {
      if (!stop.signal.aborted) parts.onTrouble(error);
      forget(key, stop);
      return null;
    });
    warm.set(key, { item, stop, idle });
    void item.then((made) => made && parts.onLost(made, () => forget(key, stop)));
    for (const oldest of warm.keys()) if (warm.size > parts.most) drop(oldest);
    return item.then(() => undefined);
  }

  function forget(key: string, stop: AbortController): void {
    const entry = warm.get(key);
    if (entry?.stop !== stop) return;
    clearTimeout(entry.idle);
    warm.delete(key);
  }

  function drop(key: string): void {
    const entry = warm.get(key);
    if (!entry) return;
    forget(key, entry.stop);
    entry.stop.abort();
    const gone = entry.item
      .then((item) => item && parts.discard(item))
      .catch(parts.onTrouble)
      .then(() => void ending.delete(gone));
    ending.add(gone);
  }

  return {
    fill,
    /** The warm one, or the one that is being made, or a new one. It belongs to the caller. `refillNow`
     * is called a little later: it fills this place again, or another. */
    async claim(place: Place, signal: AbortSignal, refillNow: () => unknown): Promise<Item> {
      const key = parts.keyOf(place);
      const entry = warm.get(key);
      if (entry) forget(key, entry.stop);
      const refill = setTimeout(() => {
        refills.delete(refill);
        refillNow();
      }, parts.refillAfterMs);
      refill.unref();
      refills.add(refill);
      return (await entry?.item) ?? (await parts.make(place, signal));
    },
    /** How many wait, those being made included. */
    size: () => warm.size,
    async close(): Promise<void> {
      isClosed = true;
      refills.forEach(clearTimeout);
      for (const key of [...warm.keys()]) drop(key);
      await Promise.all(ending);
    },
  };
}
