// What a program printed, as far as people and models are shown it: the beginning, the end, the lines
// in between that look like trouble, and how much it was in all. However much comes, this stays small.

export type OutputCut = {
  /** All of it, or its beginning. */
  head: string;
  /** Its end, where it did not fit; else null. */
  tail: string | null;
  /** Lines between the two that look like trouble, oldest first. */
  telling: { line: number; text: string }[];
  lines: number;
  /** Lines that are neither in `head` nor in `tail`. */
  leftOut: number;
};

export type KeptOutput = {
  add(text: string): void;
  cut(): OutputCut;
};

export const headChars = 20_000;
export const tailChars = 40_000;
const maxTelling = 12;
const maxTellingChars = 240;
export const looksLikeTrouble =
  /(?:error|exception|warning)\b|\b(?:traceback|failed|failure|fatal|panic|assert)/i;

export function createKeptOutput(): KeptOutput {
  let head = "";
  let tail = "";
  let chars = 0;
  let newlines = 0;
  const found: OutputCut["telling"] = [];
  let last = "\n";

  function look(text: string, lineBefore: number): void {
    if (found.length >= maxTelling || !looksLikeTrouble.test(text)) return;
    let line = lineBefore;
    for (const one of text.split("\n")) {
      line += 1;
      if (found.length >= maxTelling) return;
      if (looksLikeTrouble.test(one))
        found.push({ line, text: shownLine(one).slice(0, maxTellingChars) });
    }
  }

  return {
    add(text) {
      if (text === "") return;
      last = text.slice(-1);
      const before = newlines;
      chars += text.length;
      newlines += newlinesIn(text);
      const room = headChars - head.length;
      const begins = room > 0 ? text.slice(0, room) : "";
      head += begins;
      const rest = room > 0 ? text.slice(room) : text;
      if (rest === "") return;
      look(rest, before + newlinesIn(begins));
      tail =
        tail.length + rest.length > 2 * tailChars ? (tail + rest).slice(-tailChars) : tail + rest;
    },
    cut() {
      const lines = newlines + (last === "\n" ? 0 : 1);
      if (chars <= headChars + tailChars)
        return { head: shown(head + tail), tail: null, telling: [], lines, leftOut: 0 };
      const begin = wholeLines(head, "begin");
      const end = wholeLines(tail.slice(-tailChars), "end");
      const endLines = newlinesIn(end) + (last === "\n" ? 0 : 1);
      const firstOfEnd = lines - endLines;
      const beginLines = newlinesIn(begin) + (begin.endsWith("\n") ? 0 : 1);
      return {
        head: shown(begin),
        tail: shown(end),
        telling: found.filter(({ line }) => line > beginLines && line <= firstOfEnd),
        lines,
        leftOut: Math.max(0, firstOfEnd - beginLines),
      };
    },
  };
}

/** Up to the last line end, or from the first one, where there is one not too far away. */
export function wholeLines(text: string, keep: "begin" | "end"): string {
  const tooFar = text.length / 2;
  if (keep === "begin") {
    const at = text.lastIndexOf("\n");
    return at >= tooFar ? text.slice(0, at + 1) : withoutHalf(text, "end");
  }
  const at = text.indexOf("\n");
  return at >= 0 && at <= tooFar ? text.slice(at + 1) : withoutHalf(text, "begin");
}

/** A surrogate that lost its other half. */
function withoutHalf(text: string, at: "begin" | "end"): string {
  if (at === "begin") return text.replace(/^[\udc00-\udfff]/, "");
  return text.replace(/[\ud800-\udbff]$/, "");
}

export function newlinesIn(text: string): number {
  let count = 0;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) count += 1;
  return count;
}

/** A progress bar writes over its line again and again: what is left at the end is what it says. */
export const shown = (text: string): string =>
  text.includes("\r") ? text.split("\n").map(shownLine).join("\n") : text;

function shownLine(line: string): string {
  const ended = line.replace(/\r+$/, "");
  return ended.slice(ended.lastIndexOf("\r") + 1);
}
