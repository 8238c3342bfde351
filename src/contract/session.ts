// What a session is made of apart from its events: model references, modes, usage, summaries.
import * as z from "zod/mini";
import { BrowserProfile } from "./browser.ts";
import { CallId, RunId, SessionId, Sha256 } from "./ids.ts";

/** `provider/name`, for example `openai/gpt-5.2` or `ollama/qwen3:8b`; the name may hold slashes. */
export const ModelRef = z.object({ provider: z.string(), name: z.string() });
export type ModelRef = z.infer<typeof ModelRef>;

export const PermissionMode = z.enum(["ask", "balanced", "autonomous"]);
export type PermissionMode = z.infer<typeof PermissionMode>;

export const Usage = z.object({
  inputTokens: z.number(),
  outputTokens: z.number(),
  cachedTokens: z.number(),
  /** US dollars; null when the model's price is not known. Local models cost 0. */
  costUsd: z.nullable(z.number()),
});
export type Usage = z.infer<typeof Usage>;

export const AttachmentRef = z.object({
  sha256: Sha256,
  name: z.string().check(z.minLength(1), z.maxLength(255)),
  mime: z.string(),
  sizeBytes: z.number(),
});
export type AttachmentRef = z.infer<typeof AttachmentRef>;

export const RunPhase = z.enum(["idle", "running", "waiting"]);
export type RunPhase = z.infer<typeof RunPhase>;

/** One row of a session list; a projection of the log. */
export const SessionSummary = z.object({
  sessionId: SessionId,
  title: z.string(),
  createdAt: z.number(),
  updatedAt: z.number(),
  archived: z.boolean(),
  seq: z.number(),
  messages: z.number(),
  model: z.nullable(ModelRef),
  mode: PermissionMode,
  workspace: z.nullable(z.string()),
  /** True: the person lets its code run without a wall. */
  machineConsent: z.optional(z.boolean()),
  /** Absent: the session's own. */
  browserProfile: z.optional(BrowserProfile),
  phase: RunPhase,
  pendingApprovals: z.number(),
  usage: Usage,
});
export type SessionSummary = z.infer<typeof SessionSummary>;

/** Text or reasoning of a turn that has not finished; `text` is everything shown so far. */
export const OpenText = z.object({
  kind: z.enum(["text", "reasoning"]),
  runId: RunId,
  turn: z.number(),
  text: z.string(),
});
export type OpenText = z.infer<typeof OpenText>;

/** Output of a tool call that still runs; `text` is the tail kept for the screen. */
export const OpenOutput = z.object({ callId: CallId, offset: z.number(), text: z.string() });
export type OpenOutput = z.infer<typeof OpenOutput>;

export const SearchHit = z.object({
  sessionId: SessionId,
  sessionTitle: z.string(),
  seq: z.number(),
  at: z.number(),
  role: z.enum(["person", "agent"]),
  /** Extract around the match, split so that nothing needs to be parsed: odd indexes are matches. */
  extract: z.array(z.string()),
});
export type SearchHit = z.infer<typeof SearchHit>;

export const Delivery = z.enum(["auto", "queue", "steer"]);
export type Delivery = z.infer<typeof Delivery>;
