// The engines that answer programs: SearXNG at an address of the person's, Brave and Tavily by key.
// Their answers are parsed, never trusted.
import * as z from "zod/mini";
import type { AetheriaError } from "../../../contract/errors.ts";
import { readCapped } from "./capped-body.ts";
import type { Fetch } from "./open-address.ts";
import { keyRefused, noSearchAnswer, quotaUsed, type SearchEngine } from "./web-search-engine.ts";
import { answerProblem, connectionProblem, tooSlow } from "./web-problem.ts";

const timeoutMs = 20_000;
const maxAnswerBytes = 5_000_000;

export type ApiAddresses = { brave: string; tavily: string };
export const usualAddresses: ApiAddresses = {
  brave: "https://api.search.brave.com/res/v1/web/search",
  tavily: "https://api.tavily.com/search",
};

const text = z.catch(z.string(), "");

const SearxngAnswer = z.object({
  results: z.array(z.object({ url: text, title: text, content: text })),
});

/** `address`: of the server, with or without `/search`. */
export function searxng(fetch: Fetch, address: string): SearchEngine {
  const url = new URL(address);
  if (!/\/search\/?$/.test(url.pathname)) url.pathname = url.pathname.replace(/\/*$/, "/search");
  const about = { title: "SearXNG", host: url.host };
  return {
    ...about,
    async search({ query }, signal) {
      const asked = new URL(url);
      asked.searchParams.set("q", query);
      asked.searchParams.set("format", "json");
      const hint = "Allow the format json in its settings.yml, under search › formats.";
      const answer = await ask(fetch, asked, {}, { ...about, hint }, signal);
      const { results } = parsed(SearxngAnswer, answer, { ...about, hint });
      return results.map(({ url: found, title, content }) => ({
        title,
        url: found,
        extract: content,
      }));
    },
  };
}

const BraveAnswer = z.object({
  web: z.optional(
    z.object({ results: z.array(z.object({ url: text, title: text, description: text })) }),
  ),
});
const checkAddress = "Check that nothing stands between this machine and the engine.";

export function brave(fetch: Fetch, key: string, address = usualAddresses.brave): SearchEngine {
  const about = { title: "Brave Search", host: new URL(address).host };
  return {
    ...about,
    async search({ query, count }, signal) {
      const asked = new URL(address);
      asked.searchParams.set("q", query);
      asked.searchParams.set("count", String(Math.min(count, 20)));
      const headers = { accept: "application/json", "x-subscription-token": key };
      const words = { ...about, hint: checkAddress };
      const { web } = parsed(
        BraveAnswer,
        await ask(fetch, asked, { headers }, words, signal),
        words,
      );
      return (web?.results ?? []).map(({ url, title, description }) => ({
        ...{ title, url, extract: description },
      }));
    },
  };
}

const TavilyAnswer = z.object({
  results: z.array(z.object({ url: text, title: text, content: text })),
});

export function tavily(fetch: Fetch, key: string, address = usualAddresses.tavily): SearchEngine {
  const about = { title: "Tavily", host: new URL(address).host };
  return {
    ...about,
    async search({ query, count }, signal) {
      const request = {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${key}` },
        body: JSON.stringify({ query, max_results: Math.min(count, 20) }),
      };
      const words = { ...about, hint: checkAddress };
      const answer = await ask(fetch, new URL(address), request, words, signal);
      return parsed(TavilyAnswer, answer, words).results.map(({ url, title, content }) => ({
        ...{ title, url, extract: content },
      }));
    },
  };
}

/** Throws what is wrong with the key. It costs one search. */
export async function checkSearchKey(
  provider: "brave" | "tavily",
  key: string,
  fetch: Fetch,
  address = usualAddresses[provider],
): Promise<void> {
  const engine = provider === "brave" ? brave(fetch, key, address) : tavily(fetch, key, address);
  await engine.search({ query: "aetheria", count: 1 }, new AbortController().signal);
}

// ── Asking ───────────────────────────────────────────────────────────────────────────────────────

type Words = { title: string; host: string; hint: string };

/** Redirects are refused: the key would go along. */
async function ask(
  fetch: Fetch,
  url: URL,
  init: RequestInit,
  words: Words,
  stop: AbortSignal,
): Promise<unknown> {
  const slow = AbortSignal.timeout(timeoutMs);
  const signal = AbortSignal.any([stop, slow]);
  try {
    const response = await fetch(url, { ...init, signal, redirect: "manual" });
    if (!response.ok) {
      await response.body?.cancel();
      throw answerOf(response, words);
    }
    const { bytes } = await readCapped(response, maxAnswerBytes);
    return json(new TextDecoder().decode(bytes), words);
  } catch (error) {
    stop.throwIfAborted();
    throw slow.aborted ? tooSlow(url.host, error) : connectionProblem(url.host, error);
  }
}

function answerOf(response: Response, { title, host, hint }: Words): AetheriaError {
  const { status } = response;
  if (title === "SearXNG" && (status === 403 || (status >= 300 && status < 400)))
    return noSearchAnswer(title, host, hint);
  if (status === 401 || status === 403 || status === 422) return keyRefused(title);
  if (status === 429 || status === 432 || status === 433) return quotaUsed(title, waitMs(response));
  return status >= 300 && status < 400
    ? noSearchAnswer(title, host, hint)
    : answerProblem(host, response);
}

function waitMs(response: Response): number | undefined {
  const seconds = Number(response.headers.get("retry-after") ?? Number.NaN);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1_000 : undefined;
}

function json(body: string, { title, host, hint }: Words): unknown {
  try {
    return JSON.parse(body);
  } catch (_notJson) {
    throw noSearchAnswer(title, host, hint);
  }
}

function parsed<Shape extends z.ZodMiniType>(
  shape: Shape,
  answer: unknown,
  { title, host, hint }: Words,
): z.output<Shape> {
  const read = shape.safeParse(answer);
  if (read.success) return read.data;
  throw noSearchAnswer(title, host, hint);
}
