// One OpenAI-style server: address, key, which of the two APIs it speaks, and which optional
// features it turned down. All of it is remembered for as long as the host lives.
import type { AetheriaError } from "../../../contract/errors.ts";
import { HttpProblem, type Asked } from "../model-problem.ts";
import { isLoopback, withoutCredentials } from "../server-url.ts";

export type Dialect = "responses" | "chat";

/** Optional parts of a request that some servers refuse; each is left out once it was refused. */
export const features = [
  "stream_options",
  "prompt_cache_key",
  "reasoning.summary",
  "reasoning",
  "include",
] as const;
export type Feature = (typeof features)[number];

export interface Endpoint {
  readonly url: string;
  readonly key: string;
  readonly official: boolean;
  readonly local: boolean;
  readonly asked: Asked;
  dialect: Dialect;
  /** True once an answer came in `dialect`. */
  dialectKnown: boolean;
  readonly refused: Map<string, Set<Feature>>;
}

export const officialUrl = "https://api.openai.com/v1";

export function createEndpoint(key: string, baseUrl: string | undefined): Endpoint {
  const url = (baseUrl?.trim() || officialUrl).replace(/\/+$/, "");
  const host = hostOf(url);
  const official = /(^|\.)openai\.com$/.test(host.name) || /\.openai\.azure\.com$/.test(host.name);
  return {
    url,
    key,
    official,
    local: isLoopback(host.name),
    asked: { title: official ? "OpenAI" : host.full, url: withoutCredentials(url) },
    dialect: official ? "responses" : "chat",
    dialectKnown: official,
    refused: new Map(),
  };
}

function hostOf(url: string): { name: string; full: string } {
  if (!URL.canParse(url)) return { name: "", full: url };
  const { hostname, host } = new URL(url);
  return { name: hostname.toLowerCase(), full: host };
}

/** The feature of ours that a refusal is about, if it is about one. */
export function refusedFeature(
  error: AetheriaError,
  used: readonly Feature[],
): Feature | undefined {
  const problem = error.cause;
  if (!(problem instanceof HttpProblem) || ![400, 403, 404, 422].includes(problem.status))
    return undefined;
  const said = `${problem.param} ${problem.message}`.toLowerCase();
  const summary = used.includes("reasoning.summary") && /reasoning\.?.{0,3}summar/.test(said);
  if (summary) return "reasoning.summary";
  if (used.includes("include") && /encrypted_content|encrypted content|'include/.test(said))
    return "include";
  return used.find((feature) => said.includes(feature));
}
