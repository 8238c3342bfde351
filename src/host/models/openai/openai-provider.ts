// The `openai` provider: one configured server (OpenAI itself, or any that copies its API), its
// model list and its models. The `openai` package is loaded when a model is first opened.
import type OpenAI from "openai";
import { AetheriaError } from "../../../contract/errors.ts";
import type { ModelInfo, ProviderState } from "../../../contract/system.ts";
import { fetchJson } from "../fetch-json.ts";
import { guardedFetch, type Fetch, type Guard, type Timeouts } from "../guarded-fetch.ts";
import { listField, textField } from "../loose-json.ts";
import type { FactBook } from "../model-facts.ts";
import { remembered, type Listing, type Provider } from "../provider.ts";
import { createEndpoint, officialUrl, type Endpoint } from "./endpoint.ts";
import { infoFromListing } from "./listed-model.ts";
import { createOpenAiModel, type Connected } from "./openai-model.ts";

/** A key and where it may be used; `key` is empty for servers that want none. */
export type ProviderKey = {
  key: string;
  baseUrl?: string | undefined;
  source: "settings" | "environment";
};

export type OpenAiParts = {
  fetch: Fetch;
  key(): Promise<ProviderKey | null>;
  facts: FactBook;
  timeouts: Timeouts;
  /** For servers on this machine, which read long prompts slowly. */
  localTimeouts: Timeouts;
  listTimeouts: Timeouts;
  now(): number;
};

export interface OpenAiProvider extends Provider {
  /** null when nothing is configured. */
  endpoint(): Promise<Endpoint | null>;
}

export function createOpenAiProvider(parts: OpenAiParts): OpenAiProvider {
  const { facts } = parts;
  let endpoint: Endpoint | null = null;
  let connected: Connected | undefined;
  let listed = new Map<string, ModelInfo>();

  const currentEndpoint = async (): Promise<Endpoint | null> => {
    const key = await parts.key();
    if (key === null) return (endpoint = null);
    const next = createEndpoint(key.key, key.baseUrl);
    if (endpoint?.url === next.url && endpoint.key === next.key) return endpoint;
    listed = new Map();
    memory.forget();
    return (endpoint = next);
  };

  const connect = async (): Promise<Connected> => {
    const to = await currentEndpoint();
    if (to === null) throw notConfigured();
    if (connected?.endpoint !== to)
      connected = { endpoint: to, client: await clientFor(to, parts) };
    return connected;
  };

  const fetchListing = async (): Promise<Listing> => {
    const to = endpoint;
    if (to === null) return { state: stateOf(null, notConfigured()), models: [] };
    try {
      const models = await fetchModels(to, parts);
      listed = new Map(models.map((model) => [model.ref.name, model]));
      return { state: stateOf(to), models };
    } catch (error) {
      return { state: stateOf(to, error), models: [] };
    }
  };
  const memory = remembered(fetchListing, {
    maxAgeMs: 60_000,
    now: parts.now,
    isGood: (listing) => listing.state.ready,
  });
  const list = async (refresh: boolean) => {
    await currentEndpoint();
    return memory.get(refresh);
  };

  const info = async (name: string): Promise<ModelInfo> => {
    const to = await currentEndpoint();
    const known = facts.find(name).contextTokens !== undefined;
    if (to !== null && !(to.official && known) && !listed.has(name)) await list(false);
    return listed.get(name) ?? infoFromListing({ id: name }, facts, to?.local ?? false);
  };

  return {
    id: "openai",
    endpoint: currentEndpoint,
    list,
    forget: memory.forget,
    isLocal: () => endpoint?.local ?? false,
    open(name) {
      const loading = import("openai");
      loading.catch(() => undefined);
      return createOpenAiModel({
        name,
        connect,
        info: () => info(name),
        listed: async () => (await list(true)).models.map((model) => model.ref.name),
        reasons: () => (listed.get(name) ?? facts.find(name)).reasoning ?? false,
      });
    },
  };
}

const notConfigured = () =>
  new AetheriaError("model_missing", "There is no key for OpenAI, nor the address of a server.", {
    hint: "Add a key in Settings › Models, or set OPENAI_API_KEY or OPENAI_BASE_URL.",
  });

async function clientFor(endpoint: Endpoint, parts: OpenAiParts): Promise<OpenAI> {
  const { OpenAI } = await import("openai");
  const guarded = guardedFetch(
    guardFor(endpoint, parts, endpoint.local ? parts.localTimeouts : parts.timeouts),
  );
  return new OpenAI({
    apiKey: endpoint.key || "none",
    baseURL: endpoint.url,
    organization: null,
    project: null,
    maxRetries: 0,
    // Silence is the guard's business: it knows the first byte from the next.
    timeout: 24 * 3_600_000,
    logLevel: "off",
    fetch: endpoint.key === "" ? withoutKey(guarded) : guarded,
  });
}

const withoutKey =
  (fetch: Fetch): Fetch =>
  (input, init) => {
    const headers = new Headers(init?.headers);
    headers.delete("authorization");
    return fetch(input, { ...init, headers });
  };

const guardFor = (endpoint: Endpoint, parts: OpenAiParts, timeouts: Timeouts): Guard => ({
  fetch: parts.fetch,
  asked: endpoint.asked,
  timeouts,
  now: parts.now,
  ...(endpoint.local ? { unreachableHint: "Start the model server, or check its address." } : {}),
});

/** What the server lists and can chat. Throws AetheriaError: also the check of a new key. */
export async function fetchModels(endpoint: Endpoint, parts: OpenAiParts): Promise<ModelInfo[]> {
  const guard = guardFor(endpoint, parts, parts.listTimeouts);
  const answer = await fetchJson(guard, `${endpoint.url}/models`, listHeaders(endpoint));
  const entries = [...listField(answer, "data"), ...(Array.isArray(answer) ? answer : [])];
  return entries
    .filter((entry) => textField(entry, "id") !== undefined)
    .filter((entry) => parts.facts.canChat(textField(entry, "id") ?? ""))
    .map((entry) => infoFromListing(entry, parts.facts, endpoint.local));
}

function listHeaders({ key, url }: Endpoint): Record<string, string> {
  if (key === "") return {};
  // Anthropic's OpenAI-style endpoint lists its models in its own API only.
  if (url.startsWith("https://api.anthropic.com/"))
    return { "x-api-key": key, "anthropic-version": "2023-06-01" };
  return { authorization: `Bearer ${key}` };
}

function stateOf(endpoint: Endpoint | null, error?: unknown): ProviderState {
  return {
    provider: "openai",
    title: endpoint?.asked.title ?? "OpenAI",
    local: endpoint?.local ?? false,
    ready: error === undefined,
    url: endpoint?.asked.url ?? officialUrl,
    ...(error === undefined ? {} : { error: AetheriaError.toData(error) }),
  };
}
