// One entry of a server's model list as ModelInfo: what the server says (OpenRouter, vLLM,
// llama.cpp, Groq and LM Studio each say more than OpenAI) over what models.json knows.
import type { ModelInfo } from "../../../contract/system.ts";
import { field, listField, numberField, textField } from "../loose-json.ts";
import { free, type FactBook } from "../model-facts.ts";

const windowFields = [
  ["context_length"],
  ["max_model_len"],
  ["meta", "n_ctx"],
  ["loaded_context_length"],
  ["context_window"],
  ["max_context_length"],
  ["max_input_tokens"],
  ["meta", "n_ctx_train"],
];
const outputFields = [
  ["top_provider", "max_completion_tokens"],
  ["max_completion_tokens"],
  ["max_tokens"],
];

export function infoFromListing(entry: unknown, facts: FactBook, local: boolean): ModelInfo {
  const name = textField(entry, "id") ?? "";
  const known = facts.find(name);
  const parameters = listField(entry, "supported_parameters");
  const inputs = listField(entry, "architecture", "input_modalities");
  return {
    ref: { provider: "openai", name },
    title: textField(entry, "name") ?? known.title ?? name,
    local,
    contextTokens: firstNumber(entry, windowFields) ?? known.contextTokens ?? null,
    maxOutputTokens: firstNumber(entry, outputFields) ?? known.maxOutputTokens ?? null,
    tools: parameters.length > 0 ? parameters.includes("tools") : (known.tools ?? true),
    images: inputs.length > 0 ? inputs.includes("image") : (known.images ?? false),
    reasoning:
      parameters.length > 0 ? parameters.includes("reasoning") : (known.reasoning ?? false),
    price: local ? free : (listedPrice(entry) ?? known.price ?? null),
  };
}

function firstNumber(entry: unknown, paths: string[][]): number | undefined {
  for (const path of paths) {
    const found = numberField(entry, ...path);
    if (found !== undefined && found > 0) return found;
  }
  return undefined;
}

/** OpenRouter's prices are dollars per token, as text. */
function listedPrice(entry: unknown): ModelInfo["price"] | undefined {
  const perMillion = (name: string) => {
    const given = field(entry, "pricing", name);
    const price = typeof given === "string" && given !== "" ? Number(given) : Number.NaN;
    return Number.isFinite(price) && price >= 0 ? price * 1_000_000 : undefined;
  };
  const input = perMillion("prompt");
  const output = perMillion("completion");
  if (input === undefined || output === undefined) return undefined;
  return { input, cachedInput: perMillion("input_cache_read") ?? input, output };
}
