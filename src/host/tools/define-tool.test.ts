import { describe, expect, it } from "vitest";
import * as z from "zod";
import { SessionId, CallId } from "../../contract/ids.ts";
import { ToolDescription } from "../../contract/tool.ts";
import type { ToolContext } from "../../core/ports.ts";
import { defineTool } from "./define-tool.ts";

const context: ToolContext = {
  sessionId: SessionId.parse("s"),
  callId: CallId.parse("c"),
  workspace: null,
  signal: new AbortController().signal,
  changed: () => {},
};

const repeat = defineTool({
  name: "repeat",
  family: "test",
  title: "Repeat a word",
  description: "Repeats a word.",
  effect: "read",
  input: z.object({
    word: z.string().describe("The word"),
    times: z.int().min(1).max(5).default(1),
    loud: z.boolean().optional(),
    tags: z.array(z.string()).optional(),
  }),
  plan: ({ word, times }) => ({
    summary: `repeat ${word}`,
    effect: "read",
    paths: [],
    hosts: [],
    sentence: `Repeat ${word} ${times} times.`,
    fields: [],
  }),
  async *run({ word, times }) {
    for (let i = 0; i < times; i++) yield word;
    return { text: word.repeat(times), labels: [] };
  },
});

describe("defineTool", () => {
  it("describes itself with a JSON schema that is made once", () => {
    expect(ToolDescription.parse(repeat.description)).toMatchObject({
      name: "repeat",
      inputSchema: { type: "object", required: ["word"], properties: { word: { type: "string" } } },
    });
    expect(repeat.description.inputSchema).toBe(repeat.description.inputSchema);
    expect(structuredClone(repeat.description).inputSchema).toHaveProperty("properties");
  });

  it("runs with the parsed input, yielding output before the result", async () => {
    const running = repeat.run({ word: "ho", times: 2 }, context);
    expect((await running.next()).value).toBe("ho");
    expect((await running.next()).value).toBe("ho");
    expect(await running.next()).toEqual({ done: true, value: { text: "hoho", labels: [] } });
    expect((await repeat.plan({ word: "ho" }, context)).sentence).toBe("Repeat ho 1 times.");
  });

  it("throws bad_input when run with what it never parsed", async () => {
    await expect(repeat.run({}, context).next()).rejects.toMatchObject({ code: "bad_input" });
  });

  it.each([
    [
      { word: "a", times: "3" },
      { word: "a", times: 3 },
    ],
    [{ word: 7 }, { word: "7", times: 1 }],
    [
      { word: "a", loud: "true" },
      { word: "a", times: 1, loud: true },
    ],
    [
      { word: "a", loud: null, times: null },
      { word: "a", times: 1 },
    ],
    [
      { word: "a", tags: "x" },
      { word: "a", times: 1, tags: ["x"] },
    ],
    [
      { word: "a", tags: '["x","y"]' },
      { word: "a", times: 1, tags: ["x", "y"] },
    ],
    ['{"word":"a"}', { word: "a", times: 1 }],
  ])("understands the near miss %j", (given, input) => {
    expect(repeat.parse(given)).toEqual({ ok: true, input });
  });

  it.each([
    [{}, "“word” is missing: expected string."],
    [undefined, "“word” is missing: expected string."],
    [{ word: "a", times: "many" }, '“times” is wrong: expected number, got "many".'],
    [{ word: "a", times: 9 }, "“times” is wrong: expected at most 5, got 9."],
    [{ text: "a" }, "There is no field “text”; the fields are “word”, “times”, “loud”, “tags”."],
    [[1], "The input is wrong: expected object, got an array of 1."],
    ["{broken", 'The input is wrong: expected object, got "{broken".'],
  ])("says what is wrong with %j", (given, problem) => {
    const parsed = repeat.parse(given);
    expect(parsed.ok).toBe(false);
    expect(parsed).toHaveProperty("problem", expect.stringContaining(problem));
  });

  it("never changes the object it was given", () => {
    const given = { word: "a", times: "2" };
    repeat.parse(given);
    expect(given).toEqual({ word: "a", times: "2" });
  });
});
