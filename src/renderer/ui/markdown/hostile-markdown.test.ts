// Texts made to hurt: they end, they stay shallow, and their words are still there.
import { describe, expect, it } from "vitest";
import { MarkdownBlocks } from "./markdown-blocks.ts";
import type { MarkdownBlock } from "./markdown-piece.ts";

const many = 10_000;
const nested = {
  quotes: ">".repeat(many) + "deep",
  "spaced quotes": "> ".repeat(many) + "deep",
  lists: "- ".repeat(many) + "deep",
  "numbered lists": "1. ".repeat(many) + "deep",
  "mixed containers": "> - 1. ".repeat(many) + "deep",
  "indented lists": Array.from({ length: 500 }, (_, at) => `${" ".repeat(at * 2)}- deep`).join(
    "\n",
  ),
  "quotes that grow": Array.from({ length: 500 }, (_, at) => `${">".repeat(at)}deep`).join("\n"),
  emphasis: "*a _b ".repeat(many) + "deep" + "_ a*".repeat(many),
  "strong emphasis": "**a ".repeat(many) + "deep" + "**".repeat(many),
  brackets: "[".repeat(many) + "deep" + "]".repeat(many),
  links: "[".repeat(many) + "deep" + "](x)".repeat(many),
  pictures: "![".repeat(many) + "deep" + "](x)".repeat(many),
  strikes: "~~a ~b ".repeat(many) + "deep",
  underscores: "_".repeat(many) + "deep_",
  "dollar signs": "$".repeat(many) + "deep",
  "open maths": "\\[ a ".repeat(many) + "deep",
  "open tags": "<a ".repeat(many) + "deep",
};

function allHtml(blocks: readonly MarkdownBlock[]): string {
  return JSON.stringify(blocks);
}

function htmlDepth(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const [tag, slash] of text.matchAll(/<(\/?)[a-z][^>]*>/g)) {
    if (/^<(?:br|hr|img)/.test(tag)) continue;
    depth += slash ? -1 : 1;
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}

describe("hostile markdown", () => {
  it.each(Object.entries(nested))("%s: stays shallow and readable", (_name, text) => {
    const blocks = new MarkdownBlocks().update(text, true);
    expect(allHtml(blocks)).toContain("deep");
    expect(htmlDepth(allHtml(blocks))).toBeLessThan(120);
  });

  it.each(Object.entries(nested))("%s: ends the same when streamed", (_name, text) => {
    const stream = new MarkdownBlocks();
    for (let end = 0; end < text.length; end += Math.ceil(text.length / 20)) {
      stream.update(text.slice(0, end), false);
    }
    expect(stream.update(text, true)).toEqual(new MarkdownBlocks().update(text, true));
  });

  it("holds a line of a megabyte", () => {
    const line = `${"word ".repeat(200_000)}end`;
    const stream = new MarkdownBlocks();
    stream.update(line.slice(0, 700_000), false);
    expect(stream.update(line, true)).toEqual([{ kind: "html", html: `<p>${line}</p>\n` }]);
  });
});

describe("a long piece that is still open", () => {
  it.each([
    ["list", Array.from({ length: 2_000 }, (_, at) => `- item **${at}**`).join("\n")],
    ["paragraph", "a line of words\n".repeat(2_000)],
  ])("is laid down once: a %s", (_name, text) => {
    const stream = new MarkdownBlocks();
    const first = stream.update(text.slice(0, 20_000), false);
    const later = stream.update(text.slice(0, 20_100), false);
    expect(later[0]).toBe(first[0]);
    expect(later.length).toBeGreaterThan(1);
  });

  it("is one table however many rows have come", () => {
    const text = `| a | b |\n| - | - |\n${"| 1 | 2 |\n".repeat(3_000)}`;
    const stream = new MarkdownBlocks();
    for (let end = 0; end < text.length; end += 997) {
      const [table, ...rest] = stream.update(text.slice(0, end), false);
      if (end < 100) continue;
      expect(rest).toEqual([]);
      expect(table).toMatchObject({ kind: "table" });
    }
    const [table] = stream.update(text, true);
    expect(table?.kind === "table" && table.rows.length).toBe(3_000);
  });
});
