// Reads a unified diff into lines with the numbers they have in the old and the new file.

export interface DiffLine {
  kind: "same" | "added" | "removed" | "hunk";
  text: string;
  oldNumber: number | null;
  newNumber: number | null;
}

const hunkHead = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/;

/** Parses unified diff text. File headers are left out; a text without hunks counts from 1. */
export function parseDiff(diff: string): DiffLine[] {
  let oldNumber = 1;
  let newNumber = 1;
  let isInHunk = !/^@@ /m.test(diff);
  const lines: DiffLine[] = [];
  for (const line of diff.replace(/\n$/, "").split("\n")) {
    const hunk = hunkHead.exec(line);
    if (hunk) {
      isInHunk = true;
      oldNumber = Number(hunk[1]);
      newNumber = Number(hunk[2]);
      lines.push({ kind: "hunk", text: line, oldNumber: null, newNumber: null });
    } else if (/^(?:diff |Index: )/.test(line)) isInHunk = false;
    else if (!isInHunk || /^(?:\\|={8,})/.test(line)) continue;
    else if (line.startsWith("+")) {
      lines.push({ kind: "added", text: line.slice(1), oldNumber: null, newNumber: newNumber++ });
    } else if (line.startsWith("-")) {
      lines.push({ kind: "removed", text: line.slice(1), oldNumber: oldNumber++, newNumber: null });
    } else {
      const text = line.replace(/^ /, "");
      lines.push({ kind: "same", text, oldNumber: oldNumber++, newNumber: newNumber++ });
    }
  }
  return lines;
}
