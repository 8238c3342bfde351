// What an approval shows and how it is answered.
import * as z from "zod/mini";
import { ApprovalId, CallId, GrantId, RunId, SessionId } from "./ids.ts";
import { Effect, Leaving, Verdict } from "./tool.ts";

export const ApprovalKind = z.enum(["tool", "leaves_machine", "recovery", "budget", "fallback"]);
export type ApprovalKind = z.infer<typeof ApprovalKind>;

/** Exactly what will happen, for the eyes of a person; nothing here is written by the model's hand
 * except the values of `fields`, which are shown as they are. */
export const ApprovalView = z.object({
  title: z.string(),
  sentence: z.string(),
  fields: z.array(z.object({ name: z.string(), value: z.string() })),
  diff: z.optional(z.string()),
  leaving: z.optional(Leaving),
});
export type ApprovalView = z.infer<typeof ApprovalView>;

export const GrantScope = z.enum(["once", "session", "always"]);
export type GrantScope = z.infer<typeof GrantScope>;

/** The answers a card offers. `again`/`done` answer a recovery question: the effect is to be
 * repeated, or it did happen. */
export const ApprovalAnswer = z.enum(["allow", "deny", "again", "done"]);
export type ApprovalAnswer = z.infer<typeof ApprovalAnswer>;

export const Approval = z.object({
  approvalId: ApprovalId,
  /** null: a call made by hand. */
  runId: z.nullable(RunId),
  callId: z.nullable(CallId),
  kind: ApprovalKind,
  view: ApprovalView,
  /** Why it must ask, from the policy. */
  why: z.string(),
  answers: z.array(ApprovalAnswer),
  /** Scopes a person may choose with `allow`; only `once` where a lasting grant would be unsafe. */
  scopes: z.array(GrantScope),
});
export type Approval = z.infer<typeof Approval>;

/** A standing answer. `tool`, `path` and `host` are globs (`*` within a part, `**` across);
 * an absent one matches everything. */
export const Grant = z.object({
  grantId: GrantId,
  verdict: Verdict,
  tool: z.string(),
  effect: z.optional(Effect),
  path: z.optional(z.string()),
  host: z.optional(z.string()),
  account: z.optional(z.string()),
  /** null: always; otherwise this session only. */
  sessionId: z.nullable(SessionId),
  createdAt: z.number(),
});
export type Grant = z.infer<typeof Grant>;
