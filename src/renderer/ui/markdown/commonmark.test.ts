// Every example of the CommonMark specification, and random runs of several, cut at random places
// while they stream. The same over the real page is in e2e/markdown.test.ts.
import spec from "commonmark-spec";
import { describe, expect, it } from "vitest";
import { seeded } from "../../../../bench/seeded.ts";
import { MarkdownBlocks } from "./markdown-blocks.ts";
import type { MarkdownBlock } from "./markdown-piece.ts";

const examples = spec.tests.map(({ markdown }) => markdown.replaceAll("→", "\t"));
const cutsPerExample = 8;

function whole(text: string): MarkdownBlock[] {
  return new MarkdownBlocks().update(text, true);
}

function streamed(text: string, random: () => number): MarkdownBlock[] {
  const stream = new MarkdownBlocks();
  const cuts = Array.from({ length: 1 + Math.floor(random() * 12) }, () =>
    Math.floor(random() * (text.length + 1)),
  );
  for (const cut of cuts.sort((a, b) => a - b)) stream.update(text.slice(0, cut), false);
  return stream.update(text, true);
}

describe("the CommonMark examples", () => {
  it("are all there", () => {
    expect(examples.length).toBeGreaterThanOrEqual(652);
  });

  it.each([
    ["as written", (text: string) => text],
    ["with Windows line ends", (text: string) => text.replaceAll("\n", "\r\n")],
    ["without their last line end", (text: string) => text.replace(/\n$/, "")],
    ["between astral characters", (text: string) => `👩‍🚀𝒜${text}🏳️‍🌈`],
  ])("end the same however they are cut, %s", (_name, variant) => {
    const random = seeded(31);
    for (const example of examples) {
      const text = variant(example);
      for (let round = 0; round < cutsPerExample; round += 1) {
        expect(streamed(text, random), JSON.stringify(text)).toEqual(whole(text));
      }
    }
  });

  it("end the same one character at a time", () => {
    for (const text of examples) {
      const stream = new MarkdownBlocks();
      for (let end = 0; end < text.length; end += 1) stream.update(text.slice(0, end), false);
      expect(stream.update(text, true), JSON.stringify(text)).toEqual(whole(text));
    }
  });

  it("end the same when several follow each other", () => {
    const random = seeded(32);
    const glue = ["", "\n", "\n\n", "\r\n", "text\n"];
    for (let round = 0; round < 1_000; round += 1) {
      const parts = Array.from(
        { length: 2 + Math.floor(random() * 5) },
        () =>
          `${examples[Math.floor(random() * examples.length)]}${glue[Math.floor(random() * glue.length)]}`,
      );
      const text = parts.join("");
      expect(streamed(text, random), JSON.stringify(text)).toEqual(whole(text));
    }
  });
});
