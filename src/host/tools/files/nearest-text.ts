// Finds where a text that is not there was probably meant to be, so that the next try can be exact.

export type NearText = {
  firstLine: number;
  lastLine: number;
  text: string;
  /** The words are the same; only spaces, tabs or line ends differ. */
  onlySpacing: boolean;
};

const maxFileLines = 50_000;
const maxWantedLines = 40;
const likeEnough = 0.5;

/** The best place first, at most `limit`. */
export function nearestText(text: string, wanted: string, limit: number): NearText[] {
  const lines = text.split("\n").slice(0, maxFileLines);
  const wantedLines = wanted
    .replace(/^\n+|\n+$/g, "")
    .split("\n")
    .slice(0, maxWantedLines);
  const anchor = longestLine(wantedLines);
  const anchorWords = words(wantedLines[anchor] ?? "");
  const places = lines
    .map((line, at) => ({ start: at - anchor, like: likeness(words(line), anchorWords) }))
    .filter(({ start, like }) => like >= likeEnough && start >= 0)
    .sort((a, b) => b.like - a.like)
    .slice(0, 20)
    .map(({ start }) => windowAt(lines, wantedLines, start))
    .sort((a, b) => b.like - a.like);
  return places.slice(0, limit).map(({ near }) => near);
}

function windowAt(lines: string[], wanted: string[], start: number) {
  const found = lines.slice(start, start + wanted.length);
  const likes = wanted.map((line, i) => likeness(words(found[i] ?? ""), words(line)));
  const near: NearText = {
    firstLine: start + 1,
    lastLine: start + found.length,
    text: found.join("\n"),
    onlySpacing: withoutSpace(found.join("")) === withoutSpace(wanted.join("")),
  };
  return { near, like: likes.reduce((sum, like) => sum + like, 0) / wanted.length };
}

function longestLine(lines: string[]): number {
  return lines.reduce((best, line, i) => (line.length > (lines[best]?.length ?? 0) ? i : best), 0);
}

function words(line: string): string[] {
  return line.match(/[\p{L}\p{N}_]+|[^\s\p{L}\p{N}_]/gu) ?? [];
}

/** Dice's coefficient over the words, counted with their number. */
function likeness(a: string[], b: string[]): number {
  if (a.length === 0 && b.length === 0) return 1;
  const left = new Map<string, number>();
  for (const word of b) left.set(word, (left.get(word) ?? 0) + 1);
  let shared = 0;
  for (const word of a) {
    const count = left.get(word) ?? 0;
    if (count === 0) continue;
    left.set(word, count - 1);
    shared++;
  }
  return (2 * shared) / (a.length + b.length);
}

function withoutSpace(text: string): string {
  return text.replace(/\s+/g, "");
}
