// The `ollama` provider: models that run on this machine (or on another one of the person's).
// Works when Ollama is not there: the provider is then not ready, with a way to get it.
import type { ListResponse, Ollama, ShowResponse } from "ollama";
import { AetheriaError } from "../../../contract/errors.ts";
import type { ModelInfo, ProviderState } from "../../../contract/system.ts";
import { guardedFetch, type Fetch, type Timeouts } from "../guarded-fetch.ts";
import { field, listField, numberField, textField } from "../loose-json.ts";
import { free, type FactBook } from "../model-facts.ts";
import type { Asked } from "../model-problem.ts";
import { remembered, type Listing, type Provider } from "../provider.ts";
import { isLoopback, withoutCredentials } from "../server-url.ts";
import { ollamaUrl } from "./ollama-address.ts";
import { createOllamaModel, problemOf, type OllamaDetails } from "./ollama-model.ts";
import { pullModel, type PullStep } from "./ollama-pull.ts";
import { chosenWindow, windowFor } from "./ollama-window.ts";

export type OllamaParts = {
  fetch: Fetch;
  /** What the person set, or OLLAMA_HOST; null: the usual place. */
  address(): string | null;
  isOffline(): boolean;
  facts: FactBook;
  timeouts: Timeouts;
  listTimeouts: Timeouts;
  memoryBytes: number;
  now(): number;
};

export interface OllamaProvider extends Provider {
  /** Installed models with their size on disk, for choosing. */
  sizes(): ReadonlyMap<string, number>;
  pull(name: string, onStep: (step: PullStep) => void, signal: AbortSignal): Promise<void>;
  /** The newest use first; what the person runs now. */
  running(signal: AbortSignal): Promise<string[]>;
}

type Entry = { name: string; digest: string; sizeBytes: number; remote: boolean };

/** Checking a large download on a slow disk says nothing for minutes. */
const pullTimeouts: Timeouts = { firstByteTimeoutMs: 600_000, idleTimeoutMs: 600_000 };

const installHint = "Start Ollama, or install it from https://ollama.com/download.";

export function createOllamaProvider(parts: OllamaParts): OllamaProvider {
  const shown = new Map<string, Promise<OllamaDetails>>();
  let sizes = new Map<string, number>();
  let lastUrl = "";

  const url = () => {
    const now = ollamaUrl(parts.address());
    if (now !== lastUrl) {
      lastUrl = now;
      shown.clear();
      memory.forget();
    }
    return now;
  };
  const asked = (): Asked => ({ title: "Ollama", url: withoutCredentials(url()) });
  const isHere = () => {
    const at = url();
    return !URL.canParse(at) || isLoopback(new URL(at).hostname);
  };

  const client = async (timeouts: Timeouts, signal?: AbortSignal): Promise<Ollama> => {
    const { Ollama } = await import("ollama");
    const guard = {
      fetch: parts.fetch,
      asked: asked(),
      timeouts,
      now: parts.now,
      unreachableHint: installHint,
      mustBeJson: true,
      ...(signal === undefined ? {} : { signal }),
    };
    if (!URL.canParse(url())) throw badAddress(url());
    return new Ollama({ host: url(), fetch: guardedFetch(guard) });
  };

  const details = (name: string, entry?: Entry): Promise<OllamaDetails> => {
    const key = entry === undefined ? name : `${name}@${entry.digest}`;
    const known = shown.get(key) ?? shown.get(name);
    if (known) return known;
    const answer = show(name);
    shown.set(key, answer);
    shown.set(name, answer);
    answer.catch(() => {
      shown.delete(key);
      shown.delete(name);
    });
    return answer;
  };
  const show = async (name: string): Promise<OllamaDetails> => {
    const ollama = await client(parts.listTimeouts);
    return detailsOf(name, await ollama.show({ model: name }), parts, isHere());
  };

  const fetchListing = async (): Promise<Listing> => {
    try {
      const ollama = await client(parts.listTimeouts);
      const [answer, version] = await Promise.all([ollama.list(), ollama.version()]);
      const entries = entriesOf(answer).filter((entry) => parts.facts.canChat(entry.name));
      sizes = new Map(entries.map((entry) => [entry.name, entry.sizeBytes]));
      const all = await Promise.allSettled(entries.map((entry) => details(entry.name, entry)));
      const models = all.flatMap((one) => (one.status === "fulfilled" ? one.value.info : []));
      return { state: stateOf(asked(), isHere(), version.version), models };
    } catch (error) {
      return {
        state: stateOf(asked(), isHere(), undefined, problemOf(error, asked())),
        models: [],
      };
    }
  };
  const memory = remembered(fetchListing, {
    maxAgeMs: 15_000,
    now: parts.now,
    isGood: (listing) => listing.state.ready,
  });
  const list = (refresh: boolean) => {
    url();
    return memory.get(refresh);
  };

  return {
    id: "ollama",
    list,
    sizes: () => sizes,
    forget: memory.forget,
    isLocal: (name) => isHere() && !isRemoteName(name),
    open: (name) =>
      createOllamaModel({
        name,
        asked,
        client: (signal) => client(parts.timeouts, signal),
        details: () => details(name),
        listed: async () => (await list(true)).models.map((model) => model.ref.name),
        checkLeaving: (info) => {
          if (!info.local && isHere() && parts.isOffline()) throw runsElsewhere(name);
        },
      }),
    async pull(name, onStep, signal) {
      if (parts.isOffline()) throw pullOffline(name);
      await pullModel(await client(pullTimeouts, signal), name, asked(), onStep, signal);
      shown.clear();
      memory.forget();
    },
    async running(signal) {
      const ollama = await client(parts.listTimeouts, signal);
      return entriesOf(await ollama.ps()).map((entry) => entry.name);
    },
  };
}

