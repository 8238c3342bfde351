import fc from "fast-check";
import { Lexer, Parser } from "marked";
import { describe, expect, it } from "vitest";
import { MarkdownBlocks } from "./markdown-blocks.ts";
import type { MarkdownBlock, MarkdownItem } from "./markdown-piece.ts";
import { trickyMarkdown } from "./tricky-markdown.ts";

function whole(text: string): MarkdownBlock[] {
  return new MarkdownBlocks().update(text, true);
}

function streamed(text: string, cuts: number[]): MarkdownBlock[] {
  const stream = new MarkdownBlocks();
  for (const cut of cuts.toSorted((a, b) => a - b)) stream.update(text.slice(0, cut), false);
  return stream.update(text, true);
}

/** Back to the HTML marked itself would give, to compare the two. */
function html(block: MarkdownBlock): string {
  if (block.kind === "html") return block.html;
  if (block.kind === "table") {
    const body = block.rows.length > 0 ? `<tbody>${block.rows.join("")}</tbody>` : "";
    return `<table>\n<thead>\n${block.head}</thead>\n${body}</table>\n`;
  }
  if (block.kind === "code") {
    return Parser.parse([{ type: "code", raw: "", lang: block.language, text: block.text }]);
  }
  if (block.kind === "quote")
    return `<blockquote>\n${block.blocks.map(html).join("")}</blockquote>\n`;
  const tag = block.start === null ? "ul" : "ol";
  const start = block.start === null || block.start === 1 ? "" : ` start="${block.start}"`;
  return `<${tag}${start}>\n${block.items.map(item).join("")}</${tag}>\n`;
}

function item({ checked, blocks }: MarkdownItem): string {
  const box =
    checked === null ? "" : `<input ${checked ? 'checked="" ' : ""}disabled="" type="checkbox"> `;
  return `<li>${box}${blocks.map(html).join("")}</li>\n`;
}

const fragments = [
  "\n",
  "\n\n",
  "\r\n",
  " ",
  "    ",
  "  ",
  "\t",
  "- ",
  "* ",
  "1. ",
  "10) ",
  "> ",
  "# ",
  "```",
  "```js\n",
  "~~~",
  "---",
  "===",
  "***",
  "|",
  "| a | b |\n| - | - |\n",
  "word",
  "text more",
  "**",
  "_",
  "`",
  "[a]",
  "[a]: /x\n",
  "[b]: /y 'z'\n",
  "[a](http://x.y)",
  "![i](u)",
  "<div>",
  "</div>",
  "<!--",
  "-->",
  "<pre>",
  "</pre>",
  "<b>",
  "\\",
  "&amp;",
  "- [ ] ",
  "- [x] ",
  "é",
  "👩‍🚀",
  ":",
  '"',
] as const;

const generated = fc
  .array(
    fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(...fragments) },
      fc.constantFrom("\n", "\n\n", "a"),
    ),
    { maxLength: 40 },
  )
  .map((parts) => parts.join(""));

const chopped = (texts: fc.Arbitrary<string>) =>
  texts.chain((text) =>
    fc.tuple(fc.constant(text), fc.array(fc.nat({ max: text.length }), { maxLength: 30 })),
  );

describe("markdown blocks", () => {
  it("equal the blocks of the whole text, however a tricky text is chopped", () => {
    fc.assert(
      fc.property(chopped(fc.constantFrom(...trickyMarkdown)), ([text, cuts]) => {
        expect(streamed(text, cuts)).toEqual(whole(text));
      }),
      { numRuns: 300 },
    );
  });

  it("equal the blocks of the whole text, however a generated text is chopped", () => {
    fc.assert(
      fc.property(chopped(generated), ([text, cuts]) => {
        expect(streamed(text, cuts)).toEqual(whole(text));
      }),
      { numRuns: 1000 },
    );
  });

  it.each(trickyMarkdown.map((text) => [text]))("give the HTML marked gives for %j", (text) => {
    const tokens = new Lexer({ gfm: true }).lex(text);
    const expected = Parser.parse(tokens).replace(
      '<img src="https://example.com" alt="pic" title="T">',
      '<a href="https://example.com" title="T">pic</a>',
    );
    const actual = whole(text).map(html).join("");
    expect(actual.replace(/\s+/g, " ")).toBe(expected.replace(/\s+/g, " "));
  });

  it("survive one character at a time", () => {
    for (const text of trickyMarkdown) {
      const cuts = Array.from({ length: text.length }, (_, index) => index);
      expect(streamed(text, cuts)).toEqual(whole(text));
    }
  });

  it("parse a finished piece only once while the text grows", () => {
    const stream = new MarkdownBlocks();
    const first = stream.update("One.\n\nTwo.\n\nThree\nis", false);
    const later = stream.update("One.\n\nTwo.\n\nThree\nis here.\n\nFour", false);
    expect(later[0]).toBe(first[0]);
    expect(later[1]).toBe(first[1]);
    expect(later).toHaveLength(4);
  });

  it("find a link definition that comes after its use", () => {
    const stream = new MarkdownBlocks();
    stream.update("See [docs].\n\nMore.\n\n", false);
    const blocks = stream.update("See [docs].\n\nMore.\n\n[docs]: https://example.com\n", true);
    expect(blocks[0]).toMatchObject({
      html: '<p>See <a href="https://example.com">docs</a>.</p>\n',
    });
  });

  it("turn a picture from elsewhere into a link to it", () => {
    expect(whole("![a cat](https://example.com/cat.png)")).toEqual([
      { kind: "html", html: '<p><a href="https://example.com/cat.png">a cat</a></p>\n' },
    ]);
  });

  it("start over when the text is another one", () => {
    const stream = new MarkdownBlocks();
    stream.update("# Old", false);
    expect(stream.update("New", true)).toEqual(whole("New"));
  });

  it("show an open fence as code from its first line on", () => {
    const blocks = new MarkdownBlocks().update("Hi:\n```ts\nconst a = 1;\n\nconst", false);
    expect(blocks).toEqual([
      { kind: "html", html: "<p>Hi:</p>\n" },
      { kind: "code", language: "ts", text: "const a = 1;\n\nconst", open: true },
    ]);
  });

  it("keep code inside a list as code", () => {
    const blocks = whole("1. Run\n\n   ```sh\n   ls\n   ```\n\n2. Look\n");
    expect(blocks).toMatchObject([
      { kind: "list", start: 1, items: [{ blocks: [{}, { kind: "code", text: "ls" }] }, {}] },
    ]);
  });
});
