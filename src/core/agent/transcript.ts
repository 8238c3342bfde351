// What the agent knows of a session: a fold of the log into turns, labels and what is unfinished.
// It is kept beside the log and extended event by event; it owns nothing else.
import type { Approval } from "../../contract/approval.ts";
import type { EventOf, SessionEvent } from "../../contract/events.ts";
import type { CallId, MessageId, RunId } from "../../contract/ids.ts";
import type { AttachmentRef, ModelRef, PermissionMode, Usage } from "../../contract/session.ts";
import type { Effect, ToolOutcome } from "../../contract/tool.ts";
import { foldLabels, noLabels, type LabelState } from "../permission/labels.ts";

export type Call = {
  seq: number;
  callId: CallId;
  modelCallId: string | null;
  runId: RunId | null;
  turn: number;
  name: string;
  input: unknown;
  effect: Effect;
  summary: string;
  started: boolean;
  result: { outcome: ToolOutcome; text: string; files: AttachmentRef[] } | null;
};

export type Entry =
  | { kind: "person"; seq: number; text: string; attachments: AttachmentRef[] }
  | {
      kind: "agent";
      seq: number;
      runId: RunId;
      turn: number;
      text: string;
      partial: boolean;
      reasoning: { text: string; providerData?: unknown } | null;
      calls: Call[];
    }
  | { kind: "by_hand"; seq: number; call: Call };

export type PersonEntry = Extract<Entry, { kind: "person" }>;

export type RunState = {
  runId: RunId;
  messageId: MessageId;
  model: ModelRef;
  startedAt: number;
  /** How often this run was taken up again. */
  resumes: number;
  lastTurn: number;
  /** Turns and tool calls finished since the last resume: progress, for the crash-loop guard. */
  progress: number;
  usage: Usage;
  steps: number;
};

/** Mutable on purpose: one owner (the live session), extended in place in O(1) per event. */
export type Transcript = {
  seq: number;
  title: string;
  named: boolean;
  workspace: string | null;
  model: ModelRef | null;
  mode: PermissionMode;
  summary: { text: string; uptoSeq: number } | null;
  entries: Entry[];
  calls: Map<CallId, Call>;
  /** Messages that steer and arrived while a turn was under way: they follow its results. */
  steering: PersonEntry[];
  /** The seq up to which the next turn's request knew everything: steering before it was read. */
  settledSeq: number;
  queued: Map<MessageId, PersonEntry>;
  labels: LabelState;
  approvals: Map<string, Approval>;
  run: RunState | null;
  /** What a retry answers again: everything after `seq` is its answer. */
  lastMessage: { messageId: MessageId; seq: number } | null;
};

export const createTranscript = (): Transcript => ({
  seq: 0,
  title: "",
  named: false,
  workspace: null,
  model: null,
  mode: "balanced",
  summary: null,
  entries: [],
  calls: new Map(),
  steering: [],
  settledSeq: 0,
  queued: new Map(),
  labels: noLabels,
  approvals: new Map(),
  run: null,
  lastMessage: null,
});

