// What web_search needs of an engine, and the words that all of them share.
import { AetheriaError } from "../../../contract/errors.ts";
import type { Settings } from "../../../contract/settings.ts";

export type EngineName = Settings["search"]["engine"];
export type Found = { title: string; url: string; extract: string };
export type SearchRequest = { query: string; count: number };

export interface SearchEngine {
  /** As people call it. */
  readonly title: string;
  /** Where the words go: `host`, or `host:port`. */
  readonly host: string;
  /** Best first, `count` at most. Throws AetheriaError with the way out. */
  search(request: SearchRequest, signal: AbortSignal): Promise<Found[]>;
}

export const maxExtractChars = 400;

/** As every engine gives them: markup, entities and blanks of some, results that are none. */
export function cleanResults(found: readonly Found[], count: number): Found[] {
  const seen = new Set<string>();
  return found
    .filter(({ url }) => {
      const isNew = /^https?:\/\//i.test(url) && !seen.has(url);
      seen.add(url);
      return isNew;
    })
    .slice(0, count)
    .map(({ title, url, extract }) => ({
      title: plain(title, 200) || url,
      url,
      extract: plain(extract, maxExtractChars),
    }));
}

const entities: Readonly<Record<string, string>> = {
  ...{ "&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'", "&#x27;": "'" },
  "&nbsp;": " ",
};

function plain(text: string, maxChars: number): string {
  const words = text
    .replace(/<\/?(b|strong|em|i|mark|br|span)\b[^<>]*>/gi, "")
    .replace(/&(amp|lt|gt|quot|nbsp|#39|#x27);/gi, (entity) => entities[entity.toLowerCase()] ?? "")
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, " ")
    .replace(/\s+/g, " ")
    .trim();
  const chars = Array.from(words);
  return chars.length <= maxChars ? words : `${chars.slice(0, maxChars - 1).join("")}…`;
}

// ── Problems ─────────────────────────────────────────────────────────────────────────────────────

export const keyMissing = (title: string, variable: string) =>
  new AetheriaError("unauthorized", `There is no key for ${title}.`, {
    hint: `Add one in Settings › Search, or set ${variable}.`,
  });

export const keyRefused = (title: string) =>
  new AetheriaError("unauthorized", `${title} refused the key.`, {
    hint: "Check the key in Settings › Search, or make a new one.",
  });

export const quotaUsed = (title: string, retryAfterMs?: number) =>
  new AetheriaError("rate_limited", `${title} answers no more searches for now.`, {
    hint: "Wait a little, or choose another engine in Settings › Search.",
    retryable: true,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });

export const noSearchAnswer = (title: string, host: string, hint: string) =>
  new AetheriaError("refused", `${title} at ${host} did not answer with search results.`, {
    hint,
  });
