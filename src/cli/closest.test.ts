import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { closest, countEdits } from "./closest.ts";

const word = fc.string({ maxLength: 8 });

describe("countEdits", () => {
  it("is 0 only for equal words, symmetric, and at most the longer length", () => {
    fc.assert(
      fc.property(word, word, (a, b) => {
        const edits = countEdits(a, b);
        expect(edits === 0).toBe(a === b);
        expect(edits).toBe(countEdits(b, a));
        expect(edits).toBeLessThanOrEqual(Math.max(a.length, b.length));
      }),
    );
  });

  it("counts a swap of neighbours once", () => {
    expect(countEdits("serach", "search")).toBe(1);
  });
});

describe("closest", () => {
  it.each([
    ["aprove", "approve"],
    ["work", "workspace"],
    ["zzzz", null],
    ["x", null],
  ])("takes %s for %s", (typed, meant) => {
    expect(closest(typed, ["approve", "workspace", "json"])).toBe(meant);
  });
});