/** Ollama's hosted models are named so: `gpt-oss:120b-cloud`, `glm-4.6:cloud`. */
const isRemoteName = (name: string): boolean => /[:-]cloud$/.test(name);

const entriesOf = (answer: ListResponse): Entry[] =>
  listField(answer, "models").flatMap((entry) => {
    const name = textField(entry, "name") ?? textField(entry, "model");
    if (name === undefined) return [];
    return {
      name,
      digest: textField(entry, "digest") ?? "",
      sizeBytes: numberField(entry, "size") ?? 0,
      remote: textField(entry, "remote_host") !== undefined || isRemoteName(name),
    };
  });

function detailsOf(
  name: string,
  answer: ShowResponse,
  parts: OllamaParts,
  isHere: boolean,
): OllamaDetails {
  const known = parts.facts.find(name);
  const remote = textField(answer, "remote_host") !== undefined || isRemoteName(name);
  const abilities = listField(answer, "capabilities");
  const can = (ability: string, otherwise: boolean | undefined) =>
    abilities.length > 0 ? abilities.includes(ability) : (otherwise ?? false);
  const maxTokens = contextLength(answer) ?? known.contextTokens;
  const chosen = chosenWindow(textField(answer, "parameters"));
  const { numCtx, contextTokens } = windowFor({ maxTokens, chosen, remote }, parts.memoryBytes);
  const local = isHere && !remote;
  const info: ModelInfo = {
    ref: { provider: "ollama", name },
    title: titleOf(name, answer),
    local,
    contextTokens,
    maxOutputTokens: null,
    tools: can("tools", known.tools),
    images: can("vision", known.images),
    reasoning: can("thinking", known.reasoning),
    price: remote ? null : free,
  };
  return { info, numCtx };
}

/** `llama.context_length`, `qwen3.context_length`, …: named after the model's architecture. */
function contextLength(answer: unknown): number | undefined {
  const info = field(answer, "model_info");
  if (typeof info !== "object" || info === null) return undefined;
  const key = Object.keys(info).find((name) => name.endsWith(".context_length"));
  return key === undefined ? undefined : numberField(info, key);
}

/** `qwen3:8b` is `qwen3 8.2B`, as Ollama counts its parameters. */
function titleOf(name: string, answer: unknown): string {
  const [family = name] = name.split(":");
  const size = textField(answer, "details", "parameter_size");
  return size ? `${family} ${size}` : name.replace(/:latest$/, "");
}

function stateOf(
  asked: Asked,
  local: boolean,
  version: string | undefined,
  error?: AetheriaError,
): ProviderState {
  return {
    provider: "ollama",
    title: "Ollama",
    local,
    ready: error === undefined,
    url: asked.url,
    ...(version === undefined ? {} : { version }),
    ...(error === undefined ? {} : { error: error.toData() }),
  };
}

const badAddress = (given: string) =>
  new AetheriaError("bad_input", `“${given.slice(0, 200)}” is not an address Ollama can be at.`, {
    hint: "It looks like http://127.0.0.1:11434: see Settings › Models, or OLLAMA_HOST.",
  });

const runsElsewhere = (name: string) =>
  new AetheriaError("offline", `“${name}” runs at Ollama's servers, and Aetheria is offline.`, {
    hint: "Choose a model that runs on this machine, or turn the offline switch off.",
  });

const pullOffline = (name: string) =>
  new AetheriaError("offline", `“${name}” cannot be downloaded while Aetheria is offline.`, {
    hint: "Turn the offline switch off for the download.",
  });
