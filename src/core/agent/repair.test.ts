import { describe, expect, it } from "vitest";
import { callsInText, parseArguments } from "./repair.ts";

const names = new Set(["read_file", "list_files"]);
const read = (text: string) => callsInText(text, names, () => "id");

describe("arguments", () => {
  it("are read as JSON, and no arguments are an empty object", () => {
    expect(parseArguments('{"path":"a.txt"}')).toEqual({ ok: true, input: { path: "a.txt" } });
    expect(parseArguments("")).toEqual({ ok: true, input: {} });
  });
  it("that are almost JSON are repaired", () => {
    expect(parseArguments("{path: 'a.txt', lines: [1, 2,]}")).toEqual({
      ok: true,
      input: { path: "a.txt", lines: [1, 2] },
    });
  });
  it("sent as a JSON string are unwrapped", () => {
    expect(parseArguments(JSON.stringify('{"path":"a"}'))).toEqual({
      ok: true,
      input: { path: "a" },
    });
  });
  it("that are prose come back with what was expected", () => {
    const parsed = parseArguments("please read a.txt");
    expect(parsed).toMatchObject({
      ok: false,
      problem: expect.stringContaining("Send one JSON object"),
    });
  });
});

describe("a tool call written as text", () => {
  const input = { path: "a.txt" };
  const call = JSON.stringify({ name: "read_file", arguments: input });
  it.each([
    call,
    `\`\`\`json\n${call}\n\`\`\``,
    `<tool_call>\n${call}\n</tool_call>`,
    `<tool_call>${call}`,
    `[TOOL_CALLS] [${call}]`,
    JSON.stringify({ type: "function", function: { name: "read_file", parameters: input } }),
    "{'name': 'read_file', 'arguments': {'path': 'a.txt'}}",
  ])("is read: %s", (text) => {
    expect(read(text)).toEqual([
      { id: "id", name: "read_file", argumentsText: JSON.stringify(input) },
    ]);
  });
  it.each([
    `Use ${call} to read it.`,
    "I will call read_file now.",
    '{"name": "rm_rf", "arguments": {}}',
    '{"name": "read_file", "version": 2}',
    '{"path": "a.txt"}',
    "",
  ])("is not seen in: %s", (text) => {
    expect(read(text)).toBeNull();
  });
});
