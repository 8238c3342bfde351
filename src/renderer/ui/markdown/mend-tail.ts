// Makes the end of a text that is still being written look like what it will most likely become,
// so the reader sees no jump when the closing mark arrives. Display only: a finished text is
// never mended.

const inlineMarks = ["**", "__", "~~", "*", "_"] as const;

/** Completes or hides what is half written at the end of `source`. */
export function mendTail(source: string): string {
  const lastBreak = source.lastIndexOf("\n");
  const line = source.slice(lastBreak + 1);
  if (isUndecided(line)) return source.slice(0, lastBreak + 1);
  const paragraphStart = Math.max(source.lastIndexOf("\n\n") + 2, 0);
  const start = source.includes("\n\n") ? paragraphStart : 0;
  const paragraph = source.slice(start);
  if (isTableHead(paragraph)) return source.slice(0, start);
  return source.slice(0, start) + mendInline(paragraph);
}

// "-" may become a rule, a list or a heading underline: show it once it has decided.
function isUndecided(line: string): boolean {
  return /^[ \t]*(?:[-=*_+#>|`~: ]+|!|\d{1,9}[.)]?|[-*+] \[[ xX]?\]?)[ \t]*$/.test(line);
}

function isTableHead(paragraph: string): boolean {
  const lines = paragraph.replace(/^\n+/, "").split("\n");
  return (
    lines.length <= 2 && /^ {0,3}\|/.test(lines[0] ?? "") && !/\|[ \t]*:?-/.test(lines[1] ?? "")
  );
}

function mendInline(paragraph: string): string {
  const ticks = openBacktick(paragraph);
  if (ticks !== null) {
    const closed = paragraph.trimEnd();
    return closed.endsWith(ticks) ? closed.slice(0, -ticks.length) : closed + ticks;
  }
  const text = hideOpenLink(hideOpenTag(paragraph));
  return closeEmphasis(text);
}

/** The run of backticks that opens an unfinished code span, or null. */
function openBacktick(text: string): string | null {
  let open: string | null = null;
  for (const [run] of text.matchAll(/(?<!\\)`+/g)) {
    if (open === null) open = run;
    else if (open === run) open = null;
  }
  return open;
}

// "<details" is words until its ">" comes, and then something else entirely.
function hideOpenTag(text: string): string {
  return text.replace(/<(?:[a-z/!][^<>\n]{0,80})?$/i, "");
}

// "[text](https://exa" would show its address and then swallow it: show the text alone.
function hideOpenLink(text: string): string {
  const half = /!?\[([^\][\n]*)(?:\]\([^()\s]*(?:[ \t]+["'][^"'\n]*)?)?$/.exec(text);
  if (!half) return text;
  return text.slice(0, half.index) + (half[1] ?? "");
}

function closeEmphasis(text: string): string {
  const prose = text.replace(/(`+)[^`][\s\S]*?\1/g, (code) => "x".repeat(code.length));
  const open: string[] = [];
  for (const match of prose.matchAll(/(?<![\\*_~])(\*\*\*|\*\*|__|~~|\*|_)(?![*_~])/g)) {
    const mark = match[1] ?? "";
    const before = prose[match.index - 1] ?? " ";
    const after = prose[match.index + mark.length] ?? "";
    if (open.at(-1) === mark && /\S/.test(before)) open.pop();
    else if (canOpen(mark, before, after)) open.push(mark);
  }
  if (open.length === 0) return text;
  const trimmed = text.trimEnd();
  const last = open.at(-1) ?? "";
  if (trimmed.endsWith(last)) return trimmed.slice(0, -last.length) + closing(open.slice(0, -1));
  return trimmed + closing(open);
}

function canOpen(mark: string, before: string, after: string): boolean {
  if (/\s/.test(after)) return false;
  return mark.startsWith("_") ? !/[\p{L}\p{N}]/u.test(before) : mark === "***" || isMark(mark);
}

function isMark(mark: string): boolean {
  return inlineMarks.some((known) => known === mark);
}

function closing(open: string[]): string {
  return open.toReversed().join("");
}
