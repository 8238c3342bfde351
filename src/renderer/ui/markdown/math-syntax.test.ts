import { describe, expect, it } from "vitest";
import { MarkdownBlocks } from "./markdown-blocks.ts";

function html(text: string): string {
  return new MarkdownBlocks()
    .update(text, true)
    .map((block) => (block.kind === "html" ? block.html : block.kind))
    .join("");
}
const inline = (tex: string) => `<span class="math-source">${tex}</span>`;
const display = (tex: string) => `<span class="math-source math-display">${tex}</span>`;

describe("maths", () => {
  it.each([
    ["a $x^2$ b", `a ${inline("x^2")} b`],
    ["\\(a_b\\)", inline("a_b")],
    ["\\[c\\]", display("c")],
    ["see $$x$$ here", `see ${display("x")} here`],
    ["$$\nx = 1\n$$", display("x = 1")],
    ["\\[\nx\n\\]", display("x")],
    ["**$a*b$**", `<strong>${inline("a*b")}</strong>`],
    ["$a_1$ and $b_1$", `${inline("a_1")} and ${inline("b_1")}`],
    ["$a < b$", inline("a &lt; b")],
    ["$\\$$", inline("\\$")],
    ["($x$), $y$.", `(${inline("x")}), ${inline("y")}.`],
  ])("is found in %j", (text, expected) => {
    expect(html(text).trim()).toBe(`<p>${expected}</p>`);
  });

  it.each([
    "$5 and $6",
    "from $5 to US$6",
    "$5/month or $6/month",
    "($5)-($6)",
    "$HOME/$USER",
    "a $ b $ c",
    "$ x$",
    "$x $",
    "\\$x$",
    "$$ open",
    "`$a$`",
    "\\( open",
    "word$a$",
  ])("is not found in %j", (text) => {
    expect(html(text)).not.toContain("math");
  });

  it("leaves code alone", () => {
    expect(new MarkdownBlocks().update("```\n$x$\n```\n", true)).toMatchObject([
      { kind: "code", text: "$x$" },
    ]);
  });

  it("stands between paragraphs without a blank line", () => {
    expect(html("text\n$$\nx\n$$\nmore")).toBe(
      `<p>text</p>\n<p>${display("x")}</p>\n<p>more</p>\n`,
    );
  });

  it("does not part a paragraph that only looks like it", () => {
    expect(html("a\n$$\nb")).toBe("<p>a\n$$\nb</p>\n");
  });
});
