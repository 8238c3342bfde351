// HTML as Markdown. Scripts, styles and other things nobody reads are left out.
import { decodeText, guessEncoding, headBytes } from "./text-encoding.ts";
import { cutText } from "./cut-text.ts";

const unread = ["script", "style", "noscript", "template", "iframe", "object", "svg", "head"];

/** Longer pages are cut before they are parsed: a parser's time and memory grow with them. */
const maxHtmlChars = 3_000_000;

export async function htmlText(html: string, maxChars: number): Promise<string> {
  const { parseHTML } = await import("linkedom");
  const turndown = await createMarkdownWriter();
  const { document } = parseHTML(wrapped(html.slice(0, maxHtmlChars)));
  for (const element of document.querySelectorAll(unread.join(","))) element.remove();
  const markdown = turndown
    .turndown(document.querySelector("body") ?? document.documentElement)
    .trim();
  if (html.length <= maxHtmlChars || markdown.length > maxChars)
    return cutText(markdown, maxChars, "lines");
  return `${markdown}\n[cut here: the document is too long to be read whole]`;
}

async function createMarkdownWriter() {
  const { default: TurndownService } = await import("turndown");
  const turndown = new TurndownService({
    headingStyle: "atx",
    codeBlockStyle: "fenced",
    bulletListMarker: "-",
  });
  turndown.addRule("cell", {
    filter: ["td", "th"],
    replacement: (content) => `${cellText(content)} | `,
  });
  turndown.addRule("row", { filter: "tr", replacement: (content) => `| ${content.trimEnd()}\n` });
  turndown.addRule("table", {
    filter: "table",
    replacement: (content) => `\n\n${tableText(content)}\n\n`,
  });
  return turndown;
}

function cellText(content: string): string {
  return content
    .trim()
    .replace(/\s*\n\s*/g, " ")
    .replaceAll("|", "\\|");
}

export function htmlBytesText(bytes: Uint8Array, maxChars: number): Promise<string> {
  return htmlText(
    decodeText(bytes, guessEncoding(bytes.subarray(0, headBytes)) ?? "utf-8"),
    maxChars,
  );
}

/** linkedom wants the tags that HTML lets people leave out. */
function wrapped(html: string): string {
  const page = html.replace(/<!doctype[^>]*>/i, "");
  if (/<html[\s>]/i.test(page)) return page;
  return /<body[\s>]/i.test(page) ? `<html>${page}</html>` : `<html><body>${page}</body></html>`;
}

/** The rule under the first row that makes it a Markdown table. */
function tableText(rows: string): string {
  const [first = "", ...rest] = rows
    .split("\n")
    .map((row) => row.trim())
    .filter(Boolean);
  const columns = first.split(/(?<!\\)\|/).length - 2;
  return [first, `|${" --- |".repeat(Math.max(columns, 1))}`, ...rest].join("\n");
}
