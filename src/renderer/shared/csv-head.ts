// The first rows of a table of commas, tabs or semicolons, and how many there are. Reads no more of the
// text than it shows, besides counting its lines.
import Papa from "papaparse";

export type TableHead = { head: string[]; rows: string[][]; rowCount: number };

export function csvHead(text: string, count: number): TableHead {
  const body = text.replace(/^\ufeff/, "").trimEnd();
  const { data } = Papa.parse<string[]>(body, {
    delimitersToGuess: [",", "\t", ";", "|"],
    preview: count + 1,
  });
  const [head = [], ...rows] = data;
  return { head, rows, rowCount: Math.max(rows.length, rowsIn(body) - 1) };
}

/** Lines, but for those inside quotes. */
function rowsIn(text: string): number {
  if (text === "") return 0;
  let count = 1;
  let isQuoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 34) isQuoted = !isQuoted;
    else if (code === 10 && !isQuoted) count += 1;
  }
  return count;
}
