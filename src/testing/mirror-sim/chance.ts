// Dice that fall the same way for the same seed (mulberry32).

export interface Chance {
  /** From 0 to below 1. */
  next(): number;
  /** From `least` to `most`, both possible. */
  int(least: number, most: number): number;
  /** True so often of 1. */
  is(likely: number): boolean;
  pick<Value>(values: readonly Value[]): Value;
}

export function createChance(seed: number): Chance {
  let state = seed >>> 0;
  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
  const int = (least: number, most: number) => least + Math.floor(next() * (most - least + 1));
  return {
    next,
    int,
    is: (likely) => next() < likely,
    pick: (values) => {
      const value = values[int(0, values.length - 1)];
      if (value === undefined) throw new Error("chance: nothing to pick from");
      return value;
    },
  };
}
