// One small GET for a provider's JSON (model lists, probes), guarded like the model packages are
// but without loading them.
import { guardedFetch, type Guard } from "./guarded-fetch.ts";
import { parseJson } from "./loose-json.ts";
import { notAModel, looksLikeHtml, webPage } from "./model-problem.ts";

/** Throws AetheriaError; anything but JSON is model_bad_response. */
export async function fetchJson(
  guard: Guard,
  url: string,
  headers: Record<string, string>,
): Promise<unknown> {
  const response = await guardedFetch(guard)(url, {
    headers: { accept: "application/json", ...headers },
  });
  const text = await response.text();
  const json = parseJson(text);
  if (json !== undefined) return json;
  throw looksLikeHtml(response.headers, text) ? webPage(guard.asked) : notAModel(guard.asked);
}
