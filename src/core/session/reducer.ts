// The one reducer: folds a session's events into what people see. Pure; the desktop, the browser
// and the companion import it. Live deltas cost O(1); a durable event copies one array of items.
import type { EventOf, LiveEvent, SessionEvent } from "../../contract/events.ts";
import type { AttachmentRef } from "../../contract/session.ts";
import { emptyView, type Item, type SessionView, type ToolItem, type Trace } from "./view.ts";

/** The longest live output kept for the screen, in UTF-16 units; the result has it all. */
const maxOutput = 64_000;

export function fold(view: SessionView, event: SessionEvent): SessionView {
  return { ...reduce(view, event), seq: event.seq };
}

export function foldAll(view: SessionView, events: readonly SessionEvent[]): SessionView {
  return events.reduce(fold, view);
}

function reduce(view: SessionView, event: SessionEvent): SessionView {
  const place = { seq: event.seq, at: event.at };
  switch (event.type) {
    case "session.created": {
      const { title, workspace, model, mode } = event.data;
      return { ...view, title, workspace, model, mode };
    }
    case "session.renamed":
      return { ...view, title: event.data.title };
    case "session.archived":
      return { ...view, archived: event.data.archived };
    case "session.configured":
      return configured(view, event.data);
    case "message.sent":
      return messageSent(view, event);
    case "message.withdrawn":
      return { ...view, queued: view.queued.filter((m) => m.messageId !== event.data.messageId) };
    case "run.started":
      return runStarted(view, event);
    case "run.finished": {
      const { error, ...rest } = event.data;
      const items = view.items.map((item) => endedStep(item, rest.runId, event.at));
      const ended = { ...view, items, run: null, openText: null, openReasoning: null, outputs: {} };
      return add(ended, { kind: "run_end", ...place, ...rest, error: error ?? null });
    }
    case "text.finished":
      return trace(textFinished(view, event), turnOf(event));
    case "reasoning.finished": {
      const { runId, turn, text, ms } = event.data;
      const closed = { ...view, openReasoning: null };
      return text === ""
        ? closed
        : add(closed, { kind: "reasoning", ...place, runId, turn, text, ms });
    }
    case "tool.requested": {
      return add(view, { kind: "tool", ...place, ...event.data, ...freshCall });
    }
    case "approval.requested":
      return approvalRequested(view, event);
    case "approval.answered":
      return approvalAnswered(view, event);
    case "tool.started":
      return updateCall(view, event.data.callId, (call) => ({
        ...call,
        state: "running",
        startedAt: event.at,
        decision: event.data.decision,
      }));
    case "tool.finished":
      return toolFinished(view, event);
    case "artifact.created":
      return add(view, { kind: "artifact", ...place, artifact: event.data });
    case "context.compacted": {
      const { uptoSeq: _uptoSeq, usage, ...rest } = event.data;
      return add(view, { kind: "compacted", ...place, ...rest, usage: usage ?? null });
    }
    case "plan.proposed":
      return add(view, { kind: "plan", ...place, steps: event.data.steps });
    case "memory.saved":
      return add(view, { kind: "note", ...place, note: "memory", text: event.data.text });
    case "rewind.done":
      return rewound(view, event);
    case "agent.spawned":
      return trace(view, {
        ...{ kind: "agent", ...place, ...event.data },
        ...{ outcome: null, text: "", finishedAt: null },
      });
    case "agent.finished":
      return agentFinished(view, event);
    case "attachment.added":
      return attachmentAdded(view, event.data);
    case "command.answered":
      return view;
  }
}

const freshCall = {
  state: "requested",
  approval: null,
  answer: null,
  decision: null,
  text: "",
  view: null,
  files: [] as AttachmentRef[],
  labels: [] as ToolItem["labels"],
  error: null,
  ms: null,
  askedAt: null,
  answeredAt: null,
  startedAt: null,
  finishedAt: null,
} as const satisfies Partial<ToolItem>;

const add = (view: SessionView, item: Item): SessionView => ({
  ...view,
  items: [...view.items, item],
});

const trace = (view: SessionView, one: Trace): SessionView => ({
  ...view,
  traces: [...view.traces, one],
});

