import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { delayBeforeRetry, longestDelayMs } from "./back-off.ts";

describe("the wait before the next try", () => {
  it("may be twice as long after each failure, up to a minute", () => {
    const longest = [1, 2, 3, 4, 5, 6, 7, 8, 500].map((n) => delayBeforeRetry(n, 1, undefined));
    expect(longest).toEqual([1e3, 2e3, 4e3, 8e3, 16e3, 32e3, 6e4, 6e4, 6e4]);
  });

  it("is any part of that, and never less than the server asked for", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_000 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        fc.option(fc.nat(100_000), { nil: undefined }),
        (failures, random, retryAfterMs) => {
          const delayMs = delayBeforeRetry(failures, random, retryAfterMs);
          expect(delayMs).toBeGreaterThanOrEqual(Math.max(100, retryAfterMs ?? 0));
          expect(delayMs).toBeLessThanOrEqual(Math.max(longestDelayMs, retryAfterMs ?? 0));
        },
      ),
    );
  });
});
