import { describe, expect, it } from "vitest";
import { mendTail } from "./mend-tail.ts";

const cases: [name: string, source: string, shown: string][] = [
  ["closes bold that is being written", "Say **hel", "Say **hel**"],
  ["hides a mark that has no text yet", "Say **", "Say "],
  ["closes nested emphasis in order", "**a *b", "**a *b***"],
  ["closes a code span", "Run `npm i", "Run `npm i`"],
  ["does not read marks inside code", "Run `a **b` now", "Run `a **b` now"],
  ["leaves a multiplication alone", "2 * 3 is", "2 * 3 is"],
  ["leaves snake_case alone", "the snake_case na", "the snake_case na"],
  ["shows the text of a half written link", "See [the docs](https://exa", "See the docs"],
  ["shows the name of a half written picture", "See ![the pic](https://exa", "See the pic"],
  ["hides a tag until it is whole", "Press <kb", "Press "],
  ["leaves a comparison alone", "a < b", "a < b"],
  ["keeps a whole link", "See [a](b).", "See [a](b)."],
  ["waits for a rule, list or underline to decide", "Title\n--", "Title\n"],
  ["waits for a list number to decide", "Text\n\n1.", "Text\n\n"],
  ["waits for a table to show its second line", "Text\n\n| a | b |\n", "Text\n\n"],
  ["shows a table once it is one", "| a |\n| - |\n| 1", "| a |\n| - |\n| 1"],
  ["mends the last paragraph only", "a **b\n\nc", "a **b\n\nc"],
];

describe("mendTail", () => {
  it.each(cases)("%s", (_name, source, shown) => {
    expect(mendTail(source)).toBe(shown);
  });
});