function turnOf({ seq, at, data }: EventOf<"text.finished">): Trace {
  const { runId, turn, text, partial, usage, model } = data;
  const known = { usage: usage ?? null, model: model ?? null };
  return { kind: "turn", seq, at, runId, turn, spoke: text !== "", cut: partial, ...known };
}

function agentFinished(view: SessionView, event: EventOf<"agent.finished">): SessionView {
  const { agentRunId, outcome, text } = event.data;
  const index = view.traces.findLastIndex(
    (one) => one.kind === "agent" && one.agentRunId === agentRunId,
  );
  const agent = view.traces[index];
  if (agent?.kind !== "agent") return view;
  const ended = { ...agent, outcome, text, finishedAt: event.at };
  return { ...view, traces: view.traces.with(index, ended) };
}

function configured(view: SessionView, data: EventOf<"session.configured">["data"]): SessionView {
  return {
    ...view,
    model: data.model === undefined ? view.model : data.model,
    mode: data.mode ?? view.mode,
    workspace: data.workspace === undefined ? view.workspace : data.workspace,
    machineConsent: data.machineConsent ?? view.machineConsent,
  };
}

function messageSent(view: SessionView, event: EventOf<"message.sent">): SessionView {
  const { messageId, text, attachments, delivery } = event.data;
  const message = { seq: event.seq, at: event.at, messageId, text, attachments };
  if (delivery === "queue") return { ...view, queued: [...view.queued, message] };
  return add(view, { kind: "message", ...message, steers: delivery === "steer" });
}

function runStarted(view: SessionView, event: EventOf<"run.started">): SessionView {
  const { runId, messageId, model, resumed } = event.data;
  const { seq, at } = event;
  const begun: SessionView = {
    ...trace(view, { kind: "run_start", seq, at, runId, messageId, model, resumed }),
    run: { runId, startedAt: event.at, model, status: "thinking", detail: null, until: null },
    queued: view.queued.filter((message) => message.messageId !== messageId),
  };
  const waited = view.queued.find((message) => message.messageId === messageId);
  if (waited) return add(begun, { kind: "message", ...waited, seq: event.seq, steers: false });
  if (!resumed) return begun;
  return add(begun, { kind: "note", seq: event.seq, at: event.at, note: "resumed", text: "" });
}

function textFinished(view: SessionView, event: EventOf<"text.finished">): SessionView {
  const { runId, turn, text, partial } = event.data;
  const closed: SessionView = { ...view, openText: null };
  const last = view.items[view.items.length - 1];
  if (last?.kind === "text" && last.cut && last.runId === runId) {
    const joined = { ...last, text: last.text + text, cut: partial, turn };
    return { ...closed, items: [...view.items.slice(0, -1), joined] };
  }
  if (text === "") return closed;
  return add(closed, {
    kind: "text",
    seq: event.seq,
    at: event.at,
    runId,
    turn,
    text,
    cut: partial,
  });
}

/** A step's picture comes after the step. */
function attachmentAdded(
  view: SessionView,
  { file, callId }: EventOf<"attachment.added">["data"],
): SessionView {
  if (callId === null) return view;
  return updateCall(view, callId, (call) =>
    call.view?.kind === "browser" ? { ...call, view: { ...call.view, picture: file } } : call,
  );
}

function updateCall(
  view: SessionView,
  callId: string,
  change: (call: ToolItem) => ToolItem,
): SessionView {
  const index = view.items.findLastIndex((item) => item.kind === "tool" && item.callId === callId);
  const call = view.items[index];
  if (call?.kind !== "tool") return view;
  return { ...view, items: view.items.with(index, change(call)) };
}

/** A step that its run left behind: the host died, or the disk was full. */
function endedStep(item: Item, runId: string, at: number): Item {
  if (item.kind !== "tool" || item.runId !== runId) return item;
  if (item.state === "running") return { ...item, state: "unknown", finishedAt: at };
  const waits = item.state === "requested" || item.state === "waiting";
  return waits ? { ...item, state: "stopped", finishedAt: at } : item;
}

