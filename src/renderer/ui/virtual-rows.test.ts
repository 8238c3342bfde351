import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { rowOffsets, rowsBetween } from "./virtual-rows.ts";

describe("virtual rows", () => {
  it("adds heights up to offsets", () => {
    expect([...rowOffsets(3, (index) => (index + 1) * 10)]).toEqual([0, 10, 30, 60]);
  });

  it("draws nothing of an empty list and something of any other", () => {
    expect(
      rowsBetween(
        rowOffsets(0, () => 10),
        0,
        100,
      ),
    ).toEqual([0, 0]);
    expect(
      rowsBetween(
        rowOffsets(2, () => 10),
        5_000,
        6_000,
      ),
    ).toEqual([1, 2]);
  });

  it("covers every pixel asked for, and draws no row outside", () => {
    const heights = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(heights, fc.nat(5_000), fc.integer({ min: 1, max: 900 }), (all, top, span) => {
        const offsets = rowOffsets(all.length, (index) => all[index] ?? 0);
        const total = offsets[all.length] ?? 0;
        fc.pre(top < total);
        const [first, end] = rowsBetween(offsets, top, top + span);
        expect(offsets[first]).toBeLessThanOrEqual(top);
        expect(offsets[end]).toBeGreaterThanOrEqual(Math.min(top + span, total));
        expect(offsets[first + 1]).toBeGreaterThan(top);
        expect(offsets[end - 1]).toBeLessThan(top + span);
      }),
    );
  });
});