export function extend(transcript: Transcript, event: SessionEvent): void {
  transcript.seq = event.seq;
  transcript.labels = foldLabels(transcript.labels, event);
  switch (event.type) {
    case "session.created":
      transcript.title = event.data.title;
      transcript.workspace = event.data.workspace;
      transcript.model = event.data.model;
      transcript.mode = event.data.mode;
      return;
    case "session.renamed":
      transcript.title = event.data.title;
      transcript.named = true;
      return;
    case "session.configured":
      if (event.data.model !== undefined) transcript.model = event.data.model;
      if (event.data.mode !== undefined) transcript.mode = event.data.mode;
      if (event.data.workspace !== undefined) transcript.workspace = event.data.workspace;
      return;
    case "message.sent":
      return sent(transcript, event);
    case "message.withdrawn":
      transcript.queued.delete(event.data.messageId);
      return;
    case "run.started":
      return started(transcript, event);
    case "run.finished":
      transcript.entries.push(...transcript.steering.splice(0));
      transcript.run = null;
      closeApprovals(transcript, ({ runId }) => runId !== null);
      return;
    case "reasoning.finished": {
      const { runId, turn, text, providerData } = event.data;
      const entry = turnOf(transcript, event.seq, runId, turn);
      entry.reasoning = { text, ...(providerData === undefined ? {} : { providerData }) };
      return;
    }
    case "text.finished":
      return textFinished(transcript, event);
    case "tool.requested":
      return requested(transcript, event);
    case "tool.started": {
      const call = transcript.calls.get(event.data.callId);
      if (call) call.started = true;
      return;
    }
    case "tool.finished":
      closeApprovals(transcript, ({ callId }) => callId === event.data.callId);
      return finished(transcript, event);
    case "approval.requested":
      transcript.approvals.set(event.data.approval.approvalId, event.data.approval);
      return;
    case "approval.answered":
      transcript.approvals.delete(event.data.approvalId);
      return;
    case "context.compacted":
      return compacted(transcript, event.data);
    case "attachment.added":
    case "session.archived":
    case "artifact.created":
    case "plan.proposed":
    case "memory.saved":
    case "agent.spawned":
    case "agent.finished":
      return;
    case "rewind.done":
      // What a rewind takes away may have been compacted: the owner folds the log anew.
      throw new Error("A transcript cannot go back; fold the events before it anew.");
  }
}

/** Questions that nobody waits for any more. One of a call by hand outlives the agent's run. */
function closeApprovals(transcript: Transcript, isOver: (approval: Approval) => boolean): void {
  for (const [approvalId, approval] of transcript.approvals)
    if (isOver(approval)) transcript.approvals.delete(approvalId);
}

function sent(transcript: Transcript, event: EventOf<"message.sent">): void {
  const { messageId, text, attachments, delivery } = event.data;
  const person = { kind: "person" as const, seq: event.seq, text, attachments };
  if (delivery === "queue") transcript.queued.set(messageId, person);
  else if (delivery === "steer" && transcript.run) transcript.steering.push(person);
  else transcript.entries.push(person);
  if (delivery === "auto") transcript.lastMessage = { messageId, seq: event.seq };
}

function started(transcript: Transcript, event: EventOf<"run.started">): void {
  const { runId, messageId, model, resumed } = event.data;
  transcript.settledSeq = event.seq;
  const queued = transcript.queued.get(messageId);
  if (queued) {
    transcript.queued.delete(messageId);
    transcript.entries.push({ ...queued, seq: event.seq });
  }
  if (resumed && transcript.run?.runId === runId) {
    transcript.run.resumes = transcript.run.progress > 0 ? 1 : transcript.run.resumes + 1;
    transcript.run.progress = 0;
    return;
  }
  transcript.lastMessage = { messageId, seq: event.seq };
  transcript.run = {
    runId,
    messageId,
    model,
    startedAt: event.at,
    resumes: 0,
    lastTurn: 0,
    progress: 0,
    usage: { inputTokens: 0, outputTokens: 0, cachedTokens: 0, costUsd: 0 },
    steps: 0,
  };
}

/** Drops the entries up to the last one that the summary tells. By their place, not by their seq:
 * what was said while a turn was under way comes after that turn. */
function compacted(transcript: Transcript, data: EventOf<"context.compacted">["data"]): void {
  const { summary: text, uptoSeq, usage } = data;
  transcript.summary = { text, uptoSeq };
  if (transcript.run && usage) transcript.run.usage = addUsage(transcript.run.usage, usage);
  const last = transcript.entries.findLastIndex((entry) => entry.seq === uptoSeq);
  transcript.entries =
    last >= 0
      ? transcript.entries.slice(last + 1)
      : transcript.entries.filter((entry) => entry.seq > uptoSeq);
}

function turnOf(transcript: Transcript, seq: number, runId: RunId, turn: number) {
  const last = transcript.entries[transcript.entries.length - 1];
  if (last?.kind === "agent" && last.runId === runId && last.turn === turn) return last;
  const read = transcript.steering.filter((message) => message.seq < transcript.settledSeq);
  transcript.steering = transcript.steering.filter((message) => !read.includes(message));
  transcript.entries.push(...read);
  const entry: Extract<Entry, { kind: "agent" }> = {
    kind: "agent",
    seq,
    runId,
    turn,
    text: "",
    partial: false,
    reasoning: null,
    calls: [],
  };
  transcript.entries.push(entry);
  if (transcript.run) transcript.run.lastTurn = turn;
  return entry;
}

