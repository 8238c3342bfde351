// Every sentence has one home: no component holds a word that people read.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse, type AST } from "svelte/compiler";
import { describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "..");
const readAttributes = new Set(["aria-label", "title", "placeholder", "alt", "label", "hint"]);
/** Words that are the same in every language: keys on a keyboard, signs. */
const universal = /^(?:[^\p{L}]*|Ctrl|Alt|Esc|Enter|AETHERIA|[A-Z])$/u;

function wordsIn(name: string, source: string): string[] {
  const found: string[] = [];
  const take = (text: string) => {
    for (const piece of text.split(/\s+/)) if (!universal.test(piece)) found.push(piece);
  };
  const walk = (node: unknown): void => {
    if (Array.isArray(node)) return node.forEach(walk);
    if (typeof node !== "object" || node === null) return;
    const { type } = node as { type?: string };
    if (type === "Text") take((node as AST.Text).data);
    if (type === "Attribute") return attribute(node as AST.Attribute);
    Object.entries(node).forEach(([key, value]) => key !== "metadata" && walk(value));
  };
  const attribute = ({ name, value }: AST.Attribute): void => {
    const parts = Array.isArray(value) ? value : [value];
    for (const part of parts) {
      if (part === true) continue;
      if (part.type === "Text" && readAttributes.has(name)) take(part.data);
      if (part.type === "ExpressionTag") snippets(part);
    }
  };
  const snippets = (part: AST.ExpressionTag): void => {
    if (part.expression.type !== "Literal") return;
    if (typeof part.expression.value === "string" && /\s/.test(part.expression.value))
      take(part.expression.value);
  };
  walk(parse(source, { modern: true, filename: name }).fragment);
  return found;
}

describe("a component", () => {
  it("is caught with a word in its text or in a name", () => {
    expect(wordsIn("a.svelte", "<p>Hello {name}</p>")).toEqual(["Hello"]);
    expect(wordsIn("a.svelte", '<button aria-label="Close it">×</button>')).toEqual([
      "Close",
      "it",
    ]);
    expect(wordsIn("a.svelte", '<p class="x" data-y="word">{w.chat.title}</p>')).toEqual([]);
  });

  const files = readdirSync(root, { recursive: true, encoding: "utf8" });
  it.each(files.filter((file) => file.endsWith(".svelte")))("%s holds none", (file) => {
    expect(wordsIn(file, readFileSync(join(root, file), "utf8"))).toEqual([]);
  });
});
