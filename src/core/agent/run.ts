// The loop of one run: context → model turn → tool calls → … → the end. It only decides; the session
// appends, streams and waits on its behalf. Done work is in the log before the next step begins.
import { AetheriaError, type ErrorData } from "../../contract/errors.ts";
import type { RunOutcome } from "../../contract/events.ts";
import type { ToolDescription } from "../../contract/tool.ts";
import type { Model } from "../ports.ts";
import { endOfAnswer, noShortfalls } from "./answer-end.ts";
import { createRepeatGuard, nearBudget, overBudget, sumTokens, type Spent } from "./limits.ts";
import type { Agent, Loop } from "./loop.ts";
import { settleUnfinished } from "./recovery.ts";
import { requestFor, shrink, unknownWindowTokens } from "./request.ts";
import type { RunPorts } from "./run-ports.ts";
import { runCall } from "./tool-call.ts";
import { cutText, type Call, type RunState } from "./transcript.ts";
import { streamTurn, TurnCut, type TurnResult } from "./turn.ts";
import { logCutTurn, logTurn } from "./turn-log.ts";

export function createAgent(ports: RunPorts): Agent {
  const tools: ToolDescription[] = [];
  for (const tool of ports.tools.values()) tools.push(tool.description);
  return { ports, tools, toolNames: new Set(ports.tools.keys()) };
}

/** Runs until the answer is complete, a limit, an error, or the abort. run.started is in the log
 * already; run.finished is when this returns. Never throws but for a store that cannot write. */
export async function runAgent(agent: Agent, signal: AbortSignal): Promise<RunOutcome> {
  const run = stateOf(agent.ports);
  const loop: Loop = {
    agent,
    runId: run.runId,
    signal,
    model: run.model,
    calibration: 1,
    estimatedTokens: 0,
    windowTokens: unknownWindowTokens,
    mostTokens: Infinity,
    shortfalls: noShortfalls,
    guard: createRepeatGuard(),
    told: new Set(),
    ended: null,
  };
  try {
    await settleUnfinished(agent.ports, signal);
    while (await takeTurn(loop));
    return finish(loop, loop.ended ? "limit" : "done", loop.ended?.toData());
  } catch (error) {
    if (signal.aborted) return finish(loop, "stopped");
    const cause = error instanceof TurnCut ? error.cause : error;
    return finish(loop, "failed", AetheriaError.toData(cause));
  }
}

function stateOf(ports: RunPorts): RunState {
  const { run } = ports.transcript();
  if (!run) throw new AetheriaError("internal", "There is no run to work on.");
  return run;
}

function finish(loop: Loop, outcome: RunOutcome, error?: ErrorData): RunOutcome {
  const { ports } = loop.agent;
  const run = stateOf(ports);
  const data = {
    runId: run.runId,
    outcome,
    ...(error === undefined ? {} : { error }),
    usage: run.usage,
    steps: run.steps,
    ms: Math.max(0, ports.clock.now() - run.startedAt),
  };
  ports.append([{ type: "run.finished", data }], "full");
  return outcome;
}

/** One turn with its calls. Returns whether another is needed. */
async function takeTurn(loop: Loop): Promise<boolean> {
  const { ports } = loop.agent;
  loop.signal.throwIfAborted();
  loop.ended = overBudget(spentOf(ports), ports.rules().budgets);
  if (loop.ended) return false;
  warnNearBudget(loop);
  const turn = stateOf(ports).lastTurn + 1;
  const continues = cutText(ports.transcript()) !== "";
  const result = await modelTurn(loop, turn);
  const calls = logTurn(loop, turn, result);
  if (calls.length === 0) return answered(loop, result, continues);
  loop.shortfalls = noShortfalls;
  ports.live({ type: "run.status", runId: loop.runId, status: "working" });
  await runCalls(loop, calls);
  loop.signal.throwIfAborted();
  return loop.ended === null;
}

/** The turn was the answer, or as much of it as came. Returns whether another turn is needed. */
function answered(loop: Loop, result: TurnResult, continues: boolean): boolean {
  const { again, limit, shortfalls } = endOfAnswer(result, continues, loop.shortfalls);
  loop.shortfalls = shortfalls;
  loop.ended = limit;
  return again || (limit === null && loop.agent.ports.transcript().steering.length > 0);
}

function spentOf(ports: RunPorts): Spent {
  const run = stateOf(ports);
  const usd = run.usage.costUsd ?? 0;
  return {
    steps: run.steps,
    tokens: sumTokens(run.usage),
    minutes: Math.max(0, ports.clock.now() - run.startedAt) / 60_000,
    usd,
    usdToday: ports.rules().usdToday + usd,
  };
}

function warnNearBudget(loop: Loop): void {
  const { ports } = loop.agent;
  const near = nearBudget(spentOf(ports), ports.rules().budgets, loop.told);
  if (!near) return;
  loop.told.add(near.name);
  const detail = near.sentence;
  ports.live({ type: "run.status", runId: loop.runId, status: "thinking", detail });
}

/** Streams the turn; what was shown of one that ends early is kept. */
async function modelTurn(loop: Loop, turn: number): Promise<TurnResult> {
  try {
    return await tryTurn(loop, turn);
  } catch (error) {
    if (error instanceof TurnCut) logCutTurn(loop, turn, error);
    throw error;
  }
}

/** When the history turns out too long for the model, compacts once and tries again. */
async function tryTurn(loop: Loop, turn: number): Promise<TurnResult> {
  const { ports } = loop.agent;
  const build = (model: Model) => requestFor(loop, model);
  const stream = () => {
    const place = { runId: loop.runId, turn, shownBefore: cutText(ports.transcript()) };
    return streamTurn(ports, place, loop.model, build, loop.signal);
  };
  try {
    return await stream();
  } catch (error) {
    if (!isTooLong(error) || !(await shrink(loop))) throw error;
    return stream();
  }
}

const isTooLong = (error: unknown): boolean =>
  error instanceof TurnCut &&
  error.draft.text === "" &&
  error.cause instanceof AetheriaError &&
  error.cause.code === "context_overflow";

/** Like Promise.all, but throws only when none of them works any more: none may write after the end
 * of its run. */
async function allEnded(calls: Promise<void>[]): Promise<void> {
  for (const call of await Promise.allSettled(calls))
    if (call.status === "rejected") throw call.reason;
}

/** Calls in the model's order; neighbours that only read run side by side. */
async function runCalls(loop: Loop, calls: Call[]): Promise<void> {
  const { ports } = loop.agent;
  for (let from = 0; from < calls.length;) {
    let to = from + 1;
    if (calls[from]?.effect === "read")
      while (to < calls.length && calls[to]?.effect === "read") to++;
    const group = calls.slice(from, to);
    await allEnded(group.map((call) => runCall(ports, call, loop.signal)));
    for (const call of group)
      loop.ended ??= loop.guard.note(call.name, call.input, call.result?.text ?? "");
    from = to;
  }
}
