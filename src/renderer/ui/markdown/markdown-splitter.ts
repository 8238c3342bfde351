// Cuts markdown that arrives bit by bit into pieces that stand alone. Owns one question: "can
// this line still change what came before it?" The answer depends on whole lines only, so any
// chopping of the same text gives the same pieces. Refuses to know what a piece looks like.

type Region =
  | { kind: "open" }
  | { kind: "fence"; marker: string; count: number }
  | { kind: "html"; until: RegExp | "blank" };

const htmlTags =
  "address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup|dd|details|dialog|dir|div|dl|dt|fieldset|figcaption|figure|footer|form|frame|frameset|h[1-6]|head|header|hr|html|iframe|legend|li|link|main|menu|menuitem|meta|nav|noframes|ol|optgroup|option|p|param|search|section|summary|table|tbody|td|tfoot|th|thead|title|tr|track|ul";
const attribute = `[ \\t]+[a-zA-Z:_][\\w.:-]*(?:[ \\t]*=[ \\t]*(?:"[^"]*"|'[^']*'|[^\\s"'=<>\`]+))?`;

const fenceStart = /^( {0,3})(`{3,}(?=[^`]*$)|~{3,})/;
const rawElement = /^ {0,3}<(script|pre|style|textarea)(?:[\s>]|$)/i;
const knownElement = new RegExp(`^ {0,3}</?(?:${htmlTags})(?:[ \\t]+|$|/?>)`, "i");
const loneElement = new RegExp(
  `^ {0,3}(?:<[a-z][a-z0-9-]*(?:${attribute})*[ \\t]*/?>|</[a-z][a-z0-9-]*\\s*>)[ \\t]*$`,
  "i",
);
const bullet = /^( {0,3})([*+-]|\d{1,9}[.)])([ \t]+|$)/;
const rule = /^ {0,3}((?:-[\t ]*){3,}|(?:_[\t ]*){3,}|(?:\*[\t ]*){3,})$/;
const endsList = /^ {0,3}(?:#{1,6}(?:\s|$)|>)/;
const blank = /^[ \t]*$/;

/** The end a raw HTML region waits for, or null when the line starts none. */
function htmlEnd(line: string, inParagraph: boolean): RegExp | "blank" | null {
  const raw = rawElement.exec(line);
  if (raw) return new RegExp(`</${raw[1]}>`, "i");
  const text = line.trimStart();
  if (line.length - text.length > 3) return null;
  if (text.startsWith("<!--")) return /-->|^ {0,3}<!--?->/;
  if (text.startsWith("<?")) return /\?>/;
  if (text.startsWith("<![CDATA[")) return /\]\]>/;
  if (/^<![a-z]/i.test(text)) return />/;
  if (knownElement.test(line)) return "blank";
  return !inParagraph && loneElement.test(line) ? "blank" : null;
}

/** Where the text of a list item begins: what is indented less is outside the list. */
function itemIndent(match: RegExpExecArray): number {
  const [, lead = "", marker = "", gap = ""] = match;
  const spaces = gap.replaceAll("\t", "    ").length;
  return lead.length + marker.length + (spaces > 4 || spaces === 0 ? 1 : spaces);
}

export class MarkdownSplitter {
  /** Pieces that no later text can change, in order. */
  readonly pieces: string[] = [];
  #tail = "";
  #scanned = 0;
  #region: Region = { kind: "open" };
  #listIndent = 0;
  #afterBlank = true;
  #heldReturn = false;

  /** The piece that later text may still change. */
  get tail(): string {
    return this.#tail;
  }

  /** True while the tail is a code fence that has not been closed. */
  get inFence(): boolean {
    return this.#region.kind === "fence";
  }

  append(text: string): void {
    this.#tail += this.#withUnixLines(text);
    let end = this.#tail.indexOf("\n", this.#scanned);
    while (end !== -1) {
      const start = this.#line(this.#scanned, end);
      this.#scanned = end + 1 - start;
      end = this.#tail.indexOf("\n", this.#scanned);
    }
  }

  /** Ends the text: the last line counts as whole, and everything becomes a piece. */
  finish(): void {
    if (this.#heldReturn) {
      this.#heldReturn = false;
      this.append("\n");
    }
    if (this.#scanned < this.#tail.length) this.#line(this.#scanned, this.#tail.length);
    this.#cut(this.#tail.length);
    this.#region = { kind: "open" };
  }

  // A chunk may end between the two characters of a Windows line end.
  #withUnixLines(text: string): string {
    const whole = this.#heldReturn ? "\r" + text : text;
    this.#heldReturn = whole.endsWith("\r");
    return (this.#heldReturn ? whole.slice(0, -1) : whole).replace(/\r\n?/g, "\n");
  }

  /** Reads one whole line; returns how many characters were cut off the front of the tail. */
  #line(start: number, end: number): number {
    const line = this.#tail.slice(start, end);
    if (this.#region.kind === "fence") return this.#lineInFence(line, this.#region, end);
    if (this.#region.kind === "html") return this.#lineInHtml(line, this.#region);
    if (blank.test(line)) {
      this.#afterBlank = true;
      return 0;
    }
    const cut = this.#startsFresh(line) ? this.#cut(start) : 0;
    this.#classify(line);
    this.#afterBlank = false;
    return cut;
  }

  #lineInFence(line: string, fence: { marker: string; count: number }, end: number): number {
    const close = /^ {0,3}(`+|~+) *$/.exec(line)?.[1];
    if (!close || close[0] !== fence.marker || close.length < fence.count) return 0;
    this.#region = { kind: "open" };
    this.#afterBlank = true;
    return this.#cut(Math.min(end + 1, this.#tail.length));
  }

  #lineInHtml(line: string, html: { until: RegExp | "blank" }): number {
    const ends = html.until === "blank" ? blank.test(line) : html.until.test(line);
    if (!ends) return 0;
    this.#region = { kind: "open" };
    this.#afterBlank = html.until === "blank";
    return 0;
  }

  #startsFresh(line: string): boolean {
    const fence = fenceStart.exec(line);
    if (fence) return this.#isOutsideList(fence[1] ?? "");
    if (!this.#afterBlank || /^[ \t]/.test(line)) return false;
    return this.#listIndent === 0 || !bullet.test(line) || rule.test(line);
  }

  #isOutsideList(indent: string): boolean {
    return this.#listIndent === 0 || indent.length < this.#listIndent;
  }

  #classify(line: string): void {
    const fence = fenceStart.exec(line);
    if (fence && this.#isOutsideList(fence[1] ?? "")) {
      const marks = fence[2] ?? "";
      this.#region = { kind: "fence", marker: marks[0] ?? "", count: marks.length };
      return;
    }
    if (rule.test(line) || endsList.test(line)) {
      if (this.#isOutsideList(/^ */.exec(line)?.[0] ?? "")) this.#listIndent = 0;
      return;
    }
    const item = bullet.exec(line);
    if (item) {
      if (this.#isOutsideList(item[1] ?? "")) this.#listIndent = itemIndent(item);
      return;
    }
    if (!this.#isOutsideList(/^ */.exec(line)?.[0] ?? "")) return;
    const until = htmlEnd(line, !this.#afterBlank);
    if (until === null) return;
    this.#listIndent = 0;
    if (until !== "blank" && until.test(line)) return;
    this.#region = { kind: "html", until };
  }

  #cut(at: number): number {
    if (at === 0) return 0;
    this.pieces.push(this.#tail.slice(0, at));
    this.#tail = this.#tail.slice(at);
    this.#scanned = 0;
    this.#listIndent = 0;
    return at;
  }
}
