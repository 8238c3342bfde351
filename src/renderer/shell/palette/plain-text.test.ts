import { describe, expect, it } from "vitest";
import { plainExtract, shownExtract } from "./plain-text.ts";

const plain = (text: string) => plainExtract([text])[0];

describe("plain text", () => {
  it("has no signs of emphasis, code, headings, quotes or lists", () => {
    expect(plain("Revenue grew **18.4 %**, *really*, by `sum()` ~~not~~ __this__.")).toBe(
      "Revenue grew 18.4 %, really, by sum() not this.",
    );
    expect(plain("# Head\n> quoted\n- one\n2. two\n```python\nprint(1)\n```\n")).toBe(
      "Head quoted one two print(1) ",
    );
  });

  it("shows a table's cells and not its lines", () => {
    expect(plain("| Region | Q2 |\n|---|---:|\n| EMEA | 4.10 |")).toBe("Region · Q2 EMEA · 4.10 ");
  });

  it("shows a link's text and not where it leads", () => {
    expect(plain("see [the report](https://example.com/a) ![chart](b.png)")).toBe(
      "see the report chart",
    );
  });

  it("leaves what only looks like Markdown", () => {
    for (const text of ["snake_case_name", "2 * 3 * 4", "a-b - c", "C# and #tag", "x ** y"])
      expect(plain(text)).toBe(text.replace(" ** ", " "));
  });

  it("sees through the borders of a match", () => {
    expect(plainExtract(["led by **", "EMEA", "** and [a ", "link", "](x)."])).toEqual([
      "led by ",
      "EMEA",
      " and a ",
      "link",
      ".",
    ]);
    expect(plainExtract(["*", "growth", " of it* all"])).toEqual(["", "growth", " of it all"]);
  });

  it("keeps its parts even where a match stands in what is taken away", () => {
    expect(plainExtract(["see [a](http://", "growth", ".example) now"])).toHaveLength(3);
    expect(plainExtract([])).toEqual([]);
  });
});

describe("an extract", () => {
  it("is cut before its match and put on one line, the match untouched", () => {
    const long = "a".repeat(100);
    const shown = shownExtract([`${long}\n before `, "match", " after\n\nit"]);
    expect(shown[0]).toHaveLength(41);
    expect(shown[0]?.startsWith("…")).toBe(true);
    expect(shown.slice(1)).toEqual(["match", " after it"]);
  });

  it("stays whole when it is short, and may be empty", () => {
    expect(shownExtract(["", "match"])).toEqual(["", "match"]);
    expect(shownExtract([])).toEqual([""]);
  });
});
