// Keeps the blocks of one markdown text that may still be growing. A finished piece is parsed
// once; only the open tail is parsed again. Whatever way a text was chopped, once it is finished
// its blocks equal those of the same text given whole.
import { linksIn, mayUseLinks, parsePiece } from "./markdown-piece.ts";
import type { Links, MarkdownBlock } from "./markdown-piece.ts";
import { MarkdownSplitter } from "./markdown-splitter.ts";
import { OpenTail } from "./open-tail.ts";

interface Piece {
  source: string;
  blocks: MarkdownBlock[];
}

export class MarkdownBlocks {
  #text = "";
  #done = false;
  #splitter = new MarkdownSplitter();
  readonly #open = new OpenTail();
  #pieces: Piece[] = [];
  #finished: MarkdownBlock[] = [];
  #links: Links = new Map();
  #shownLinks: Links = new Map();

  /**
   * The blocks of `text`; a block keeps its place in the list while it grows. Cheap when `text` continues the text of
   * the call before.
   */
  update(text: string, done: boolean): MarkdownBlock[] {
    if (this.#done || !text.startsWith(this.#text)) {
      if (this.#done && done && text === this.#text) return this.#blocks([]);
      this.#reset();
    }
    this.#splitter.append(text.slice(this.#text.length));
    this.#text = text;
    if (done) this.#splitter.finish();
    this.#done = done;
    return this.#render();
  }

  #reset(): void {
    this.#text = "";
    this.#done = false;
    this.#splitter = new MarkdownSplitter();
    this.#open.reset();
    this.#pieces = [];
    this.#finished = [];
    this.#links = new Map();
    this.#shownLinks = new Map();
  }

  #render(): MarkdownBlock[] {
    const { pieces, tail, inFence } = this.#splitter;
    const fresh = pieces.slice(this.#pieces.length);
    this.#links = fresh.reduce((known, source) => withLinks(known, source), this.#links);
    const shown = inFence ? this.#links : withLinks(this.#links, tail);
    this.#refresh(shown);
    for (const source of fresh) {
      const blocks = parsePiece(source, shown);
      this.#pieces.push({ source, blocks });
      this.#finished.push(...blocks);
    }
    if (fresh.length > 0 || inFence) this.#open.reset();
    return this.#blocks(inFence ? [openFence(tail)] : this.#open.blocks(tail, shown));
  }

  // A definition may come after its use: look again at the pieces that could hold one.
  #refresh(shown: Links): void {
    if (sameLinks(shown, this.#shownLinks)) return;
    this.#shownLinks = shown;
    this.#pieces = this.#pieces.map((piece) =>
      mayUseLinks(piece.source) ? { ...piece, blocks: parsePiece(piece.source, shown) } : piece,
    );
    this.#finished = this.#pieces.flatMap((piece) => piece.blocks);
  }

  #blocks(open: MarkdownBlock[]): MarkdownBlock[] {
    return this.#finished.concat(open);
  }
}

function withLinks(known: Links, source: string): Links {
  const found = linksIn(source);
  return found.size === 0 ? known : new Map([...found, ...known]);
}

function sameLinks(a: Links, b: Links): boolean {
  if (a === b) return true;
  if (a.size !== b.size) return false;
  return [...a].every(([label, { href, title }]) => {
    const other = b.get(label);
    return other !== undefined && other.href === href && other.title === title;
  });
}

/** The open fence at the end, read without the lexer so that a long one stays cheap. */
function openFence(tail: string): MarkdownBlock {
  const [, indent = "", , info = ""] = /^( *)(`+|~+)([^\n]*)/.exec(tail) ?? [];
  const body = tail.slice(tail.indexOf("\n") + 1).replace(/\n$/, "");
  const text = indent ? body.replace(new RegExp(`^ {1,${indent.length}}`, "gm"), "") : body;
  return { kind: "code", language: info.trim().match(/^\S*/)?.[0] ?? "", text, open: true };
}
