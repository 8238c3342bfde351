import { describe, expect, it } from "vitest";
import type { ToolDescription } from "../../../../contract/tool.ts";
import { matchingTools, replaced, triggerAt } from "./suggest.ts";

describe("what is asked for while one types", () => {
  it("is a tool after a slash at the beginning", () => {
    expect(triggerAt("/", 1)).toMatchObject({ kind: "tool", query: "" });
    expect(triggerAt("/read_f", 7)).toMatchObject({ kind: "tool", query: "read_f" });
  });

  it("is nothing for a slash inside a text or after a word", () => {
    expect(triggerAt("and/or", 6)).toBeNull();
    expect(triggerAt("/list the files", 15)).toBeNull();
  });

  it("is a file after an at sign that begins a word", () => {
    expect(triggerAt("read @src/ma", 12)).toEqual({
      kind: "file",
      query: "src/ma",
      start: 5,
      end: 12,
    });
    expect(triggerAt("mail me@home.org", 16)).toBeNull();
  });

  it("looks at what stands before the caret only", () => {
    expect(triggerAt("@one and more", 4)).toMatchObject({ query: "one" });
    expect(triggerAt("@one and more", 13)).toBeNull();
  });
});

describe("choosing", () => {
  it("replaces what was typed and leaves the caret after it", () => {
    const text = "read @rep please";
    const trigger = { kind: "file", query: "rep", start: 5, end: 9 } as const;
    expect(replaced(text, trigger, "report.csv")).toEqual({
      text: "read report.csv please",
      caret: 15,
    });
    expect(replaced("@rep", { ...trigger, start: 0, end: 4 }, "a.md")).toEqual({
      text: "a.md ",
      caret: 5,
    });
  });
});

describe("the tools offered", () => {
  const tool = (name: string, family: string, title: string): ToolDescription => ({
    name,
    family,
    title,
    description: "",
    effect: "read",
    inputSchema: {},
  });
  const tools = [
    tool("list_files", "files", "List a folder"),
    tool("read_file", "files", "Read a file"),
    tool("web_fetch", "web", "Read a web page"),
  ];

  it("are all of them before anything is typed", () => {
    expect(matchingTools(tools, "")).toHaveLength(3);
  });

  it("begin with names that begin so, then families, then words in titles", () => {
    expect(matchingTools(tools, "READ").map(({ name }) => name)).toEqual([
      "read_file",
      "web_fetch",
    ]);
    expect(matchingTools(tools, "web").map(({ name }) => name)).toEqual(["web_fetch"]);
    expect(matchingTools(tools, "nothing")).toEqual([]);
  });
});
