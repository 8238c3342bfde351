// What counts as maths in a text: `$…$`, `$$…$$`, `\(…\)` and `\[…\]`. Owns the rules that keep
// prices and shell variables words. Refuses to draw: its HTML carries the TeX as text, in an element
// that `render-math.ts` fills once KaTeX is there.
import type { TokenizerAndRendererExtension, Tokens } from "marked";

// Bounded, so that a text of nothing but dollar signs is read in linear time.
const inlineForms: readonly [start: RegExp, isDisplay: boolean][] = [
  [/^\$\$((?:\\[^\n]|(?!\n[ \t]*\n)[^\\$]){1,4000}?)\$\$/, true],
  [/^\$(?![\s$])((?:\\[^\n]|[^\\$\n]){0,999}?(?:\\[^\n]|[^\s\\$]))\$(?![\p{L}\p{N}$])/u, false],
  [/^\\\(((?:(?!\n[ \t]*\n)[\s\S]){1,1000}?)\\\)/, false],
  [/^\\\[((?:(?!\n[ \t]*\n)[\s\S]){1,4000}?)\\\]/, true],
];
const blockForms = [
  /^ {0,3}\$\$((?:\\[^\n]|(?!\n[ \t]*\n)[^\\$]){1,4000}?)\$\$[ \t]*(?:\n+|$)/,
  /^ {0,3}\\\[((?:(?!\n[ \t]*\n)[\s\S]){1,4000}?)\\\][ \t]*(?:\n+|$)/,
];
const inlineStart = /\$|\\[([]/;
/** marked looks for the next start at every bit of text: never far ahead. */
const farthestLook = 2_000;
const blockStart = /\n {0,3}(?:\$\$|\\\[)/;

function read(src: string): { raw: string; tex: string; isDisplay: boolean } | undefined {
  for (const [form, isDisplay] of inlineForms) {
    const [raw, tex = ""] = form.exec(src) ?? [];
    if (raw !== undefined && tex.trim() !== "") return { raw, tex: tex.trim(), isDisplay };
  }
  return undefined;
}

/** "US$5" and "a$b$" are words: a dollar sign opens maths only where a word does not go on. */
function followsWord(before: Tokens.Generic[]): boolean {
  return /[\p{L}\p{N}$\\]$/u.test(before.at(-1)?.raw ?? "");
}

export const mathExtensions: TokenizerAndRendererExtension[] = [
  {
    name: "mathBlock",
    level: "block",
    start(src) {
      const at = blockStart.exec(src)?.index;
      return at === undefined ? undefined : at + 1;
    },
    tokenizer(src) {
      for (const form of blockForms) {
        const [raw, tex = ""] = form.exec(src) ?? [];
        if (raw !== undefined && tex.trim() !== "") {
          return { type: "mathBlock", raw, tex: tex.trim() };
        }
      }
      return undefined;
    },
    renderer: (token) => `<p>${placeholder(String(token["tex"]), true)}</p>\n`,
  },
  {
    name: "math",
    level: "inline",
    start(src) {
      const near = src.slice(0, farthestLook);
      return inlineStart.exec(near)?.index ?? (near.length < src.length ? near.length : undefined);
    },
    tokenizer(src, before) {
      if (src.startsWith("$") && followsWord(before)) return undefined;
      const found = read(src);
      return found && { type: "math", ...found };
    },
    renderer: (token) => placeholder(String(token["tex"]), token["isDisplay"] === true),
  },
];

/** False when no part of the text can be maths: then nothing of this costs anything. */
export function mayHoldMath(source: string): boolean {
  return inlineStart.test(source);
}

/** The text with its maths covered, so that no `*` or `_` inside it ends an emphasis outside. */
export function coverMath(src: string): string {
  if (!inlineStart.test(src)) return src;
  return src.replace(
    /\$\$[^$]{1,4000}\$\$|\$[^\s$](?:[^$\n]{0,998}[^\s$])?\$|\\\([^\n]{1,1000}?\\\)/g,
    (math) => "x".repeat(math.length),
  );
}

function placeholder(tex: string, isDisplay: boolean): string {
  const escaped = tex.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
  return `<span class="${isDisplay ? "math-source math-display" : "math-source"}">${escaped}</span>`;
}
