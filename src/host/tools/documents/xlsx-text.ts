// An Excel workbook as CSV, sheet by sheet, cut by rows.
import type { Sheet } from "read-excel-file/node";
import { checkZip } from "./zip-guard.ts";

const maxUnpackedBytes = 200_000_000;

export async function xlsxText(bytes: Uint8Array, maxChars: number): Promise<string> {
  checkZip(bytes, maxUnpackedBytes);
  const { default: readXlsxFile } = await import("read-excel-file/node");
  const sheets = await readXlsxFile(Buffer.from(bytes));
  const parts: string[] = [];
  let left = maxChars;
  for (const sheet of sheets) {
    const part = sheetText(sheet, left);
    parts.push(part);
    left = Math.max(0, left - part.length);
  }
  return parts.join("\n\n");
}

function sheetText({ sheet, data }: Sheet, maxChars: number): string {
  const columns = Math.max(0, ...data.slice(0, 1000).map((row) => row.length));
  const heading = `--- sheet ${sheet}: ${data.length} rows, ${columns} columns ---`;
  let text = heading;
  for (const [i, row] of data.entries()) {
    const line = row.map(cellText).join(",");
    if (text.length + line.length > maxChars)
      return `${text}\n[cut here: ${data.length - i} more rows]`;
    text += `\n${line}`;
  }
  return text;
}

function cellText(cell: unknown): string {
  if (cell === null || cell === undefined) return "";
  const text = cell instanceof Date ? dateText(cell) : String(cell);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Excel's dates have no zone; those without a time are plain days. */
function dateText(date: Date): string {
  if (Number.isNaN(date.getTime())) return "";
  const text = date.toISOString();
  return text.endsWith("T00:00:00.000Z") ? text.slice(0, 10) : text.slice(0, 19).replace("T", " ");
}
