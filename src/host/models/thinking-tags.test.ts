import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createThinkingTags } from "./thinking-tags.ts";

function split(pieces: string[]) {
  const tags = createThinkingTags();
  const said = [...pieces.flatMap((piece) => tags.push(piece)), ...tags.end()];
  const of = (type: string) => said.map((one) => (one.type === type ? one.text : "")).join("");
  return { reasoning: of("reasoning"), text: of("text") };
}

describe("thoughts left in the text", () => {
  it.each([
    ["<think>Hm.</think>Yes.", "Hm.", "Yes."],
    ["\n<think>\nHm < 3 </b> ok\n</think>\n\nYes.", "Hm < 3 </b> ok\n", "Yes."],
    ["<thinking>Hm.</thinking> Yes.", "Hm.", "Yes."],
    ["<think></think>Yes.", "", "Yes."],
    ["<think>Never closed </thi", "Never closed </thi", ""],
    ["The tag <think> opens, </think> closes.", "", "The tag <think> opens, </think> closes."],
    ["<thin air", "", "<thin air"],
    ["<th", "", "<th"],
    ["  Yes.", "", "  Yes."],
  ])("%j", (whole, reasoning, text) => expect(split([whole])).toEqual({ reasoning, text }));

  it("are the same however the stream was cut", () => {
    const part = fc.constantFrom(
      "<think>",
      "</think>",
      "<thinking>",
      "</thinking>",
      "<",
      "\n",
      " ",
      "a",
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), fc.array(fc.nat(60)), (parts, cuts) => {
        const whole = parts.join("");
        const at = [0, ...cuts.filter((cut) => cut < whole.length).sort((a, b) => a - b)];
        const pieces = at.map((from, n) => whole.slice(from, at[n + 1]));
        expect(split(pieces)).toEqual(split([...whole]));
        expect(split([whole])).toEqual(split([...whole]));
      }),
    );
  });

  it("lose no letter of an answer without them", () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (pieces) => {
        fc.pre(!/^\s*<think/.test(pieces.join("")));
        expect(split(pieces).text).toBe(pieces.join(""));
      }),
    );
  });
});
