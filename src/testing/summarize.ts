// The summary of a session worked out from its whole log, the slow and obvious way: what the kept
// projections of a real store are compared with.
import type { Approval } from "../contract/approval.ts";
import type { SessionEvent } from "../contract/events.ts";
import type { RunId, SessionId } from "../contract/ids.ts";
import type { SessionSummary } from "../contract/session.ts";

export function summarize(sessionId: SessionId, events: SessionEvent[]): SessionSummary {
  const first = events[0];
  const last = events.at(-1);
  if (first?.type !== "session.created" || !last)
    throw new Error("memory store: a log must begin with session.created");
  const { title, model, mode, workspace } = first.data;
  const summary: SessionSummary = {
    ...{ sessionId, title, model, mode, workspace },
    createdAt: first.at,
    updatedAt: last.at,
    archived: false,
    seq: last.seq,
    messages: visibleMessages(events).length,
    phase: "idle",
    pendingApprovals: 0,
    usage: { inputTokens: 0, outputTokens: 0, cachedTokens: 0, costUsd: 0 },
  };
  for (const event of events) apply(summary, event);
  summary.pendingApprovals = pendingApprovals(events).size;
  if (summary.pendingApprovals > 0) summary.phase = "waiting";
  else if (openRun(events) !== null) summary.phase = "running";
  return summary;
}

function apply(summary: SessionSummary, event: SessionEvent): void {
  if (event.type === "session.renamed") summary.title = event.data.title;
  if (event.type === "session.archived") summary.archived = event.data.archived;
  if (event.type === "session.configured") {
    const { model, mode, workspace, machineConsent, browserProfile } = event.data;
    if (model !== undefined) summary.model = model;
    if (mode !== undefined) summary.mode = mode;
    if (workspace !== undefined) summary.workspace = workspace;
    if (machineConsent !== undefined) summary.machineConsent = machineConsent;
    if (browserProfile !== undefined) summary.browserProfile = browserProfile;
  }
  if (event.type === "run.finished") {
    const [sum, more] = [summary.usage, event.data.usage];
    summary.usage = {
      inputTokens: sum.inputTokens + more.inputTokens,
      outputTokens: sum.outputTokens + more.outputTokens,
      cachedTokens: sum.cachedTokens + more.cachedTokens,
      costUsd: sum.costUsd === null || more.costUsd === null ? null : sum.costUsd + more.costUsd,
    };
  }
}

/** The run that has begun and not finished, if any. */
export function openRun(events: SessionEvent[]): RunId | null {
  let open: RunId | null = null;
  for (const event of events) {
    if (event.type === "run.started") open = event.data.runId;
    if (event.type === "run.finished") open = null;
  }
  return open;
}

function pendingApprovals(events: SessionEvent[]): Map<string, Approval> {
  const pending = new Map<string, Approval>();
  const drop = (ends: (approval: Approval) => boolean) => {
    for (const [id, approval] of pending) if (ends(approval)) pending.delete(id);
  };
  for (const { type, data } of events) {
    if (type === "approval.requested") pending.set(data.approval.approvalId, data.approval);
    if (type === "approval.answered") pending.delete(data.approvalId);
    if (type === "tool.finished") drop(({ callId }) => callId === data.callId);
    if (type === "run.finished") drop(({ runId }) => runId !== null);
  }
  return pending;
}

export type VisibleMessage = {
  seq: number;
  at: number;
  role: "person" | "agent";
  text: string;
  messageId?: string;
};

/** What people said and read, without what was rewound or withdrawn. */
export function visibleMessages(events: SessionEvent[]): VisibleMessage[] {
  let messages: VisibleMessage[] = [];
  for (const { seq, at, type, data } of events) {
    if (type === "message.sent")
      messages.push({ seq, at, role: "person", text: data.text, messageId: data.messageId });
    if (type === "message.withdrawn")
      messages = messages.filter((message) => message.messageId !== data.messageId);
    if (type === "text.finished" && data.text !== "")
      messages.push({ seq, at, role: "agent", text: data.text });
    if (type === "rewind.done") messages = messages.filter((message) => message.seq <= data.toSeq);
  }
  return messages;
}
