import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { oneLine, printable } from "./printable.ts";

describe("printable", () => {
  it("leaves no control character but tab and newline in any text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        for (const character of printable(text))
          expect(character === "\n" || character === "\t" || !/\p{Cc}/u.test(character)).toBe(true);
      }),
    );
  });

  it("keeps ordinary text of any script as it is", () => {
    const text = "Zürich 東京 🦊\n\tשלום";
    expect(printable(text)).toBe(text);
  });

  it("takes whole escape sequences away, not only their first character", () => {
    expect(printable("\u001b[31mred\u001b[0m \u001b]8;;http://x\u001b\\link")).toBe("red link");
  });
});

describe("oneLine", () => {
  it("folds white space and cuts with an ellipsis", () => {
    expect(oneLine("a\n  b\tc", 10)).toBe("a b c");
    expect(oneLine("abcdef", 4)).toBe("abc…");
  });
});