function approvalRequested(view: SessionView, event: EventOf<"approval.requested">): SessionView {
  const { approval } = event.data;
  const waiting: SessionView = view.run
    ? { ...view, run: { ...view.run, status: "waiting" } }
    : view;
  const ofCall = approval.kind === "tool" || approval.kind === "leaves_machine";
  if (approval.callId === null || !ofCall)
    return add(waiting, {
      kind: "question",
      seq: event.seq,
      at: event.at,
      approval,
      answer: null,
      answeredAt: null,
    });
  const asked = { state: "waiting", approval, askedAt: event.at } as const;
  return updateCall(waiting, approval.callId, (call) => ({ ...call, ...asked }));
}

function approvalAnswered(view: SessionView, event: EventOf<"approval.answered">): SessionView {
  const { approvalId, answer } = event.data;
  const going: SessionView = view.run ? { ...view, run: { ...view.run, status: "working" } } : view;
  return {
    ...going,
    items: going.items.map((item) => {
      if (item.kind !== "tool" && item.kind !== "question") return item;
      if (item.approval?.approvalId !== approvalId) return item;
      const answered = { answer, answeredAt: event.at };
      return item.kind === "tool"
        ? { ...item, ...answered, state: "requested" }
        : { ...item, ...answered };
    }),
  };
}

function toolFinished(view: SessionView, event: EventOf<"tool.finished">): SessionView {
  const { callId, outcome, text, files, labels, ms } = event.data;
  const { [callId]: _output, ...outputs } = view.outputs;
  return updateCall({ ...view, outputs }, callId, (call) => ({
    ...call,
    state: outcome,
    text,
    files,
    labels,
    ms,
    finishedAt: event.at,
    view: event.data.view ?? null,
    error: event.data.error ?? null,
    decision: event.data.decision ?? call.decision,
  }));
}

function rewound(view: SessionView, event: EventOf<"rewind.done">): SessionView {
  const { toSeq } = event.data;
  return {
    ...view,
    items: view.items.filter((item) => item.seq <= toSeq),
    traces: view.traces.filter((one) => one.seq <= toSeq),
    queued: view.queued.filter((message) => message.seq <= toSeq),
    rewinds: [...view.rewinds, { toSeq, atSeq: event.seq }],
  };
}

/** Live events: what grows right now. They change nothing that the log keeps. */
export function foldLive(view: SessionView, event: LiveEvent): SessionView {
  switch (event.type) {
    case "text.delta": {
      const before = samePiece(view.openText, event) ? (view.openText?.text ?? "") : "";
      return { ...view, openText: grown(before, event), run: answering(view, "answering") };
    }
    case "reasoning.delta": {
      const before = samePiece(view.openReasoning, event) ? (view.openReasoning?.text ?? "") : "";
      return { ...view, openReasoning: grown(before, event), run: answering(view, "thinking") };
    }
    case "tool.output": {
      const text = ((view.outputs[event.callId] ?? "") + event.text).slice(-maxOutput);
      return { ...view, outputs: { ...view.outputs, [event.callId]: text } };
    }
    case "run.status": {
      if (view.run?.runId !== event.runId) return view;
      const { status, detail, until } = event;
      return {
        ...view,
        run: { ...view.run, status, detail: detail ?? null, until: until ?? null },
      };
    }
  }
}

const samePiece = (
  piece: SessionView["openText"],
  delta: { runId: string; turn: number },
): boolean => piece !== null && piece.runId === delta.runId && piece.turn === delta.turn;

const grown = (
  before: string,
  { runId, turn, text }: Extract<LiveEvent, { type: "text.delta" | "reasoning.delta" }>,
) => ({ runId, turn, text: before + text });

function answering(view: SessionView, status: "answering" | "thinking"): SessionView["run"] {
  if (!view.run || (view.run.status === status && view.run.detail === null)) return view.run;
  return { ...view.run, status, detail: null, until: null };
}

/** Items of older events, to be put before `view.items`; hides what later rewinds took away. */
export function foldEarlier(view: SessionView, events: readonly SessionEvent[]): SessionView {
  const hidden = (seq: number) =>
    view.rewinds.some((rewind) => rewind.toSeq < seq && seq < rewind.atSeq);
  const earlier = foldAll(emptyView, events);
  const items = earlier.items.filter((item) => !hidden(item.seq));
  const traces = earlier.traces.filter((one) => !hidden(one.seq));
  return {
    ...view,
    items: [...items, ...view.items],
    traces: [...traces, ...view.traces],
    rewinds: [...earlier.rewinds, ...view.rewinds],
  };
}
