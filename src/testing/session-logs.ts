// Generated logs as a host would write them: runs with turns, calls, approvals, queued and steering
// messages, crashes, compactions, calls by hand, retries and rewinds. Valid by construction.
import * as fc from "fast-check";
import type { Approval } from "../contract/approval.ts";
import type { LiveEvent, NewEvent, SessionEvent } from "../contract/events.ts";
import { ApprovalId, CallId, MessageId, RunId } from "../contract/ids.ts";

/** What happens next: `pick` chooses among what is possible then, `text` is what is said. */
type Choice = { pick: number; more: number; text: string };

type OpenCall = { callId: CallId; state: "requested" | "waiting" | "started"; asked: ApprovalId };

type OpenRun = {
  runId: RunId;
  messageId: MessageId;
  startedSeq: number;
  turn: number;
  calls: OpenCall[];
};

type Sim = {
  log: SessionEvent[];
  run: OpenRun | null;
  last: { messageId: MessageId; startedSeq: number } | null;
  queued: MessageId[];
  /** Where a rewind may go: nothing was under way there. */
  rests: { seq: number; queued: MessageId[]; last: Sim["last"] }[];
  named: boolean;
  next: number;
};

const model = { provider: "scripted", name: "model" };
const usage = { inputTokens: 10, outputTokens: 5, cachedTokens: 1, costUsd: 0.01 };
const decision = { verdict: "allow" as const, rule: "reads", why: "It only reads." };

const choice: fc.Arbitrary<Choice> = fc.record({
  pick: fc.nat(1_000),
  more: fc.nat(1_000),
  text: fc.string({ minLength: 1, maxLength: 12, unit: "grapheme" }),
});

/** Whole logs, beginning with session.created; the last run may still be open. */
export const sessionLog = (maxLength = 60): fc.Arbitrary<SessionEvent[]> =>
  fc.array(choice, { maxLength, size: "max" }).map(play);

function play(choices: Choice[]): SessionEvent[] {
  const sim: Sim = {
    log: [],
    run: null,
    last: null,
    queued: [],
    rests: [],
    named: false,
    next: 0,
  };
  add(sim, {
    type: "session.created",
    data: { title: "", workspace: null, model: null, mode: "balanced" },
  });
  for (const one of choices) {
    if (!sim.run) rest(sim);
    const moves = sim.run ? runMoves(sim, sim.run) : idleMoves(sim);
    moves[one.pick % moves.length]?.(one);
  }
  return sim.log;
}

function add(sim: Sim, ...events: NewEvent[]): void {
  for (const event of events)
    // A NewEvent with its place and time is a SessionEvent: that is how NewEvent is made.
    sim.log.push({ ...event, seq: sim.log.length + 1, at: sim.log.length } as SessionEvent);
}

const fresh = (sim: Sim, kind: string) => `${kind}-${++sim.next}`;

function rest(sim: Sim): void {
  const seq = sim.log.length;
  if (sim.rests.at(-1)?.seq !== seq)
    sim.rests.push({ seq, queued: [...sim.queued], last: sim.last });
}

type Move = (choice: Choice) => void;

function idleMoves(sim: Sim): Move[] {
  const moves: Move[] = [
    ({ text }) => ask(sim, text),
    ({ text }) => ask(sim, text),
    ({ text }) => add(sim, { type: "session.renamed", data: { title: text, by: "person" } }),
    ({ more }) =>
      add(sim, { type: "session.configured", data: more % 2 ? { mode: "ask" } : { model } }),
    ({ text }) => byHand(sim, text),
    ({ more }) => rewind(sim, more),
  ];
  const { last } = sim;
  if (last) moves.push(() => retry(sim, last));
  if (sim.queued.length > 0) moves.push(({ more }) => withdraw(sim, more));
  return moves;
}

function ask(sim: Sim, text: string): void {
  const messageId = MessageId.parse(fresh(sim, "message"));
  const delivery = sim.queued.length > 0 ? "queue" : "auto";
  add(sim, { type: "message.sent", data: { messageId, text, attachments: [], delivery } });
  if (!sim.named) add(sim, { type: "session.renamed", data: { title: text, by: "agent" } });
  sim.named = true;
  if (delivery === "queue") sim.queued.push(messageId);
  begin(sim, sim.queued.shift() ?? messageId);
}

