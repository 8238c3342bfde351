// What people see of a session: the shape that the reducer folds events into. Screens read this and
// nothing else.
import type { Approval, ApprovalAnswer } from "../../contract/approval.ts";
import type { ErrorData } from "../../contract/errors.ts";
import type { Actor, EventOf, LiveEvent, RunOutcome } from "../../contract/events.ts";
import type { CallId, MessageId, RunId } from "../../contract/ids.ts";
import type { AttachmentRef, ModelRef, PermissionMode, Usage } from "../../contract/session.ts";
import type { Decision, Effect, Label, ToolOutcome, ToolView } from "../../contract/tool.ts";

type At = { seq: number; at: number };

export type MessageItem = At & {
  kind: "message";
  messageId: MessageId;
  text: string;
  attachments: AttachmentRef[];
  steers: boolean;
};

export type TextItem = At & {
  kind: "text";
  runId: RunId;
  turn: number;
  text: string;
  cut: boolean;
};

export type ReasoningItem = At & {
  kind: "reasoning";
  runId: RunId;
  turn: number;
  text: string;
  ms: number;
};

export type ToolState = "requested" | "waiting" | "running" | ToolOutcome;

export type ToolItem = At & {
  kind: "tool";
  callId: CallId;
  runId: RunId | null;
  by: Actor;
  turn: number;
  name: string;
  family: string;
  summary: string;
  input: unknown;
  effect: Effect;
  state: ToolState;
  approval: Approval | null;
  answer: ApprovalAnswer | null;
  decision: Decision | null;
  text: string;
  view: ToolView | null;
  files: AttachmentRef[];
  labels: Label[];
  error: ErrorData | null;
  ms: number | null;
  /** When the person was asked, last of all, and when they answered. */
  askedAt: number | null;
  answeredAt: number | null;
  startedAt: number | null;
  finishedAt: number | null;
};

/** A question that belongs to the run, not to one tool call. */
export type QuestionItem = At & {
  kind: "question";
  approval: Approval;
  answer: ApprovalAnswer | null;
  answeredAt: number | null;
};

export type RunEndItem = At & {
  kind: "run_end";
  runId: RunId;
  outcome: RunOutcome;
  error: ErrorData | null;
  usage: Usage;
  steps: number;
  ms: number;
};

export type CompactedItem = At & {
  kind: "compacted";
  runId: RunId;
  usage: Usage | null;
  summary: string;
  tokensBefore: number;
  tokensAfter: number;
};

export type ArtifactItem = At & { kind: "artifact"; artifact: EventOf<"artifact.created">["data"] };
export type PlanItem = At & { kind: "plan"; steps: string[] };
export type NoteItem = At & { kind: "note"; note: "resumed" | "forked" | "memory"; text: string };

export type Item =
  | MessageItem
  | TextItem
  | ReasoningItem
  | ToolItem
  | QuestionItem
  | RunEndItem
  | CompactedItem
  | ArtifactItem
  | PlanItem
  | NoteItem;

/** What the log tells of a run that the conversation does not show: when it began, what each turn of
 * the model cost, which agents it started. */
export type RunStartTrace = At & {
  kind: "run_start";
  runId: RunId;
  messageId: MessageId;
  model: ModelRef;
  resumed: boolean;
};

export type TurnTrace = At & {
  kind: "turn";
  runId: RunId;
  turn: number;
  /** Whether it wrote any text. */
  spoke: boolean;
  cut: boolean;
  usage: Usage | null;
  model: ModelRef | null;
};

export type AgentTrace = At & {
  kind: "agent";
  runId: RunId;
  agentRunId: RunId;
  name: string;
  task: string;
  outcome: RunOutcome | null;
  text: string;
  finishedAt: number | null;
};

export type Trace = RunStartTrace | TurnTrace | AgentTrace;

/** Text or reasoning that still grows. */
export type OpenPiece = { runId: RunId; turn: number; text: string };

export type RunView = {
  runId: RunId;
  startedAt: number;
  model: ModelRef;
  status: Extract<LiveEvent, { type: "run.status" }>["status"];
  detail: string | null;
  until: number | null;
};

export type QueuedItem = At & { messageId: MessageId; text: string; attachments: AttachmentRef[] };

export type SessionView = {
  seq: number;
  title: string;
  workspace: string | null;
  model: ModelRef | null;
  mode: PermissionMode;
  /** The person lets code run without a wall. */
  machineConsent: boolean;
  archived: boolean;
  items: readonly Item[];
  /** In the order of the log, like the items. */
  traces: readonly Trace[];
  queued: readonly QueuedItem[];
  run: RunView | null;
  openText: OpenPiece | null;
  openReasoning: OpenPiece | null;
  /** Output of calls that still run, by callId. */
  outputs: Readonly<Record<string, string>>;
  /** What is hidden: events with toSeq < seq < atSeq. */
  rewinds: readonly { toSeq: number; atSeq: number }[];
};

export const emptyView: SessionView = {
  seq: 0,
  title: "",
  workspace: null,
  model: null,
  mode: "balanced",
  machineConsent: false,
  archived: false,
  items: [],
  traces: [],
  queued: [],
  run: null,
  openText: null,
  openReasoning: null,
  outputs: {},
  rewinds: [],
};
