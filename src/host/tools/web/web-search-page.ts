// A page of search results, read by its structure: links that lead away from the engine, each with the
// words around it. Adverts are left out; a page that asks for consent or takes us for a robot is
// recognised and said so. Knows no engine's classes, only how some of them wrap addresses.
import { AetheriaError } from "../../../contract/errors.ts";
import type { Found } from "./web-search-engine.ts";

/** The page as Markdown with its links; `url` is where it is. */
export type ResultsPage = { url: string; title: string; text: string };

/** Throws refused when it is no page of results. */
export function readResults(page: ResultsPage, engine: string): Found[] {
  const links = linksOf(page);
  const results = grouped(links);
  if (results.length >= fewResults || page.text.length > longPage) return results;
  const words = `${page.title}\n${page.text}`;
  if (robotWords.test(words)) throw takenForRobot(engine);
  if (consentWords.test(words)) throw wantsConsent(engine);
  return results;
}

/** A page that is none is short, and has a link or two for help. */
const fewResults = 3;
const longPage = 4_000;

type Link = {
  url: string;
  words: string;
  /** What stands after it, to the next link. */ after: string;
};

/** Bounded, so that no page makes it slow: what is longer is no result. */
const markdownLink =
  /(!?)\[((?:\\.|!\[[^\]]{0,200}\]\([^)]{0,500}\)|[^\]\\[]){0,500})\]\(<?((?:\\.|[^\s()<>\\]|\([^\s()]{0,100}\)){1,2000})>?(?: +"[^"]{0,500}")?\)/g;
const maxPageChars = 300_000;
const maxAfterChars = 800;

function linksOf({ url: base, text: whole }: ResultsPage): Link[] {
  const text = whole.slice(0, maxPageChars);
  const matches = [...text.matchAll(markdownLink)].filter(([, bang]) => bang === "");
  const own = siteOf(base);
  return matches.flatMap((match, at) => {
    const end = match.index + match[0].length;
    const next = matches[at + 1]?.index ?? text.length;
    const target = targetOf(unescaped(match[3] ?? ""), base);
    if (target === null || siteOf(target) === own) return [];
    return [
      {
        url: target,
        words: plainWords(match[2] ?? ""),
        after: plainWords(text.slice(end, Math.min(next, end + maxAfterChars))),
      },
    ];
  });
}

/** Links that follow each other and lead to the same page are one result: its title, its address as
 * shown, its extract. */
function grouped(links: readonly Link[]): Found[] {
  const byUrl = new Map<string, Link[]>();
  for (const link of links) {
    const group = byUrl.get(link.url) ?? [];
    group.push(link);
    byUrl.set(link.url, group);
  }
  return [...byUrl].flatMap(([url, group]) => {
    const titled = group.filter(({ words }) => words !== "" && !isAddress(words));
    const title = titled[0]?.words ?? "";
    if (title.length < 3) return [];
    const told = [...titled.slice(1).map(({ words }) => words), ...group.map(({ after }) => after)];
    const extract = told.reduce((best, words) => (words.length > best.length ? words : best), "");
    return [{ title, url, extract }];
  });
}

/** Where a link really leads: engines count clicks by way of an address of their own. null: an advert,
 * or nothing to follow. */
function targetOf(href: string, base: string): string | null {
  if (!URL.canParse(href, base)) return null;
  const url = new URL(href, base);
  if (!/^https?:$/.test(url.protocol) || isAdvert(url)) return null;
  if (siteOf(url.href) !== siteOf(base)) return url.href;
  for (const name of wrappedIn) {
    const inner = url.searchParams.get(name) ?? "";
    if (!/^https?:\/\//i.test(inner) || !URL.canParse(inner)) continue;
    return isAdvert(new URL(inner)) ? null : inner;
  }
  return null;
}

const wrappedIn = ["uddg", "url", "q", "u", "target"];

function isAdvert(url: URL): boolean {
  if (/(^|\.)(doubleclick\.net|googleadservices\.com|googlesyndication\.com)$/.test(url.hostname))
    return true;
  if (/\/(y\.js|aclk|aclick|ads?)$/.test(url.pathname)) return true;
  return ["ad_domain", "ad_provider", "ad_type", "adurl"].some((name) =>
    url.searchParams.has(name),
  );
}

/** `html.duckduckgo.com` and `duckduckgo.com` are one; an address with a port or of numbers is itself. */
function siteOf(url: string): string {
  const { host, hostname } = new URL(url);
  return /[\d\]]$/.test(host) ? host : hostname.split(".").slice(-2).join(".");
}

/** `www.example.com/page`, `example.com › docs`. */
const isAddress = (words: string) => /^(https?:\/\/)?[\w-]+(\.[\w-]+)+(\/\S*|\s›.*)?$/u.test(words);

function plainWords(markdown: string): string {
  return unescaped(markdown)
    .replace(/!\[[^\]]*\]\([^)]*\)/g, "")
    .replace(/^\s*(#{1,6}|[-*+>]|\d+\.)\s*/gm, "")
    .replace(/[*_`~]{1,3}/g, "")
    .replace(/\s+/g, " ")
    .trim()
    .replace(/^[|·›–—-]+\s*|\s*(#{1,6}|[|·›–—-]|\d+\.)+$/g, "")
    .trim();
}

const unescaped = (text: string) => text.replace(/\\([\\`*_{}[\]()#+\-.!|>~"<])/g, "$1");

// ── Pages that are none ──────────────────────────────────────────────────────────────────────────

const robotWords =
  /unusual traffic|are you a (robot|human)|not a robot|captcha|automated (requests|queries)|bots use duckduckgo|confirm this search was made by a human|anomal(y|ies)/i;
const consentWords =
  /before you continue|accept (all )?cookies|we (use|value your) (cookies|privacy)|consent|cookies and data/i;

const takenForRobot = (engine: string) =>
  new AetheriaError("refused", `${engine} takes this for a robot and wants to check.`, {
    hint: "Open it in the Browser window, take over and solve the check; or choose an engine with a key in Settings › Search.",
  });

const wantsConsent = (engine: string) =>
  new AetheriaError("refused", `${engine} asks about cookies before it shows results.`, {
    hint: "Open it with browser_open, call browser_dismiss_banner, then search again.",
  });
