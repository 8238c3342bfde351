// Lines up cells in columns, by the characters a person sees.
import { stripVTControlCharacters } from "node:util";

const seen = (cell: string) => [...stripVTControlCharacters(cell)].length;

/** Rows as lines: every cell but the last is padded to its column's widest. */
export function columns(rows: readonly (readonly string[])[], gap = "  "): string[] {
  const widths: number[] = [];
  for (const row of rows)
    row.forEach((cell, i) => (widths[i] = Math.max(widths[i] ?? 0, seen(cell))));
  return rows.map((row) =>
    row
      .map((cell, i) =>
        i === row.length - 1 ? cell : cell + " ".repeat((widths[i] ?? 0) - seen(cell)),
      )
      .join(gap)
      .trimEnd(),
  );
}

/** Words broken into lines of at most `width` characters. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/).filter((part) => part !== "")) {
    if (line !== "" && seen(line) + 1 + seen(word) > width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  if (line !== "") lines.push(line);
  return lines;
}
