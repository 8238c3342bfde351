// One HTML page as Markdown: the article where there is one, else all that is visible. Runs in
// page.worker.ts, since a hostile page can make any of this slow or hungry.
import type { PageDocument, PageElement } from "./dom.ts";
import { removeHidden } from "./hidden-elements.ts";

export type PageMarkdown = { title: string; canonicalUrl: string | null; markdown: string };

/** Below this an article is more likely a cookie notice. */
const minArticleChars = 200;
/** Browsers stop nesting at 512; deeper than that the readers take quadratic time. */
const maxDepth = 600;

export async function pageMarkdown(html: string, url: string): Promise<PageMarkdown> {
  const { parseHTML } = await import("linkedom");
  const parsed = parseHTML(wholePage(html)).document;
  const document: PageDocument = parsed;
  checkDepth(document);
  const title = titleOf(document);
  const base = resolve(document.querySelector("base[href]")?.getAttribute("href"), url) ?? url;
  const canonical = document.querySelector("link[rel=canonical]")?.getAttribute("href");
  removeHidden(document);
  straightenLinks(document, base);
  const everything = document.body.innerHTML;
  const article = await articleOf(parsed);
  const markdown = await toMarkdown(article?.html ?? everything);
  return {
    title: oneLine(title || article?.title || ""),
    canonicalUrl: canonical ? resolve(canonical, base) : null,
    markdown: withoutInvisible(markdown)
      .replace(/\n{3,}/g, "\n\n")
      .trim(),
  };
}

/** linkedom wants a whole page. */
function wholePage(html: string): string {
  return /<body[\s>]/i.test(html) ? html : `<!doctype html><html><body>${html}</body></html>`;
}

function checkDepth(document: PageDocument): void {
  const depths = new Map<PageElement, number>();
  for (const element of document.querySelectorAll("*")) {
    const { parentElement } = element;
    const depth = 1 + (parentElement === null ? 0 : (depths.get(parentElement) ?? 0));
    if (depth > maxDepth) throw new Error(`The page nests deeper than ${maxDepth} elements.`);
    depths.set(element, depth);
  }
}

function titleOf(document: PageDocument): string {
  const social = document.querySelector("meta[property='og:title']")?.getAttribute("content");
  return document.querySelector("title")?.textContent || social || "";
}

async function articleOf(document: Document): Promise<{ html: string; title: string } | null> {
  const { isProbablyReaderable, Readability } = await import("@mozilla/readability");
  if (!isProbablyReaderable(document, { visibilityChecker: () => true })) return null;
  const article = new Readability(document).parse();
  if (!article?.content || (article.length ?? 0) < minArticleChars) return null;
  return { html: article.content, title: article.title ?? "" };
}

/** Links become absolute and only lead to pages and mailboxes; pictures become their description. */
function straightenLinks(document: PageDocument, base: string): void {
  for (const link of document.querySelectorAll("a[href]")) {
    const href = resolve(link.getAttribute("href"), base);
    if (href === null) link.removeAttribute("href");
    else link.setAttribute("href", href);
    link.removeAttribute("title");
  }
  for (const image of document.querySelectorAll("img,picture")) describeImage(image);
}

function describeImage(image: PageElement): void {
  const alt = oneLine(image.getAttribute("alt") ?? "");
  if (image.localName === "img") image.replaceWith(alt === "" ? "" : `[image: ${alt}]`);
}

function resolve(href: string | null | undefined, base: string): string | null {
  if (!href || !URL.canParse(href, base)) return null;
  const url = new URL(href, base);
  return /^(https?|mailto):$/.test(url.protocol) ? url.href : null;
}

async function toMarkdown(html: string): Promise<string> {
  const { default: TurndownService } = await import("turndown");
  const turndown = new TurndownService({
    headingStyle: "atx",
    codeBlockStyle: "fenced",
    bulletListMarker: "-",
    emDelimiter: "*",
  });
  turndown.addRule("cell", {
    filter: ["td", "th"],
    replacement: (content) =>
      `${content
        .trim()
        .replace(/\s*\n\s*/g, " ")
        .replaceAll("|", "\\|")} | `,
  });
  turndown.addRule("row", { filter: "tr", replacement: (cells) => `| ${cells.trimEnd()}\n` });
  turndown.addRule("table", { filter: "table", replacement: (rows) => `\n\n${tableOf(rows)}\n\n` });
  return turndown.turndown(html);
}

/** The rule under the first row makes it a table; a single column is only layout. */
function tableOf(rows: string): string {
  const lines = rows
    .split("\n")
    .map((row) => row.trim())
    .filter(Boolean);
  const [first = "", ...rest] = lines;
  const columns = first.split(/(?<!\\)\|/).length - 2;
  if (columns < 2) return lines.map((line) => line.replace(/^\|\s?|\s?\|$/g, "")).join("\n\n");
  return [first, `|${" --- |".repeat(columns)}`, ...rest].join("\n");
}

function oneLine(text: string): string {
  return withoutInvisible(text).replace(/\s+/g, " ").trim().slice(0, 300);
}

/** Tag characters, zero-width and direction marks: nothing a reader sees, only a model. */
function withoutInvisible(text: string): string {
  return text.replace(
    /[\u00ad\u200b\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e0fff}]/gu,
    "",
  );
}
