// The state of the machine around the sessions: models, accounts, checks, money, connections.
import * as z from "zod/mini";
import { ErrorData } from "./errors.ts";
import { SessionId } from "./ids.ts";
import { ModelRef } from "./session.ts";

export const ModelInfo = z.object({
  ref: ModelRef,
  /** `qwen3 8B`, as people say it. */
  title: z.string(),
  local: z.boolean(),
  /** Tokens the model can really take in; null when nobody knows. */
  contextTokens: z.nullable(z.number()),
  maxOutputTokens: z.nullable(z.number()),
  tools: z.boolean(),
  images: z.boolean(),
  reasoning: z.boolean(),
  /** US dollars per million tokens; null when not known. */
  price: z.nullable(z.object({ input: z.number(), cachedInput: z.number(), output: z.number() })),
});
export type ModelInfo = z.infer<typeof ModelInfo>;

export const ProviderState = z.object({
  provider: z.string(),
  title: z.string(),
  local: z.boolean(),
  ready: z.boolean(),
  /** Where it answers: a base URL without credentials. */
  url: z.string(),
  version: z.optional(z.string()),
  error: z.optional(ErrorData),
});
export type ProviderState = z.infer<typeof ProviderState>;

export const ModelCatalog = z.object({
  providers: z.array(ProviderState),
  models: z.array(ModelInfo),
  /** What a session without its own choice uses now; null: there is no model. */
  chosen: z.nullable(ModelRef),
  /** Why that one, in a sentence; without a model: how to get one. */
  why: z.string(),
});
export type ModelCatalog = z.infer<typeof ModelCatalog>;

export const PullProgress = z.object({
  name: z.string(),
  status: z.string(),
  doneBytes: z.number(),
  totalBytes: z.nullable(z.number()),
  finished: z.boolean(),
  error: z.optional(ErrorData),
});
export type PullProgress = z.infer<typeof PullProgress>;

export const Account = z.object({
  provider: z.string(),
  connected: z.boolean(),
  /** Where the secret comes from; an environment's is not ours to delete. */
  source: z.enum(["settings", "environment", "none"]),
  /** The last four characters, to tell keys apart. */
  keyEnd: z.optional(z.string()),
  baseUrl: z.optional(z.string()),
});
export type Account = z.infer<typeof Account>;

export const Check = z.object({
  name: z.string(),
  state: z.enum(["ok", "warning", "missing", "failed"]),
  found: z.string(),
  /** What to do about it, when there is something to do. */
  fix: z.optional(z.string()),
});
export type Check = z.infer<typeof Check>;

export const Spending = z.object({
  todayUsd: z.number(),
  todayTokens: z.number(),
  budgetUsd: z.number(),
});
export type Spending = z.infer<typeof Spending>;

export const EgressEntry = z.object({
  at: z.number(),
  sessionId: z.nullable(SessionId),
  /** Who wanted it: `models`, `web_fetch`, … */
  purpose: z.string(),
  host: z.string(),
  port: z.number(),
  address: z.nullable(z.string()),
  allowed: z.boolean(),
  why: z.string(),
});
export type EgressEntry = z.infer<typeof EgressEntry>;
