import { describe, expect, it } from "vitest";
import { fileNameOf, quoted } from "./quote.ts";

describe("a quotation", () => {
  it("marks each line, and leaves room to go on", () => {
    expect(quoted("One\n\ntwo\n")).toBe("> One\n>\n> two\n\n");
  });
});

describe("the name of a saved answer", () => {
  it("is its first heading, else its first words, without signs", () => {
    expect(fileNameOf("Here it is.\n\n## The *plan*: a/b\n\nText")).toBe("The plan a b");
    expect(fileNameOf("**Revenue** grew\nmore")).toBe("Revenue grew");
    expect(fileNameOf("../../etc/passwd")).toBe("etc passwd");
    expect(fileNameOf("---")).toBe("---");
    expect(fileNameOf("  ")).toBe("");
    expect(fileNameOf("word ".repeat(40)).length).toBeLessThanOrEqual(60);
  });
});
