// Picks a range of lines out of a text that comes in pieces, keeping no more than what it returns.

export type LineRange = {
  startLine: number;
  /** Inclusive; absent: to the end. */
  endLine?: number;
  /** From 1; where to begin in the first line, for lines too long to be shown at once. */
  startColumn: number;
  maxChars: number;
};

export type LinesRead = {
  text: string;
  /** 0 when the range holds nothing. */
  lastLine: number;
  /** null: the reading stopped before the end of the text. */
  totalLines: number | null;
  /** Where to go on when `maxChars` ended it. */
  next?: { line: number; column: number };
  windowsLineEnds: boolean;
};

/** Reads on to count the lines, up to `countChars` characters. A line end at the very end of the
 * text does not begin another line. */
export async function readLines(
  pieces: AsyncIterable<string> | Iterable<string>,
  range: LineRange,
  countChars: number,
): Promise<LinesRead> {
  const picker = new LinePicker(range);
  let seen = 0;
  for await (const piece of pieces) {
    picker.take(piece);
    seen += piece.length;
    if (picker.done && seen > countChars) return picker.result(false);
  }
  return picker.result(true);
}

class LinePicker {
  private readonly range: LineRange;
  private line = 1;
  private column = 1;
  private text = "";
  private lineStart = 0;
  private lastLine = 0;
  private next: { line: number; column: number } | undefined;
  private windowsLineEnds = false;

  constructor(range: LineRange) {
    this.range = range;
  }

  get done(): boolean {
    return this.next !== undefined || this.line > (this.range.endLine ?? Infinity);
  }

  take(piece: string): void {
    let from = 0;
    for (;;) {
      const end = piece.indexOf("\n", from);
      const stop = end === -1 ? piece.length : end + 1;
      if (stop > from) this.keep(piece.slice(from, stop));
      if (end === -1) return;
      this.line++;
      this.column = 1;
      from = stop;
    }
  }

  result(isEnd: boolean): LinesRead {
    const counted = this.column > 1 ? this.line : this.line - 1;
    return {
      text: this.text,
      lastLine: this.lastLine,
      totalLines: isEnd ? counted : null,
      ...(this.next === undefined ? {} : { next: this.next }),
      windowsLineEnds: this.windowsLineEnds,
    };
  }

  /** `part` is within one line and may end it. */
  private keep(part: string): void {
    const { startLine, startColumn } = this.range;
    const column = this.column;
    this.column += part.length;
    if (this.done || this.line < startLine) return;
    if (this.line !== this.lastLine) this.lineStart = this.text.length;
    const skip = this.line === startLine ? Math.max(0, startColumn - column) : 0;
    this.add(part.slice(skip), column + skip);
  }

  private add(part: string, column: number): void {
    const room = this.range.maxChars - this.text.length;
    if (part.length <= room) {
      if (part.endsWith("\r\n")) this.windowsLineEnds = true;
      this.text += part.endsWith("\r\n") ? `${part.slice(0, -2)}\n` : part;
      this.lastLine = this.line;
      return;
    }
    // Whole lines where there is one; only a line longer than the limit is cut inside.
    if (this.lineStart > 0) {
      this.text = this.text.slice(0, this.lineStart);
      this.lastLine = this.line - 1;
      this.next = { line: this.line, column: 1 };
      return;
    }
    this.text += part.slice(0, room);
    this.lastLine = this.line;
    this.next = { line: this.line, column: column + room };
  }
}
