// What is known about models without asking anyone: windows, prices, abilities, from models.json.
// Matched by the longest beginning of the name; what is not in the file is unknown, never guessed.
import type { ModelInfo } from "../../contract/system.ts";
import file from "./models.json" with { type: "json" };

export type ModelFacts = {
  title?: string;
  contextTokens?: number;
  maxOutputTokens?: number;
  tools?: boolean;
  images?: boolean;
  reasoning?: boolean;
  price?: NonNullable<ModelInfo["price"]>;
  /** Factors on all tokens of a request that takes in more than `aboveTokens`. */
  longContext?: { aboveTokens: number; input: number; output: number };
};

export const free = { input: 0, cachedInput: 0, output: 0 };

export interface FactBook {
  /** The day the prices were last looked up, as `2026-11-22`. */
  readonly date: string;
  /** Good first choices at OpenAI, best first. */
  readonly openAiDefaults: readonly string[];
  find(name: string): ModelFacts;
  /** False for embeddings, speech, pictures and the like. */
  canChat(name: string): boolean;
}

export function createFactBook(): FactBook {
  const known = Object.entries<ModelFacts>(file.models).sort(([a], [b]) => b.length - a.length);
  const notChat = new RegExp(file.notChat, "i");
  return {
    date: file.date,
    openAiDefaults: file.openAiDefaults,
    find(name) {
      const bare = bareName(name);
      return known.find(([start]) => beginsWith(bare, start))?.[1] ?? {};
    },
    canChat: (name) => !notChat.test(bareName(name)),
  };
}

/** `gpt-5` is the beginning of `gpt-5-2025-08-07`, not of `gpt-5.5`. */
const beginsWith = (name: string, start: string): boolean =>
  name.startsWith(start) && /^([-:@_]|$)/.test(name.slice(start.length));

/** `anthropic/claude-sonnet-5` and `models/gemini-3-flash` are known by their last part. */
const bareName = (name: string): string => name.slice(name.lastIndexOf("/") + 1).toLowerCase();
