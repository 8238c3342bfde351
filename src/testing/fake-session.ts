// One session of a fake host: it keeps a log, sends frames, and plays what a test scripted when a
// message or a call by hand comes in.
import type { Push } from "../contract/calls.ts";
import type { Approval } from "../contract/approval.ts";
import type { LiveEvent, NewEvent, SessionEvent } from "../contract/events.ts";
import { ApprovalId, CallId, type MessageId, RunId, SessionId } from "../contract/ids.ts";
import type { SessionSummary, Usage } from "../contract/session.ts";
import type { Handlers } from "../rpc/server.ts";

export const fakeIds = {
  session: SessionId.parse("session-1"),
  run: RunId.parse("run-1"),
  call: CallId.parse("call-1"),
  approval: ApprovalId.parse("approval-1"),
};
export const noUsage: Usage = { inputTokens: 10, outputTokens: 5, cachedTokens: 0, costUsd: 0 };

export const fakeSummary = (change: Partial<SessionSummary> = {}): SessionSummary => ({
  sessionId: fakeIds.session,
  title: "A session",
  createdAt: 1,
  updatedAt: 1,
  archived: false,
  seq: 0,
  messages: 0,
  model: null,
  mode: "balanced",
  workspace: null,
  phase: "idle",
  pendingApprovals: 0,
  usage: noUsage,
  ...change,
});

export const fakeApproval = (change: Partial<Approval> = {}): Approval => ({
  approvalId: fakeIds.approval,
  runId: fakeIds.run,
  callId: fakeIds.call,
  kind: "tool",
  view: {
    title: "Write notes.md",
    sentence: "The agent wants to write notes.md.",
    fields: [{ name: "path", value: "notes.md" }],
  },
  why: "Writing asks in this mode.",
  answers: ["allow", "deny"],
  scopes: ["once", "session"],
  ...change,
});

export interface FakeSession {
  handlers: Partial<Handlers>;
  append(...events: NewEvent[]): void;
  live(...events: LiveEvent[]): void;
  log: SessionEvent[];
  stops: number;
  /** The answers given to approvals, as they came. */
  answers: { answer: string; scope: string }[];
}

type Script = {
  onMessage?: (messageId: MessageId, text: string) => void;
  onAnswer?: (answer: string) => void;
  onStop?: () => void;
};

/** `push` is the fake host's; it is asked for late because the host needs these handlers first. */
export function createFakeSession(push: (push: Push) => void, script: Script = {}): FakeSession {
  const log: SessionEvent[] = [];
  const { session: sessionId } = fakeIds;
  const frame = (events: SessionEvent[], live: LiveEvent[]) =>
    push({ type: "session.frame", sessionId, events, live });
  const append = (...events: NewEvent[]) => {
    // A NewEvent with its place and time is a SessionEvent: that is how NewEvent is made.
    const kept = events.map((event, i) => ({ ...event, seq: log.length + i + 1, at: 1 }));
    log.push(...(kept as SessionEvent[]));
    frame(kept as SessionEvent[], []);
  };
  const fake: FakeSession = {
    log,
    append,
    live: (...events) => frame([], events),
    stops: 0,
    answers: [],
    handlers: {
      "session.create": ({ workspace = null, model = null }) => {
        const data = { title: "", workspace, model, mode: "balanced" as const };
        append({ type: "session.created", data });
        return fakeSummary({ seq: log.length, workspace, model });
      },
      "session.open": () => ({
        summary: fakeSummary({ seq: log.length }),
        events: log,
        continues: false,
        hasEarlier: false,
        openTexts: [],
        openOutputs: [],
      }),
      "session.close": () => ({}),
      "session.send": ({ messageId, text, delivery }) => {
        append({ type: "message.sent", data: { messageId, text, attachments: [], delivery } });
        queueMicrotask(() => script.onMessage?.(messageId, text));
        return { seq: log.length, queued: false };
      },
      "session.stop": () => {
        fake.stops++;
        script.onStop?.();
        return { stopped: true };
      },
      "approval.answer": ({ approvalId, answer, scope }) => {
        fake.answers.push({ answer, scope });
        append({ type: "approval.answered", data: { approvalId, answer, scope } });
        script.onAnswer?.(answer);
        return {};
      },
    },
  };
  return fake;
}

export const started = (messageId: MessageId): NewEvent => ({
  type: "run.started",
  data: {
    runId: fakeIds.run,
    messageId,
    model: { provider: "fake", name: "model" },
    mode: "balanced",
    resumed: false,
  },
});

export const finished = (
  data: Partial<Extract<NewEvent, { type: "run.finished" }>["data"]> = {},
): NewEvent => ({
  type: "run.finished",
  data: { runId: fakeIds.run, outcome: "done", usage: noUsage, steps: 1, ms: 5, ...data },
});

export const said = (turn: number, text: string, partial = false): NewEvent => ({
  type: "text.finished",
  data: { runId: fakeIds.run, turn, text, partial },
});

export const saying = (turn: number, offset: number, text: string): LiveEvent => ({
  type: "text.delta",
  runId: fakeIds.run,
  turn,
  offset,
  text,
});

export const requested = (name: string, input: unknown, by: "agent" | "person"): NewEvent => ({
  type: "tool.requested",
  data: {
    callId: fakeIds.call,
    runId: by === "agent" ? fakeIds.run : null,
    by,
    turn: 1,
    name,
    family: "files",
    summary: `${name} notes.md`,
    input,
    effect: "write_workspace",
  },
});
