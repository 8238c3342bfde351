// Turns one stand-alone piece of markdown into blocks. Owns the shape of a block and the link
// definitions a piece brings. The HTML here is not yet safe: only `sanitizeHtml` makes it so.
import type { Lexer, Parser, Token, Tokens } from "marked";
import { createLexer, createParser } from "./bounded-marked.ts";

export type MarkdownBlock =
  | { kind: "html"; html: string }
  | TableBlock
  | { kind: "code"; language: string; text: string; open: boolean }
  | { kind: "quote"; blocks: MarkdownBlock[] }
  | { kind: "list"; start: number | null; items: MarkdownItem[] };

export interface TableBlock {
  kind: "table";
  /** `<tr>…</tr>` of the head, then of each row of the body. */
  head: string;
  rows: string[];
  /** The markdown it was written as. */
  source: string;
}

export interface MarkdownItem {
  /** null when the item is not a task. */
  checked: boolean | null;
  blocks: MarkdownBlock[];
}

/** Link targets by their normalised label; the first definition of a label wins. */
export type Links = ReadonlyMap<string, { href: string; title: string | null | undefined }>;

function lex(source: string, links: Links): { tokens: Token[]; links: Lexer["tokens"]["links"] } {
  const lexer = createLexer(source);
  for (const [label, { href, title }] of links) {
    lexer.tokens.links[label] = { href, title: title ?? null };
  }
  const tokens = lexer.lex(source);
  return { tokens, links: lexer.tokens.links };
}

/** The definitions (`[label]: target`) a piece brings. */
export function linksIn(source: string): Links {
  if (!source.includes("]:")) return new Map();
  const found = lex(source, new Map()).links;
  return new Map(Object.entries(found).map(([label, { href, title }]) => [label, { href, title }]));
}

/** True when definitions made elsewhere can change how the piece looks. */
export function mayUseLinks(source: string): boolean {
  return source.includes("[");
}

export function parsePiece(source: string, links: Links): MarkdownBlock[] {
  return toBlocks(lex(source, links).tokens, createParser());
}

/** The text of a table's cells, head first, without their marks. */
export function tableCells(source: string): string[][] {
  const parser = createParser();
  const text = ({ tokens }: Tokens.TableCell) => parser.parseInline(tokens, parser.textRenderer);
  const table = lex(source, new Map()).tokens.find(isTable);
  return table ? [table.header, ...table.rows].map((row) => row.map(text)) : [];
}

function isCode(token: Token): token is Tokens.Code {
  return token.type === "code";
}
function isList(token: Token): token is Tokens.List {
  return token.type === "list";
}
function isQuote(token: Token): token is Tokens.Blockquote {
  return token.type === "blockquote";
}
function isTable(token: Token): token is Tokens.Table {
  return token.type === "table";
}

/** Code gets a copy button, a table its own scrolling and a task a name, wherever they stand. */
function holdsParts(token: Token): boolean {
  if (isCode(token) || isTable(token)) return true;
  if (isQuote(token)) return token.tokens.some(holdsParts);
  return isList(token) && token.items.some((item) => item.task || item.tokens.some(holdsParts));
}

function toBlocks(tokens: Token[], parser: Parser): MarkdownBlock[] {
  return tokens
    .filter((token) => token.type !== "space" && token.type !== "def")
    .map((token) => toBlock(token, parser));
}

// Only what holds such parts is opened into a structure; the rest stays one string, which is cheaper.
function toBlock(token: Token, parser: Parser): MarkdownBlock {
  if (isCode(token)) return codeBlock(token);
  if (isTable(token)) return tableBlock(token, parser);
  if (isQuote(token) && holdsParts(token)) {
    return { kind: "quote", blocks: toBlocks(token.tokens, parser) };
  }
  if (isList(token) && holdsParts(token)) {
    const start = token.ordered && token.start !== "" ? token.start : null;
    return { kind: "list", start, items: token.items.map((item) => toItem(item, parser)) };
  }
  return { kind: "html", html: parser.parse([token]) };
}

function codeBlock(token: Tokens.Code): MarkdownBlock {
  const language = (token.lang ?? "").match(/^\S*/)?.[0] ?? "";
  return { kind: "code", language, text: token.text.replace(/\n$/, ""), open: false };
}

function tableBlock({ header, rows, raw }: Tokens.Table, parser: Parser): TableBlock {
  const row = (cells: Tokens.TableCell[]) =>
    parser.renderer.tablerow({
      text: cells.map((cell) => parser.renderer.tablecell(cell)).join(""),
    });
  return { kind: "table", head: row(header), rows: rows.map(row), source: raw };
}

function toItem(item: Tokens.ListItem, parser: Parser): MarkdownItem {
  const tokens = item.task ? withoutBox(item.tokens) : item.tokens;
  return {
    checked: item.task ? item.checked === true : null,
    blocks: toBlocks(tokens, parser),
  };
}

// The box stands before the text, or inside the first paragraph when the list is a loose one.
function withoutBox(tokens: Token[]): Token[] {
  return tokens
    .filter((token) => token.type !== "checkbox")
    .map((token) =>
      "tokens" in token && token.tokens?.[0]?.type === "checkbox"
        ? { ...token, tokens: token.tokens.slice(1) }
        : token,
    );
}
