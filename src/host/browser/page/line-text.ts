// A line as the model reads it: `[12] button "Search"`, `# Prices`, `- milk`, `Bob | 12 | [4] link "Edit"`.
import type { Container, ElementPart, Line } from "./page-model.ts";

export type TextOptions = {
  /** `[12] `; empty: without. */
  mark(part: ElementPart): string;
  pageUrl: string;
  /** The most of words in one piece; what follows an element gets less. */
  maxWords: number;
  /** Where links lead. */
  links: boolean;
};

const quoted = (text: string) => `"${unmarked(text).replace(/"/g, "'")}"`;

/** Words of a page cannot look like the number of an element. */
export const unmarked = (text: string): string => text.replace(/\[(\d+)\]/g, "($1)");

export function cut(text: string, max: number): string {
  if (text.length <= max) return text;
  const end = text.lastIndexOf(" ", max);
  return `${text.slice(0, end > max * 0.6 ? end : max).trimEnd()}…`;
}

/** Relative to the page, without what only a machine reads. */
export function shortAddress(href: string, pageUrl: string): string {
  const written = href.trim();
  if (written === "" || written.startsWith("#") || /^(javascript|data|blob):/i.test(written))
    return "";
  try {
    const url = new URL(written, pageUrl);
    const page = new URL(pageUrl);
    const query = url.search.length > 24 ? "?…" : url.search;
    const path = `${url.pathname}${query}`;
    if (url.origin === page.origin && url.origin !== "null")
      return url.pathname === page.pathname && url.search === page.search ? "" : cut(path, 40);
    if (!url.protocol.startsWith("http")) return cut(written, 40);
    return cut(`${url.host.replace(/^www\./, "")}${path === "/" ? "" : path}`, 40);
  } catch {
    return cut(written, 40);
  }
}

export function partText(
  part: ElementPart,
  { mark, pageUrl, maxWords, links }: TextOptions,
): string {
  const { role, name, value, offers, states, href } = part;
  const address = links && href !== undefined ? shortAddress(href, pageUrl) : "";
  return [
    `${mark(part)}${role}`,
    ...(name === "" ? [] : [quoted(cut(name, Math.min(100, maxWords)))]),
    ...(value === undefined ? [] : ["=", quoted(cut(value, Math.min(200, maxWords)))]),
    ...(offers ? [`(${unmarked(offers)})`] : []),
    ...(states.length > 0 ? [states.join(", ")] : []),
    ...(address === "" ? [] : ["→", unmarked(address)]),
    ...(role === "canvas" ? ["(drawn: a screenshot shows it)"] : []),
  ].join(" ");
}

export function lineText(line: Line, options: TextOptions): string {
  let isFirst = true;
  const words = line.parts.map((part) => {
    if (typeof part !== "string") {
      isFirst = false;
      return ` ${partText(part, line.kind === "row" ? { ...options, maxWords: 60 } : options)} `;
    }
    const max =
      isFirst || line.kind === "row" ? options.maxWords : Math.max(40, options.maxWords / 3);
    const lead = /^\s/.test(part) ? " " : "";
    return `${lead}${unmarked(cut(part.trim(), max))}${/\s$/.test(part) ? " " : ""}`;
  });
  const text = words
    .join("")
    .replace(/\s+/g, " ")
    .replace(/ ([,.;:!?)\]])/g, "$1")
    .replace(/\[ /g, "[")
    .trim();
  if (line.kind === "heading") return `${"#".repeat(Math.min(3, Math.max(1, line.level)))} ${text}`;
  return line.kind === "item" && typeof line.parts[0] === "string" ? `- ${text}` : text;
}

export const containerText = ({ role, name }: Container): string =>
  `${role}${name === "" ? "" : ` ${quoted(cut(name, 60))}`}:`;
