import { describe, expect, it } from "vitest";
import { afterDeath, noDeaths } from "./back-off.ts";

/** The delays after each death of a host that lives `livedMs` each time. */
function delays(livedMs: number, deaths: number): (number | null)[] {
  let backOff = noDeaths;
  let now = 1_000_000;
  return Array.from({ length: deaths }, () => {
    const next = afterDeath(backOff, now, now + livedMs);
    backOff = next.backOff;
    now += livedMs + (next.delayMs ?? 0);
    return next.delayMs;
  });
}

describe("the back-off", () => {
  it("doubles from a quarter of a second, and leaves the fifth death in a minute to the person", () => {
    expect(delays(10, 5)).toEqual([250, 500, 1000, 2000, null]);
  });

  it("never waits longer than half a minute for a host that dies now and then", () => {
    expect(delays(20_000, 9)).toEqual([250, 500, 1000, 2000, 4000, 8000, 16000, 30000, 30000]);
  });

  it("begins again after a minute of life", () => {
    expect(delays(60_000, 4)).toEqual([250, 250, 250, 250]);
  });
});
