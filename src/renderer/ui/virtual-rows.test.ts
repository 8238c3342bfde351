import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { rowOffsets, RowOffsets, rowsBetween } from "./virtual-rows.ts";

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

describe("offsets that are kept", () => {
  type Row = { height: number };
  const change = fc.oneof(
    fc.record({ kind: fc.constant("append" as const), height: fc.nat(300) }),
    fc.record({ kind: fc.constant("prepend" as const), height: fc.nat(300) }),
    fc.record({ kind: fc.constant("replace" as const), at: fc.nat(50), height: fc.nat(300) }),
    fc.record({ kind: fc.constant("resize" as const), at: fc.nat(50), height: fc.nat(300) }),
    fc.record({ kind: fc.constant("cut" as const), at: fc.nat(50) }),
  );

  it("are those added up anew, whatever happened to the list", () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 120 }), (changes) => {
        const kept = new RowOffsets<Row>((row) => row.height);
        let rows: Row[] = [];
        for (const one of changes) {
          if (one.kind === "append") rows = [...rows, { height: one.height }];
          if (one.kind === "prepend") rows = [{ height: one.height }, ...rows];
          if (one.kind === "cut") rows = rows.slice(0, one.at);
          if (one.kind === "replace" && one.at < rows.length)
            rows = rows.with(one.at, { height: one.height });
          const resized = one.kind === "resize" ? rows[one.at] : undefined;
          if (one.kind === "resize" && resized) {
            resized.height = one.height;
            kept.changed(one.at);
          }
          const anew = rowOffsets(rows.length, (index) => rows[index]?.height ?? 0);
          expect([...kept.update(rows)]).toEqual([...anew]);
        }
      }),
    );
  });

  it("ask for the height of the last row only, while that one grows", () => {
    let asked = 0;
    const kept = new RowOffsets<Row>((row) => {
      asked += 1;
      return row.height;
    });
    const rows = Array.from({ length: 10_000 }, () => ({ height: 10 }));
    kept.update(rows);
    asked = 0;
    for (let height = 1; height <= 100; height += 1) kept.update([...rows, { height }]);
    expect(asked).toBe(100);
  });
});
