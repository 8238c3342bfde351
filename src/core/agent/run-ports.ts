// What one run needs from the session that hosts it. The session is the only writer of the log; a
// run asks it to append, to tell watchers, and to wait for the person.
import type { ApprovalAnswer, Grant, GrantScope } from "../../contract/approval.ts";
import type { LiveEvent, NewEvent } from "../../contract/events.ts";
import type { ApprovalId, CallId, RunId, SessionId } from "../../contract/ids.ts";
import type { ModelRef, PermissionMode } from "../../contract/session.ts";
import type { Budgets } from "../../contract/settings.ts";
import type { AttachmentReader, Clock, Durability, Ids, Models, Tool } from "../ports.ts";
import type { NewGrant } from "../permission/grants.ts";
import type { Transcript } from "./transcript.ts";

export type Answered = { answer: ApprovalAnswer; scope: GrantScope; input?: unknown };

/** What the person has set, read anew at each decision: a change counts at once. */
export type Rules = {
  mode: PermissionMode;
  grants: readonly Grant[];
  offline: boolean;
  budgets: Budgets;
  fallbacks: readonly ModelRef[];
  /** Money of finished runs since midnight, in dollars. */
  usdToday: number;
  instructions: string;
};

export interface RunPorts {
  readonly sessionId: SessionId;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly models: Models;
  readonly tools: ReadonlyMap<string, Tool>;
  readonly attachments: AttachmentReader;
  readonly platform: string;
  /** In [0, 1): the jitter of the back-off. */
  random(): number;
  /** The session's own fold; every append has extended it when append returns. */
  transcript(): Transcript;
  rules(): Rules;
  /** Throws disk_full; then nothing was kept and the run ends. */
  append(events: NewEvent[], durability: Durability): void;
  /** Tells watchers; kept nowhere. */
  live(event: LiveEvent): void;
  /** More of a turn's text or reasoning: told to watchers, and written to the store within 250 ms. */
  grow(piece: {
    kind: "text" | "reasoning";
    runId: RunId;
    turn: number;
    offset: number;
    text: string;
  }): void;
  /** Output of a call that runs. */
  output(callId: CallId, text: string): void;
  /** Resolves with the person's answer (already in the log); rejects when aborted. */
  answer(approvalId: ApprovalId, signal: AbortSignal): Promise<Answered>;
  saveGrant(grant: NewGrant): void;
}
