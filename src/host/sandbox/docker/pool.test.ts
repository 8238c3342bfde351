import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createPool } from "./pool.ts";

type Item = { place: string; lost(): void };

function setUp(most = 2) {
  const made: Item[] = [];
  const discarded: Item[] = [];
  const troubles: unknown[] = [];
  let failure: Error | null = null;
  const losers = new Map<Item, () => void>();
  const pool = createPool<string, Item>({
    keyOf: (place) => place,
    async make(place) {
      if (failure) throw failure;
      const item: Item = { place, lost: () => losers.get(item)?.() };
      made.push(item);
      return item;
    },
    async discard(item) {
      discarded.push(item);
    },
    onLost: (item, listener) => losers.set(item, listener),
    onTrouble: (error) => troubles.push(error),
    idleMs: 1000,
    refillAfterMs: 10,
    most,
  });
  const claim = (place: string) => pool.claim(place, never, () => pool.fill(place));
  const fail = (error: Error | null) => (failure = error);
  return { pool, claim, made, discarded, troubles, fail };
}

const never = new AbortController().signal;
beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("the pool", () => {
  it("hands out the warm one and has another ready soon after", async () => {
    const { pool, claim, made } = setUp();
    await pool.fill("a");
    expect(await claim("a")).toBe(made[0]);
    expect(pool.size()).toBe(0);
    await vi.advanceTimersByTimeAsync(10);
    expect(pool.size()).toBe(1);
    expect(await claim("a")).toBe(made[1]);
  });

  it("gives nobody else's: another place gets one of its own", async () => {
    const { pool, claim } = setUp();
    await pool.fill("a");
    expect((await claim("b")).place).toBe("b");
    expect(pool.size()).toBe(1);
  });

  it("never gives the same one twice", async () => {
    const { pool, claim } = setUp();
    await pool.fill("a");
    const [one, two] = await Promise.all([claim("a"), claim("a")]);
    expect(one).not.toBe(two);
  });

  it("throws away what waits too long, and the least used beyond the most", async () => {
    const { pool, made, discarded } = setUp(2);
    for (const place of ["a", "b", "c"]) await pool.fill(place);
    await vi.advanceTimersByTimeAsync(0);
    expect(discarded).toEqual([made[0]]);
    await vi.advanceTimersByTimeAsync(1000);
    expect(discarded).toHaveLength(3);
    expect(pool.size()).toBe(0);
  });

  it("forgets one that died while it waited", async () => {
    const { pool, claim, made } = setUp();
    await pool.fill("a");
    made[0]!.lost();
    expect(await claim("a")).toBe(made[1]);
  });

  it("keeps a failed refill to itself; the claim after it meets the failure or works", async () => {
    const { pool, claim, troubles, fail, made } = setUp();
    fail(new Error("no engine"));
    await pool.fill("a");
    expect(troubles).toHaveLength(1);
    await expect(claim("a")).rejects.toThrow("no engine");
    fail(null);
    expect(await claim("a")).toBe(made[0]);
  });

  it("leaves nothing when it closes, not even what is being made", async () => {
    const { pool, claim, made, discarded } = setUp();
    void pool.fill("a");
    await claim("b");
    await pool.close();
    await vi.advanceTimersByTimeAsync(5000);
    expect(discarded).toEqual([made[0]]);
    expect(made).toHaveLength(2);
    expect(pool.size()).toBe(0);
  });
});
