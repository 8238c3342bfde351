// The blocks of the piece that is still being written. Owns one promise: each new bit of text costs
// about the same however long the piece has become. A long tail is therefore laid down in stretches
// that are parsed once; where they meet may look a little off until the piece is finished and
// parsed as a whole.
import { parsePiece } from "./markdown-piece.ts";
import type { Links, MarkdownBlock } from "./markdown-piece.ts";
import { mendTail } from "./mend-tail.ts";

/** As much as is parsed again with every new bit. */
const longestOpen = 6_000;
/** Of which this much stays open when the rest is laid down. */
const keptOpen = 1_500;

const delimiterRow = /^ {0,3}\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$/;
const bullet = /\n(?=(?:[*+-]|\d{1,9}[.)])[ \t])/g;

export class OpenTail {
  #laidText = "";
  #laid: MarkdownBlock[] = [];
  /** Head and delimiter row of an open table: every stretch of its rows needs them. */
  #tableHead = "";

  /** Forgets the piece: it was finished, or is another one. */
  reset(): void {
    this.#laidText = "";
    this.#laid = [];
    this.#tableHead = "";
  }

  blocks(tail: string, links: Links): MarkdownBlock[] {
    if (!tail.startsWith(this.#laidText)) this.reset();
    while (tail.length - this.#laidText.length > longestOpen) this.#layDown(tail, links);
    const open = tail.slice(this.#laidText.length);
    const shown = parsePiece(this.#tableHead + mendTail(open), links);
    return this.#joined(shown);
  }

  #layDown(tail: string, links: Links): void {
    const from = this.#laidText.length;
    if (from === 0) this.#tableHead = tableHead(tail);
    const stretch = tail.slice(from, from + longestOpen);
    const length = this.#tableHead ? stretch.lastIndexOf("\n") + 1 : seam(stretch);
    const end = from + (length > 0 ? length : longestOpen);
    const head = from === 0 ? "" : this.#tableHead;
    this.#laid = this.#joined(parsePiece(head + tail.slice(from, end), links));
    this.#laidText = tail.slice(0, end);
  }

  /** What is laid down and what comes after it; the rows of one table become one table again. */
  #joined(next: MarkdownBlock[]): MarkdownBlock[] {
    const [first, ...rest] = next;
    const last = this.#laid.at(-1);
    if (!this.#tableHead || first?.kind !== "table" || last?.kind !== "table") {
      return this.#laid.concat(next);
    }
    const source = last.source + first.source.slice(this.#tableHead.length);
    const table = { ...last, rows: last.rows.concat(first.rows), source };
    return [...this.#laid.slice(0, -1), table, ...rest];
  }
}

function tableHead(tail: string): string {
  const [head = "", delimiter = ""] = tail.replace(/^\n+/, "").split("\n", 2);
  const isTable = head.includes("|") && delimiterRow.test(delimiter);
  return isTable ? `${head}\n${delimiter}\n` : "";
}

/** Where a stretch of text is best cut: before an item, else at a space. */
function seam(stretch: string): number {
  const soonest = stretch.length - keptOpen;
  let item = 0;
  for (const { index } of stretch.matchAll(bullet)) {
    if (index < soonest) item = index + 1;
  }
  if (item > keptOpen) return item;
  return Math.max(stretch.lastIndexOf("\n", soonest), stretch.lastIndexOf(" ", soonest)) + 1;
}
