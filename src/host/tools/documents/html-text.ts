// HTML as Markdown. Scripts, styles and other things nobody reads are left out.
import { decodeText, guessEncoding } from "./text-encoding.ts";
import { cutText } from "./cut-text.ts";

const unread = ["script", "style", "noscript", "template", "iframe", "object", "svg", "head"];

export async function htmlText(html: string, maxChars: number): Promise<string> {
  const { parseHTML } = await import("linkedom");
  const { default: TurndownService } = await import("turndown");
  const { document } = parseHTML(wrapped(html));
  for (const element of document.querySelectorAll(unread.join(","))) element.remove();
  const turndown = new TurndownService({
    headingStyle: "atx",
    codeBlockStyle: "fenced",
    bulletListMarker: "-",
  });
  turndown.addRule("cell", {
    filter: ["td", "th"],
    replacement: (content) =>
      `${content
        .trim()
        .replace(/\s*\n\s*/g, " ")
        .replaceAll("|", "\\|")} | `,
  });
  turndown.addRule("row", { filter: "tr", replacement: (content) => `| ${content.trimEnd()}\n` });
  turndown.addRule("table", {
    filter: "table",
    replacement: (content) => `\n\n${tableText(content)}\n\n`,
  });
  const markdown = turndown.turndown(document.body.innerHTML);
  return cutText(markdown.trim(), maxChars, "lines");
}

export function htmlBytesText(bytes: Uint8Array, maxChars: number): Promise<string> {
  return htmlText(decodeText(bytes, guessEncoding(bytes.subarray(0, 8192)) ?? "utf-8"), maxChars);
}

/** linkedom wants a whole page. */
function wrapped(html: string): string {
  return /<body[\s>]/i.test(html) ? html : `<!doctype html><html><body>${html}</body></html>`;
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