function begin(sim: Sim, messageId: MessageId): void {
  const runId = RunId.parse(fresh(sim, "run"));
  add(sim, {
    type: "run.started",
    data: { runId, messageId, model, mode: "balanced", resumed: false },
  });
  sim.run = { runId, messageId, startedSeq: sim.log.length, turn: 0, calls: [] };
}

function byHand(sim: Sim, text: string): void {
  const callId = CallId.parse(fresh(sim, "call"));
  add(sim, requested(callId, null, 0, text), started(callId), finished(callId, text));
}

function withdraw(sim: Sim, more: number): void {
  const [messageId] = sim.queued.splice(more % sim.queued.length, 1);
  if (messageId) add(sim, { type: "message.withdrawn", data: { messageId } });
}

function rewind(sim: Sim, more: number): void {
  const to = sim.rests[more % sim.rests.length];
  if (!to) return;
  add(sim, { type: "rewind.done", data: { toSeq: to.seq } });
  sim.rests = sim.rests.filter(({ seq }) => seq <= to.seq);
  sim.last = to.last;
  // What was begun or taken back since then does not wait again.
  sim.queued = to.queued.filter((messageId) => sim.queued.includes(messageId));
}

function retry(sim: Sim, last: { messageId: MessageId; startedSeq: number }): void {
  add(sim, { type: "rewind.done", data: { toSeq: last.startedSeq } });
  sim.rests = sim.rests.filter(({ seq }) => seq < last.startedSeq);
  sim.queued = sim.queued.filter((messageId) => seqOfMessage(sim, messageId) <= last.startedSeq);
  begin(sim, last.messageId);
}

const seqOfMessage = (sim: Sim, messageId: MessageId): number =>
  sim.log.find((e) => e.type === "message.sent" && e.data.messageId === messageId)?.seq ?? 0;

function runMoves(sim: Sim, run: OpenRun): Move[] {
  const open = run.calls[0];
  const moves: Move[] = [
    ({ text, more }) => meanwhile(sim, text, more % 2 ? "queue" : "steer"),
    () => resume(sim, run),
    ({ more }) => end(sim, run, more),
  ];
  if (sim.queued.length > 0) moves.push(({ more }) => withdraw(sim, more));
  if (open) {
    const forward: Move = ({ text, more }) => advance(sim, run, more, text);
    return [...moves, forward, forward, forward, forward];
  }
  const speak: Move = ({ text, more }) => speakTurn(sim, run, text, more);
  return [...moves, speak, speak, speak, () => cut(sim, run), () => compacted(sim, run)];
}

function meanwhile(sim: Sim, text: string, delivery: "queue" | "steer"): void {
  const messageId = MessageId.parse(fresh(sim, "message"));
  add(sim, { type: "message.sent", data: { messageId, text, attachments: [], delivery } });
  if (delivery === "queue") sim.queued.push(messageId);
}

function speakTurn(sim: Sim, run: OpenRun, text: string, more: number): void {
  const { runId } = run;
  const turn = (run.turn += 1);
  if (more % 3 === 0)
    add(sim, { type: "reasoning.finished", data: { runId, turn, text: `hm ${text}`, ms: 3 } });
  const said = more % 5 === 0 ? "" : text;
  add(sim, {
    type: "text.finished",
    data: { runId, turn, text: said, partial: false, usage, model },
  });
  for (let n = more % 4; n > 0; n--) {
    const callId = CallId.parse(fresh(sim, "call"));
    run.calls.push({
      callId,
      state: "requested",
      asked: ApprovalId.parse(fresh(sim, "approval")),
    });
    add(sim, requested(callId, runId, turn, text));
  }
}

/** The host died in mid-answer and took the run up again. */
function cut(sim: Sim, run: OpenRun): void {
  const turn = (run.turn += 1);
  add(sim, {
    type: "text.finished",
    data: { runId: run.runId, turn, text: "so far, ", partial: true },
  });
  resume(sim, run);
}

