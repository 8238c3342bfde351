// marked, with maths, and with an end to what a hostile text can make it do: past a depth that no
// reader follows, and past an effort that no honest text needs, a mark is words like any other.
import { Hooks, Lexer, Marked, Parser, Renderer, Tokenizer } from "marked";
import type { MarkedOptions, Tokens } from "marked";
import { coverMath, mathExtensions, mayHoldMath } from "./math-syntax.ts";

const deepest = 24;
/** Characters that looking for the ends of emphasis may read over in one piece. */
const emphasisEffort = 4_000_000;

class BoundedTokenizer extends Tokenizer {
  #depth = 0;
  #effort = 0;

  override blockquote(src: string): Tokens.Blockquote | undefined {
    return this.#deeper(/^ {0,3}>/.test(src), () => super.blockquote(src));
  }

  override list(src: string): Tokens.List | undefined {
    return this.#deeper(true, () => super.list(src));
  }

  override link(src: string): Tokens.Link | Tokens.Image | undefined {
    return this.#deeper(true, () => super.link(src));
  }

  override emStrong(
    src: string,
    maskedSrc: string,
    prevChar?: string,
  ): Tokens.Em | Tokens.Strong | undefined {
    this.#effort += src.length;
    if (this.#effort > emphasisEffort) return undefined;
    return this.#deeper(true, () => super.emStrong(src, maskedSrc, prevChar));
  }

  override del(src: string, maskedSrc: string, prevChar?: string): Tokens.Del | undefined {
    this.#effort += src.length;
    if (this.#effort > emphasisEffort) return undefined;
    return this.#deeper(true, () => super.del(src, maskedSrc, prevChar));
  }

  #deeper<T>(isSuch: boolean, read: () => T | undefined): T | undefined {
    if (!isSuch || this.#depth >= deepest) return undefined;
    this.#depth += 1;
    try {
      return read();
    } finally {
      this.#depth -= 1;
    }
  }
}

// Nothing is fetched because a text asks for it: a picture from elsewhere becomes a link to it.
class PictureLinks extends Renderer {
  override image(token: Tokens.Image): string {
    if (token.href.startsWith("data:image/")) return super.image(token);
    const { raw, href, title, text } = token;
    const tokens = text ? token.tokens : [{ type: "text", raw: href, text: href }];
    return this.link({ type: "link", raw, href, title, text, tokens });
  }
}

class CoveredMath extends Hooks {
  override emStrongMask(src: string): string {
    return coverMath(src);
  }
}

const { extensions } = new Marked().use({ extensions: mathExtensions }).defaults;
const plain: MarkedOptions = { gfm: true };
const withMath: MarkedOptions = { ...plain, ...(extensions && { extensions }) };

/** A lexer for this one text: it counts the effort spent. */
export function createLexer(source: string): Lexer {
  const tokenizer = new BoundedTokenizer();
  if (!mayHoldMath(source)) return new Lexer({ ...plain, tokenizer });
  return new Lexer({ ...withMath, tokenizer, hooks: new CoveredMath() });
}

export function createParser(): Parser {
  return new Parser({ ...withMath, renderer: new PictureLinks() });
}
