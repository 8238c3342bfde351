import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createReplayFilter } from "./replay-filter.ts";

function through(shown: string, pieces: string[]): string {
  const filter = createReplayFilter(shown);
  return pieces.map((piece) => filter.push(piece)).join("") + filter.end();
}

const chop = (text: string, sizes: number[]): string[] => {
  const pieces: string[] = [];
  for (let at = 0, n = 0; at < text.length; n++) {
    const size = Math.max(1, sizes[n % sizes.length] ?? 1);
    pieces.push(text.slice(at, at + size));
    at += size;
  }
  return pieces;
};

const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 });

describe("replay filter", () => {
  it("lets everything through when nothing has been shown", () => {
    expect(through("", ["a", "b"])).toBe("ab");
  });

  it("swallows what was shown when the model starts over, however it is chopped", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 30 }), fc.string(), sizes, (shown, rest, by) => {
        expect(through(shown, chop(shown + rest, by))).toBe(rest);
      }),
    );
  });

  it("lets a continuation through whole", () => {
    const shown = "The quarterly report shows that revenue grew by ";
    expect(through(shown, ["18.4", " % over", " the last one."])).toBe("18.4 % over the last one.");
  });

  it("drops the last words said again before a continuation", () => {
    const shown = "First we read the file. Then we count the lines of every section in it";
    expect(
      through(shown, ["Then we count the lines of every", " section in it, and add them."]),
    ).toBe(", and add them.");
  });

  it("loses nothing of a continuation that begins like the answer by chance", () => {
    const shown = "The answer is 42 because the question was never asked in the first place.";
    expect(through(shown, ["The", " end of it."])).toBe("The end of it.");
  });

  it("shows nothing when the model only repeats a part", () => {
    const shown = "a long enough sentence that was already on the screen";
    expect(through(shown, [shown.slice(0, 40)])).toBe("");
  });
});
