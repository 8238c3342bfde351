// All models a person can use, from the providers that are set up or running. Owns the choice of the
// default, the catalog and what things cost. Importing it loads neither `openai` nor `ollama`.
import { totalmem } from "node:os";
import { AetheriaError } from "../../contract/errors.ts";
import type { ModelRef } from "../../contract/session.ts";
import type { Settings } from "../../contract/settings.ts";
import type { ModelCatalog } from "../../contract/system.ts";
import type { Clock, Models, ModelUsage } from "../../core/ports.ts";
import { chooseModel, type Choice } from "./choice.ts";
import type { Fetch, Timeouts } from "./guarded-fetch.ts";
import { costOf } from "./model-cost.ts";
import { createFactBook, free } from "./model-facts.ts";
import type { PullStep } from "./ollama/ollama-pull.ts";
import { createOllamaProvider } from "./ollama/ollama-provider.ts";
import { createEndpoint } from "./openai/endpoint.ts";
import { createOpenAiProvider, fetchModels, type ProviderKey } from "./openai/openai-provider.ts";
import type { Listing, Provider } from "./provider.ts";

export type { ProviderKey, PullStep };

export type ModelsParts = {
  /** The egress room's fetch: everything goes through it. */
  fetch: Fetch;
  keyFor(provider: string): Promise<ProviderKey | null>;
  settings(): Settings;
  env: Readonly<Record<string, string | undefined>>;
  clock: Pick<Clock, "now">;
  timeouts?: Partial<Timeouts>;
  memoryBytes?: number;
};

export interface ModelRoom extends Models {
  catalog(refresh: boolean): Promise<ModelCatalog>;
  /** Resolves when the model is there. Aborting stops Ollama's download. */
  pull(name: string, onStep: (step: PullStep) => void, signal: AbortSignal): Promise<void>;
  /** Asks the provider with a key that is not kept yet. Throws AetheriaError. */
  checkKey(provider: string, key: { key: string; baseUrl?: string | undefined }): Promise<void>;
  /** What was learnt about providers is asked again: a key or an address changed. */
  forget(): void;
}

/** Local models read a long prompt for minutes before the first word. */
const defaultTimeouts: Timeouts = { firstByteTimeoutMs: 180_000, idleTimeoutMs: 90_000 };
const localFirstByteTimeoutMs = 900_000;
const listTimeouts: Timeouts = { firstByteTimeoutMs: 15_000, idleTimeoutMs: 15_000 };

export function createModels(parts: ModelsParts): ModelRoom {
  const facts = createFactBook();
  const memoryBytes = parts.memoryBytes ?? totalmem();
  const now = () => parts.clock.now();
  const timeouts = { ...defaultTimeouts, ...parts.timeouts };
  const localTimeouts = {
    ...timeouts,
    firstByteTimeoutMs: localFirstByteTimeoutMs,
    ...parts.timeouts,
  };
  const shared = { fetch: parts.fetch, facts, timeouts, listTimeouts, now };
  const openAiParts = { ...shared, localTimeouts, key: () => parts.keyFor("openai") };
  const openAi = createOpenAiProvider(openAiParts);
  const ollama = createOllamaProvider({
    ...shared,
    timeouts: localTimeouts,
    address: () => parts.settings().ollamaUrl ?? parts.env["OLLAMA_HOST"] ?? null,
    isOffline: () => parts.settings().offline,
    memoryBytes,
  });
  const providers: readonly Provider[] = [openAi, ollama];
  const prices = new Map<string, Listing["models"][number]["price"]>();

  const list = async (provider: Provider, refresh: boolean): Promise<Listing> => {
    const listing = await provider.list(refresh);
    for (const model of listing.models) prices.set(keyOf(model.ref), model.price);
    return listing;
  };
  const choose = (refresh: boolean): Promise<Choice> =>
    chooseModel({
      settings: parts.settings(),
      openAi: async () => ((await openAi.endpoint()) === null ? null : list(openAi, refresh)),
      ollama: () => list(ollama, refresh),
      sizes: ollama.sizes,
      facts,
      memoryBytes,
    });

  return {
    open: (ref) => providerOf(providers, ref).open(ref.name),
    async choose() {
      const choice = await choose(false);
      if (choice.ref === null) throw choice.error;
      return choice.ref;
    },
    cost(ref, usage: ModelUsage) {
      const provider = providers.find(({ id }) => id === ref.provider);
      if (provider?.isLocal(ref.name)) return costOf(usage, free);
      const known = facts.find(ref.name);
      const price = prices.get(keyOf(ref)) ?? (provider === openAi ? known.price : null) ?? null;
      return costOf(usage, price, known.longContext);
    },
    async catalog(refresh) {
      const listings = await Promise.all(providers.map((provider) => list(provider, refresh)));
      const choice = await choose(false);
      return {
        providers: listings.map((listing) => listing.state),
        models: listings.flatMap((listing) => listing.models),
        chosen: choice.ref,
        why: choice.why,
      };
    },
    pull: (name, onStep, signal) => ollama.pull(name, onStep, signal),
    async checkKey(provider, { key, baseUrl }) {
      if (provider !== openAi.id) throw unknownProvider(provider);
      await fetchModels(createEndpoint(key, baseUrl), openAiParts);
    },
    forget: () => providers.forEach((provider) => provider.forget()),
  };
}

const keyOf = (ref: ModelRef): string => `${ref.provider}/${ref.name}`;

function providerOf(providers: readonly Provider[], ref: ModelRef): Provider {
  const provider = providers.find(({ id }) => id === ref.provider);
  if (provider) return provider;
  throw new AetheriaError("model_not_found", `There is no provider named “${ref.provider}”.`, {
    hint: `Models are named like openai/gpt-6.1-terra or ollama/qwen3:8b. Providers: ${providers
      .map(({ id }) => id)
      .join(", ")}.`,
  });
}

const unknownProvider = (provider: string) =>
  new AetheriaError("bad_input", `There is no provider named “${provider}” to connect.`);