function textFinished(transcript: Transcript, event: EventOf<"text.finished">): void {
  const { runId, turn, text, partial, usage } = event.data;
  const entry = turnOf(transcript, event.seq, runId, turn);
  entry.text = text;
  entry.partial = partial;
  transcript.settledSeq = event.seq;
  if (!transcript.run) return;
  transcript.run.progress += 1;
  if (usage) transcript.run.usage = addUsage(transcript.run.usage, usage);
}

function requested(transcript: Transcript, event: EventOf<"tool.requested">): void {
  const { callId, modelCallId = null, runId, turn, name, input, effect, summary, by } = event.data;
  const call: Call = {
    seq: event.seq,
    callId,
    modelCallId,
    runId,
    turn,
    name,
    input,
    effect,
    summary,
    started: false,
    result: null,
  };
  transcript.calls.set(callId, call);
  if (by === "agent" && runId !== null) turnOf(transcript, event.seq, runId, turn).calls.push(call);
  else if (transcript.run === null)
    transcript.entries.push({ kind: "by_hand", seq: event.seq, call });
}

function finished(transcript: Transcript, event: EventOf<"tool.finished">): void {
  const { callId, outcome, text, files, view } = event.data;
  const call = transcript.calls.get(callId);
  if (!call) return;
  call.result = { outcome, text, files: view?.kind === "run" ? files.filter(isImage) : files };
  transcript.settledSeq = event.seq;
  if (!transcript.run || call.runId !== transcript.run.runId) return;
  transcript.run.progress += 1;
  transcript.run.steps += 1;
}

/** Of a program's output, however long, the model has the text that was cut for it. */
const isImage = ({ mime }: AttachmentRef): boolean => mime.startsWith("image/");

export function addUsage(a: Usage, b: Usage): Usage {
  return {
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    cachedTokens: a.cachedTokens + b.cachedTokens,
    costUsd: a.costUsd === null || b.costUsd === null ? null : a.costUsd + b.costUsd,
  };
}

/** The whole log folded, rewinds honoured: what a rewind took away was never said. */
export function transcriptOf(events: readonly SessionEvent[]): Transcript {
  const transcript = createTranscript();
  for (const event of withoutRewound(events)) extend(transcript, event);
  const last = events[events.length - 1];
  if (last) transcript.seq = last.seq;
  return transcript;
}

/** Drops what rewinds took away, but never who the session is (name, model, folder, mode). */
export function withoutRewound(events: readonly SessionEvent[]): SessionEvent[] {
  let kept: SessionEvent[] = [];
  for (const event of events)
    if (event.type === "rewind.done") kept = rewound(kept, event.data.toSeq);
    else kept.push(event);
  return kept;
}

/** A queued message whose run was taken away, or that had been withdrawn, does not wait again. */
function rewound(events: readonly SessionEvent[], toSeq: number): SessionEvent[] {
  const stays = (e: SessionEvent) => e.seq <= toSeq || e.type.startsWith("session.");
  const kept = events.filter(stays);
  const begun = new Set(kept.flatMap(takesFromQueue));
  const gone = new Set(events.filter((event) => !stays(event)).flatMap(takesFromQueue));
  return kept.filter(
    ({ type, data }) =>
      type !== "message.sent" ||
      data.delivery !== "queue" ||
      begun.has(data.messageId) ||
      !gone.has(data.messageId),
  );
}

const takesFromQueue = ({ type, data }: SessionEvent): MessageId[] =>
  type === "run.started" || type === "message.withdrawn" ? [data.messageId] : [];

/** The text of an answer that was cut and is to be continued by the next turn; else empty. */
export function cutText({ entries, run }: Transcript): string {
  const last = entries[entries.length - 1];
  if (!run || last?.kind !== "agent" || last.runId !== run.runId || !last.partial) return "";
  return last.calls.length === 0 ? last.text : "";
}
