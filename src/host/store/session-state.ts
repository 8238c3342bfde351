// What the store knows of a session without reading its log: its summary and a little more.
// A pure fold of events; reads and writes nothing.
import * as z from "zod/mini";
import type { SessionEvent } from "../../contract/events.ts";
import { ApprovalId, CallId, RunId, type SessionId } from "../../contract/ids.ts";
import { recoveredTitle } from "./event-rows.ts";
import { SessionSummary, type Usage } from "../../contract/session.ts";

const Pending = z.object({
  approvalId: ApprovalId,
  callId: z.nullable(CallId),
  /** A question of a call made by hand: it does not end with the agent's run. */
  byHand: z.boolean(),
});

export const SessionState = z.object({
  summary: SessionSummary,
  openRun: z.nullable(RunId),
  pendingApprovals: z.catch(z.array(Pending), []),
  /** Runs up to this seq were copied by a fork or an import: their money was spent elsewhere. */
  forkedSeq: z.number(),
});
export type SessionState = z.infer<typeof SessionState>;

/** What takes messages out of the conversation. */
export type Hiding = Extract<SessionEvent, { type: "rewind.done" | "message.withdrawn" }>;

/** How many messages are part of the conversation once this event has taken some out of it. */
export type CountVisible = (hiding: Hiding) => number;

export function foldState(
  state: SessionState | null,
  sessionId: SessionId,
  event: SessionEvent,
  countVisible: CountVisible,
): SessionState {
  const next = change(state ?? freshState(sessionId, event.at), event, countVisible);
  const pending = next.pendingApprovals.length;
  const phase = pending > 0 ? "waiting" : next.openRun === null ? "idle" : "running";
  const { seq, at: updatedAt } = event;
  return {
    ...next,
    summary: { ...next.summary, seq, updatedAt, phase, pendingApprovals: pending },
  };
}

function freshState(sessionId: SessionId, at: number): SessionState {
  const summary: SessionSummary = {
    sessionId,
    title: recoveredTitle,
    createdAt: at,
    updatedAt: at,
    archived: false,
    seq: 0,
    messages: 0,
    model: null,
    mode: "balanced",
    workspace: null,
    phase: "idle",
    pendingApprovals: 0,
    usage: { inputTokens: 0, outputTokens: 0, cachedTokens: 0, costUsd: 0 },
  };
  return { summary, openRun: null, pendingApprovals: [], forkedSeq: 0 };
}

function change(
  state: SessionState,
  event: SessionEvent,
  countVisible: CountVisible,
): SessionState {
  const withSummary = (change: Partial<SessionSummary>) => ({
    ...state,
    summary: { ...state.summary, ...change },
  });
  switch (event.type) {
    case "session.created": {
      const { title, workspace, model, mode, forkedFrom, importedSeq = 0 } = event.data;
      const forkedSeq = Math.max(forkedFrom?.seq ?? 0, importedSeq);
      return { ...withSummary({ title, workspace, model, mode, createdAt: event.at }), forkedSeq };
    }
    case "session.renamed":
      return withSummary({ title: event.data.title });
    case "session.archived":
      return withSummary({ archived: event.data.archived });
    case "session.configured":
      return withSummary(onlyGiven(event.data));
    case "message.sent":
      return withSummary({ messages: state.summary.messages + 1 });
    case "text.finished":
      return event.data.text === "" ? state : withSummary({ messages: state.summary.messages + 1 });
    case "rewind.done":
    case "message.withdrawn":
      return withSummary({ messages: countVisible(event) });
    case "run.started":
      return { ...state, openRun: event.data.runId };
    case "run.finished": {
      const usage = addUsage(state.summary.usage, event.data.usage);
      const pendingApprovals = state.pendingApprovals.filter(({ byHand }) => byHand);
      return { ...withSummary({ usage }), openRun: null, pendingApprovals };
    }
    case "approval.requested": {
      const { approvalId, callId, runId } = event.data.approval;
      const others = state.pendingApprovals.filter((other) => other.approvalId !== approvalId);
      const pending = { approvalId, callId, byHand: runId === null };
      return { ...state, pendingApprovals: [...others, pending] };
    }
    case "approval.answered": {
      const { approvalId } = event.data;
      const left = state.pendingApprovals.filter((other) => other.approvalId !== approvalId);
      return { ...state, pendingApprovals: left };
    }
    case "tool.finished": {
      const { callId } = event.data;
      const left = state.pendingApprovals.filter((other) => other.callId !== callId);
      return { ...state, pendingApprovals: left };
    }
    default:
      return state;
  }
}

type Configured = Extract<SessionEvent, { type: "session.configured" }>["data"];

function onlyGiven({
  model,
  mode,
  workspace,
  machineConsent,
  browserProfile,
}: Configured): Partial<SessionSummary> {
  return {
    ...(model === undefined ? {} : { model }),
    ...(mode === undefined ? {} : { mode }),
    ...(workspace === undefined ? {} : { workspace }),
    ...(machineConsent === undefined ? {} : { machineConsent }),
    ...(browserProfile === undefined ? {} : { browserProfile }),
  };
}

/** A sum with an unknown price in it is unknown. */
function addUsage(sum: Usage, more: Usage): Usage {
  return {
    inputTokens: sum.inputTokens + more.inputTokens,
    outputTokens: sum.outputTokens + more.outputTokens,
    cachedTokens: sum.cachedTokens + more.cachedTokens,
    costUsd: sum.costUsd === null || more.costUsd === null ? null : sum.costUsd + more.costUsd,
  };
}
