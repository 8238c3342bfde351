// Messages that wait for the net: kept on this device, taken by the host in the order they were
// written. One that the host refuses stays with the reason and holds up nobody.
import { AetheriaError } from "../../contract/errors.ts";
import { followed } from "./followed.ts";
import type { WaitingWish, Wish } from "./source.ts";

export interface WishStore {
  loadWishes(): Promise<WaitingWish[]>;
  saveWishes(wishes: readonly WaitingWish[]): Promise<void>;
}

export type WishQueueNeeds = {
  wishes: WishStore;
  newId(): string;
  now(): number;
  /** The host answers right now. */
  isOpen(): boolean;
  grant(wish: Wish): Promise<void>;
};

export interface WishQueue {
  follow(listener: (waiting: readonly WaitingWish[]) => void): () => void;
  /** Rejects when the host refused it at once. */
  add(wish: Wish): Promise<void>;
  remove(id: string): Promise<void>;
  flush(): Promise<void>;
}

export function createWishQueue(needs: WishQueueNeeds): WishQueue {
  const waiting = followed<readonly WaitingWish[]>([]);
  const loaded = needs.wishes.loadWishes().then((kept) => {
    if (kept.length > 0) waiting.set([...kept, ...waiting.current]);
  });
  let flushing: Promise<void> | null = null;

  async function set(wishes: readonly WaitingWish[]): Promise<void> {
    waiting.set(wishes);
    await needs.wishes.saveWishes(wishes);
  }

  const without = (id: string) => waiting.current.filter((one) => one.id !== id);

  async function flushAll(): Promise<void> {
    await loaded;
    const next = () => waiting.current.find(({ error }) => error === null);
    for (let one = next(); one && needs.isOpen(); one = next()) {
      const { id, wish } = one;
      try {
        await needs.grant(wish);
        await set(without(id));
      } catch (error) {
        const data = AetheriaError.toData(error);
        if (data.code === "disconnected") return;
        await set(
          waiting.current.map((each) => (each.id === id ? { ...each, error: data } : each)),
        );
      }
    }
  }

  const flush = (): Promise<void> => {
    flushing ??= flushAll().finally(() => (flushing = null));
    return flushing;
  };

  return {
    follow: waiting.follow,
    flush,
    async add(wish) {
      await loaded;
      const id = needs.newId();
      await set([...waiting.current, { id, wish, at: needs.now(), error: null }]);
      if (!needs.isOpen()) return;
      await flush();
      // One that was on its way already has left this one to the next.
      if (waiting.current.some((one) => one.id === id && one.error === null)) await flush();
      const refused = waiting.current.find((one) => one.id === id)?.error;
      if (!refused) return;
      await set(without(id));
      throw AetheriaError.fromData(refused);
    },
    async remove(id) {
      await loaded;
      await set(without(id));
    },
  };
}
