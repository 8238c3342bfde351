import { describe, expect, it } from "vitest";
import { csvHead } from "./csv-head.ts";

describe("the head of a table", () => {
  it("has the first rows and the number of all", () => {
    const text = `region,q3\n${Array.from({ length: 50 }, (_, at) => `r${at},${at}`).join("\n")}\n`;
    const { head, rows, rowCount } = csvHead(text, 3);
    expect(head).toEqual(["region", "q3"]);
    expect(rows).toEqual([
      ["r0", "0"],
      ["r1", "1"],
      ["r2", "2"],
    ]);
    expect(rowCount).toBe(50);
  });

  it("counts a row with a line break in it once, and knows tabs", () => {
    const text = '\ufeffa\tb\n"two\nlines"\t1\nx\t2';
    expect(csvHead(text, 10)).toEqual({
      head: ["a", "b"],
      rows: [
        ["two\nlines", "1"],
        ["x", "2"],
      ],
      rowCount: 2,
    });
    expect(csvHead("", 5)).toMatchObject({ rows: [], rowCount: 0 });
  });
});
