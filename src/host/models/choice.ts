// Which model a session without its own choice uses, and why, in a sentence.
import { AetheriaError } from "../../contract/errors.ts";
import type { ModelRef } from "../../contract/session.ts";
import type { Settings } from "../../contract/settings.ts";
import type { ModelInfo } from "../../contract/system.ts";
import type { FactBook } from "./model-facts.ts";
import type { Listing } from "./provider.ts";

export type Choice =
  { ref: ModelRef; why: string } | { ref: null; why: string; error: AetheriaError };

export type ChoiceParts = {
  settings: Pick<Settings, "model" | "offline">;
  /** null when no key and no address is set. */
  openAi: () => Promise<Listing | null>;
  ollama: () => Promise<Listing>;
  sizes: () => ReadonlyMap<string, number>;
  facts: FactBook;
  memoryBytes: number;
};

export async function chooseModel(parts: ChoiceParts): Promise<Choice> {
  const { settings } = parts;
  if (settings.model) return { ref: settings.model, why: "You chose it in the settings." };
  return settings.offline ? chooseOffline(parts) : chooseOnline(parts);
}

async function chooseOnline(parts: ChoiceParts): Promise<Choice> {
  const openAi = await parts.openAi();
  const first = openAi === null ? null : fromServer(openAi, parts.facts);
  if (first) return first;
  const ollama = await parts.ollama();
  return fromOllama(ollama, parts) ?? nothing(openAi, ollama, parts);
}

async function chooseOffline(parts: ChoiceParts): Promise<Choice> {
  const ollama = await parts.ollama();
  const local = fromOllama(ollama, parts);
  if (local) return { ...local, why: `${local.why} Nothing leaves it while offline.` };
  const openAi = await parts.openAi();
  const server = openAi?.state.local ? fromServer(openAi, parts.facts) : null;
  return server ?? nothing(null, ollama, parts);
}

function fromServer({ state, models }: Listing, facts: FactBook): Choice | null {
  if (!state.ready || models.length === 0) return null;
  const names = new Set(models.map((model) => model.ref.name));
  const good = facts.openAiDefaults.find((name) => names.has(name));
  if (good !== undefined)
    return { ref: { provider: "openai", name: good }, why: `${state.title} is set up and has it.` };
  const ref = models[0]?.ref;
  if (!ref) return null;
  return { ref, why: `It is the first one that ${state.title} offers.` };
}

function fromOllama({ state, models }: Listing, parts: ChoiceParts): Choice | null {
  const best = bestLocal(models, parts.sizes(), parts.memoryBytes);
  if (!state.ready || best === undefined) return null;
  const why = best.tools
    ? "It runs on this machine, and can use tools."
    : "It runs on this machine. It cannot use tools.";
  return { ref: best.ref, why };
}

/** Tools first, then what fits into memory, then the largest: size is the best guess at skill. */
export function bestLocal(
  models: readonly ModelInfo[],
  sizes: ReadonlyMap<string, number>,
  memoryBytes: number,
): ModelInfo | undefined {
  const size = (model: ModelInfo) => sizes.get(model.ref.name) ?? 0;
  const rank = (model: ModelInfo) => [
    model.tools ? 1 : 0,
    size(model) <= memoryBytes * 0.6 ? 1 : 0,
    size(model) <= memoryBytes * 0.6 ? size(model) : -size(model),
  ];
  return models
    .filter((model) => model.local)
    .sort((a, b) => compare(rank(b), rank(a)) || (a.ref.name < b.ref.name ? -1 : 1))[0];
}

function compare(a: number[], b: number[]): number {
  const at = a.findIndex((value, index) => value !== b[index]);
  return at < 0 ? 0 : (a[at] ?? 0) - (b[at] ?? 0);
}

function nothing(openAi: Listing | null, ollama: Listing, parts: ChoiceParts): Choice {
  const error = missing(openAi, ollama, parts);
  return { ref: null, why: `${error.message} ${error.hint ?? ""}`.trim(), error };
}

const howTo =
  "Add a key in Settings › Models, or install Ollama from https://ollama.com/download and download a model.";

function missing(openAi: Listing | null, ollama: Listing, parts: ChoiceParts): AetheriaError {
  const failed = openAi?.state.error;
  if (failed) return AetheriaError.fromData(failed);
  if (openAi)
    return new AetheriaError(
      "model_missing",
      `${openAi.state.title} offers no model that can chat.`,
      {
        hint: "Load a model there, or choose one by its name in Settings › Models.",
      },
    );
  if (ollama.state.ready)
    return new AetheriaError(
      "model_missing",
      "Ollama is running, but has no model that can chat.",
      {
        hint: "Download one in Settings › Models, for example qwen3:8b.",
      },
    );
  const offline = parts.settings.offline;
  return new AetheriaError(
    "model_missing",
    offline ? "There is no model on this machine." : "There is no model yet.",
    { hint: offline ? `Turn the offline switch off, or: ${howTo}` : howTo },
  );
}
