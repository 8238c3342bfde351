// Extracts of messages as people read them: without Markdown's signs. Pure.

const opens = "\u0001";
const closes = "\u0002";

/** Patterns that see through the borders of a match. */
const gap = `[${opens}${closes}]*`;
const rules: readonly (readonly [RegExp, string])[] = [
  // Fences, and the line under a table's head.
  [/^[ \t]*(?:```|~~~)[^\n]*$/gm, " "],
  [/^[ \t]*\|?[ \t]*:?-{2,}:?[ \t]*(?:\|[ \t]*:?-{2,}:?[ \t]*)*\|?[ \t]*$/gm, " "],
  [/\|[ \t]*:?-{2,}:?[ \t]*(?=\|)/g, ""],
  [/^[ \t]*(?:#{1,6}|>+|[-*+]|\d{1,3}[.)])[ \t]+/gm, ""],
  [/!?\[([^\]\n]*)\]\([^)\n]*\)/g, "$1"],
  [/\*\*|__(?=\S)|(?<=\S)__|~~|`+/g, ""],
  [new RegExp(`(^|[\\s(])(${gap})\\*(?=\\S)([^*\\n]*[^\\s*])\\*`, "gm"), "$1$2$3"],
  [/[ \t]*\|[ \t]*$/gm, " "],
  [/^[ \t]*\|[ \t]*/gm, ""],
  [/[ \t]*\|[ \t]*/g, " · "],
  [/\s+/g, " "],
];

const stripped = (text: string): string =>
  rules.reduce((so, [pattern, by]) => so.replace(pattern, by), text);

/** Even indexes are between matches, odd ones are matches; the same comes back. */
export function plainExtract(extract: readonly string[]): string[] {
  const marked = extract
    .map((part, index) => (index % 2 === 1 ? opens + part + closes : part))
    .join("");
  const parts = stripped(marked).split(new RegExp(`[${opens}${closes}]`));
  return parts.length === extract.length || extract.length % 2 === 0
    ? parts.slice(0, extract.length)
    : extract.map(stripped);
}

const shownBefore = 40;

/** On one line, cut before its first match so that the match is seen. */
export function shownExtract(extract: readonly string[]): string[] {
  const [before = "", ...rest] = plainExtract(extract);
  const near = before.length > shownBefore ? `…${before.slice(-shownBefore)}` : before;
  return [near.trimStart(), ...rest];
}