function resume(sim: Sim, { runId, messageId }: OpenRun): void {
  add(sim, {
    type: "run.started",
    data: { runId, messageId, model, mode: "balanced", resumed: true },
  });
}

function compacted(sim: Sim, { runId }: OpenRun): void {
  const uptoSeq = sim.log.findLast((event) => event.type === "run.finished")?.seq;
  if (uptoSeq === undefined) return;
  const data = { runId, uptoSeq, summary: "What was.", tokensBefore: 9, tokensAfter: 3 };
  add(sim, { type: "context.compacted", data });
}

function advance(sim: Sim, run: OpenRun, more: number, text: string): void {
  const index = more % run.calls.length;
  const call = run.calls[index];
  if (!call) return;
  if (call.state === "requested" && more % 3 === 0) {
    call.state = "waiting";
    const approval = approvalOf(call, run.runId);
    add(sim, { type: "approval.requested", data: { approval } });
  } else if (call.state === "waiting") {
    call.state = "requested";
    const answer = { approvalId: call.asked, answer: "allow" as const, scope: "once" as const };
    add(sim, { type: "approval.answered", data: answer });
    call.asked = ApprovalId.parse(fresh(sim, "approval"));
  } else if (call.state === "requested") {
    call.state = "started";
    add(sim, started(call.callId));
  } else {
    run.calls.splice(index, 1);
    add(sim, finished(call.callId, text));
  }
}

function approvalOf({ callId, asked }: OpenCall, runId: RunId): Approval {
  return {
    approvalId: asked,
    runId,
    callId,
    kind: "tool",
    view: { title: "May it?", sentence: "It wants to.", fields: [] },
    why: "It asks.",
    answers: ["allow", "deny"],
    scopes: ["once"],
  };
}

function end(sim: Sim, run: OpenRun, more: number): void {
  // Failed with calls open: the host died too often, or the disk was full.
  const isFailed = more % 4 === 0;
  const outcome = isFailed ? "failed" : run.calls.length > 0 ? "stopped" : "done";
  if (!isFailed) add(sim, ...run.calls.map(({ callId }) => finished(callId, "stopped", "stopped")));
  const data = { runId: run.runId, outcome, usage, steps: 1, ms: 5 } as const;
  add(sim, { type: "run.finished", data });
  sim.last = { messageId: run.messageId, startedSeq: run.startedSeq };
  sim.run = null;
  const waiting = outcome === "done" ? sim.queued.shift() : undefined;
  if (waiting) begin(sim, waiting);
}

const requested = (callId: CallId, runId: RunId | null, turn: number, text: string): NewEvent => ({
  type: "tool.requested",
  data: {
    callId,
    runId,
    by: runId === null ? "person" : "agent",
    turn,
    name: "look",
    family: "test",
    summary: "look",
    input: { text },
    effect: "read",
  },
});

const started = (callId: CallId): NewEvent => ({
  type: "tool.started",
  data: { callId, decision },
});

const finished = (
  callId: CallId,
  text: string,
  outcome: "done" | "stopped" = "done",
): NewEvent => ({
  type: "tool.finished",
  data: { callId, outcome, text, files: [], labels: ["private"], ms: 2 },
});

/** What a watcher gets: the log with the deltas that led to each text before it, cut as `sizes` say. */
export function withDeltas(
  log: SessionEvent[],
  sizes: number[],
): ({ event: SessionEvent } | { live: LiveEvent })[] {
  const told: ({ event: SessionEvent } | { live: LiveEvent })[] = [];
  let at = 0;
  for (const event of log) {
    if (event.type === "text.finished" || event.type === "reasoning.finished") {
      const { runId, turn, text } = event.data;
      const type = event.type === "text.finished" ? "text.delta" : "reasoning.delta";
      for (let offset = 0; offset < text.length;) {
        const piece = text.slice(offset, offset + 1 + ((sizes[at++ % sizes.length] ?? 0) % 5));
        told.push({ live: { type, runId, turn, offset, text: piece } });
        offset += piece.length;
      }
    }
    told.push({ event });
  }
  return told;
}
