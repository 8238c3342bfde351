import { describe, expect, it } from "vitest";
import { findSettings, sentencesOf } from "./find-setting.ts";

const sections = [
  { section: "models", name: "Models", sentences: ["Usual model", "Keys", "Address of Ollama"] },
  {
    section: "data",
    name: "Data",
    sentences: ["Back up now", "Keys are not in it.", "x".repeat(99)],
  },
];

describe("finding a setting", () => {
  it("shows every section until something is asked for", () => {
    expect(findSettings(" ", sections).map(({ section }) => section)).toEqual(["models", "data"]);
  });
  it("finds by the name, and by the lines inside, whichever case and order", () => {
    expect(findSettings("DATA", sections)).toEqual([{ section: "data", lines: [] }]);
    expect(findSettings("now back", sections)).toEqual([
      { section: "data", lines: ["Back up now"] },
    ]);
    expect(findSettings("keys", sections)).toEqual([
      { section: "models", lines: ["Keys"] },
      { section: "data", lines: ["Keys are not in it."] },
    ]);
  });
  it("leads to a section by a long sentence without showing it", () => {
    expect(findSettings("xxxx", sections)).toEqual([{ section: "data", lines: [] }]);
  });
  it("finds nothing where nothing is", () => expect(findSettings("voice", sections)).toEqual([]));
  it("reads the words of a table, not its functions", () => {
    const table = { a: "one", b: { c: "two", d: (name: string) => name }, e: ["three"] };
    expect(sentencesOf(table)).toEqual(["one", "two", "three"]);
  });
});
