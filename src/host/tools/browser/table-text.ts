// A table of a page as Markdown for the model and as CSV for programs and people.
import type { Table } from "../../../core/browser-ports.ts";

/** As many rows as fit; says how many were left out. */
export function tableMarkdown({ caption, header, rows }: Table, maxChars: number): string {
  const columns = Math.max(header.length, ...rows.map((row) => row.length), 1);
  const line = (cells: readonly string[]) =>
    `| ${Array.from({ length: columns }, (_, at) => cell(cells[at] ?? "")).join(" | ")} |`;
  const lines = [line(header), `|${" --- |".repeat(columns)}`];
  let chars = lines.join("\n").length;
  for (const [at, row] of rows.entries()) {
    const next = line(row);
    chars += next.length + 1;
    if (chars > maxChars && at > 0) {
      lines.push(`(${rows.length - at} more rows)`);
      break;
    }
    lines.push(next);
  }
  return (caption === "" ? lines : [`**${cell(caption)}**`, "", ...lines]).join("\n");
}

const cell = (text: string): string => text.replace(/\s+/g, " ").trim().replaceAll("|", "\\|");

/** RFC 4180, in UTF-8 with a mark, so that Excel reads it right. */
export function tableCsv({ header, rows }: Table): string {
  const lines = header.length === 0 ? rows : [header, ...rows];
  return `\ufeff${lines.map((row) => `${row.map(csvField).join(",")}\r\n`).join("")}`;
}

/** What a spreadsheet would run as a formula stays text: a page wrote it. */
function csvField(text: string): string {
  const isFormula = /^[=@\t\r]|^[+-](?![\d.,\s%]*$)/.test(text);
  const value = isFormula ? `'${text}` : text;
  return /[",\r\n]|^\s|\s$/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
