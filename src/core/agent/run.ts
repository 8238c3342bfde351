// The loop of one run: context → model turn → tool calls → … → the end. It only decides; the session
// appends, streams and waits on its behalf. Done work is in the log before the next step begins.
import { AetheriaError, type ErrorData } from "../../contract/errors.ts";
import type { NewEvent, RunOutcome } from "../../contract/events.ts";
import type { CallId, RunId } from "../../contract/ids.ts";
import type { ModelRef, Usage } from "../../contract/session.ts";
import type { ModelInfo } from "../../contract/system.ts";
import type { ToolDescription } from "../../contract/tool.ts";
import type { Model, ModelRequest, ModelToolCall, ModelUsage } from "../ports.ts";
import { endOfAnswer, noShortfalls, type Shortfalls } from "./answer-end.ts";
import { compact, fullShare } from "./compaction.ts";
import { messagesOf } from "./context.ts";
import { instructionsFor } from "./instructions.ts";
import { createRepeatGuard, nearBudget, overBudget, sumTokens, type Spent } from "./limits.ts";
import { settleUnfinished } from "./recovery.ts";
import { callsInText, parseArguments, parseWhole } from "./repair.ts";
import type { RunPorts } from "./run-ports.ts";
import { tokensOfRequest } from "./tokens.ts";
import { badArguments, runCall } from "./tool-call.ts";
import { cutText, type Call, type RunState } from "./transcript.ts";
import { streamTurn, TurnCut, type TurnResult } from "./turn.ts";

/** Assumed when nobody knows a model's window. */
const unknownWindowTokens = 32_000;
/** Kept free of the window for the answer. */
const answerTokens = 4_096;

/** An agent is the ports and its tools' descriptions: nothing is made until it runs. */
export type Agent = {
  readonly ports: RunPorts;
  readonly tools: readonly ToolDescription[];
  readonly toolNames: ReadonlySet<string>;
};

export function createAgent(ports: RunPorts): Agent {
  const tools: ToolDescription[] = [];
  for (const tool of ports.tools.values()) tools.push(tool.description);
  return { ports, tools, toolNames: new Set(ports.tools.keys()) };
}

type Loop = {
  agent: Agent;
  runId: RunId;
  signal: AbortSignal;
  model: ModelRef;
  /** Real tokens per estimated token, from what the provider counted last. */
  calibration: number;
  estimatedTokens: number;
  /** Of the model that was asked last. */
  windowTokens: number;
  /** The most a provider's refusal left of it. */
  mostTokens: number;
  shortfalls: Shortfalls;
  guard: ReturnType<typeof createRepeatGuard>;
  told: Set<string>;
  ended: AetheriaError | null;
};

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

/** The provider said the window is smaller than we thought. */
async function shrink(loop: Loop): Promise<boolean> {
  const { ports } = loop.agent;
  const left = Math.floor(loop.windowTokens / 2);
  loop.mostTokens = left;
  return compact(ports, loop.runId, loop.model, left, left, loop.signal);
}

async function requestFor(loop: Loop, model: Model): Promise<ModelRequest> {
  const info = await model.info(loop.signal);
  const windowTokens = Math.min(info.contextTokens ?? unknownWindowTokens, loop.mostTokens);
  loop.windowTokens = windowTokens;
  const request = await buildRequest(loop, info, windowTokens);
  loop.estimatedTokens = tokensOfRequest(request);
  const tokens = Math.ceil(loop.estimatedTokens * loop.calibration);
  const room = windowTokens * fullShare - Math.min(answerTokens, windowTokens / 8);
  if (tokens <= room) return request;
  const { ports } = loop.agent;
  const done = await compact(ports, loop.runId, model.ref, windowTokens, tokens, loop.signal);
  return done ? buildRequest(loop, info, windowTokens) : request;
}

async function buildRequest(
  loop: Loop,
  info: ModelInfo,
  windowTokens: number,
): Promise<ModelRequest> {
  const { ports, tools } = loop.agent;
  const transcript = ports.transcript();
  const maxChars = Math.max(2_000, Math.floor(windowTokens * 0.25 * 3.5));
  const messages = await messagesOf(transcript, ports.attachments, {
    images: info.images,
    maxChars,
  });
  const instructions = instructionsFor({
    today: new Date(ports.clock.now()).toDateString(),
    platform: ports.platform,
    workspace: transcript.workspace,
    own: ports.rules().instructions,
    hasTools: info.tools,
  });
  return { instructions, messages, tools: info.tools ? tools : [], cacheKey: ports.sessionId };
}

/** The turn and its requested calls go into the log together, before anything runs. */
function logTurn(loop: Loop, turn: number, result: TurnResult): Call[] {
  const { ports, toolNames } = loop.agent;
  const isCut = result.reason === "length";
  const isText = result.calls.length === 0 && !isCut;
  const written = isText ? textCalls(loop, result.text, toolNames) : null;
  const modelCalls = result.reason === "filter" ? [] : (written ?? result.calls);
  const text = written || result.text.trim() === "" ? "" : result.text;
  const usage = priced(ports, result.model, result.usage);
  const requests = modelCalls.map((call) => requestedEvent(loop, turn, call, isCut));
  const partial = isCut && requests.length === 0 && text !== "";
  ports.append(
    [
      ...reasoningEvents(loop, turn, result),
      {
        type: "text.finished",
        data: { runId: loop.runId, turn, text, partial, usage, model: result.model },
      },
      ...requests,
    ],
    requests.length === 0 ? "normal" : "full",
  );
  calibrate(loop, result.usage);
  const { calls } = ports.transcript();
  return requests.flatMap((request) => calls.get(request.data.callId) ?? []);
}

const textCalls = (loop: Loop, text: string, names: ReadonlySet<string>): ModelToolCall[] | null =>
  text === "" ? null : callsInText(text, names, () => loop.agent.ports.ids.next());

function reasoningEvents(
  loop: Loop,
  turn: number,
  draft: { reasoning: string; reasoningMs: number; providerData: unknown },
): NewEvent[] {
  if (draft.reasoning === "" && draft.providerData === undefined) return [];
  const data = {
    runId: loop.runId,
    turn,
    text: draft.reasoning,
    ms: draft.reasoningMs,
    ...(draft.providerData === undefined ? {} : { providerData: draft.providerData }),
  };
  return [{ type: "reasoning.finished", data }];
}

function logCutTurn(loop: Loop, turn: number, { draft, model }: TurnCut): void {
  if (draft.text === "" && draft.reasoning === "") return;
  const { ports } = loop.agent;
  const usage = priced(ports, model, draft.usage);
  const data = { runId: loop.runId, turn, text: draft.text, partial: true, usage, model };
  const thought = reasoningEvents(loop, turn, { ...draft, providerData: undefined });
  ports.append([...thought, { type: "text.finished", data }], "normal");
}

function requestedEvent(loop: Loop, turn: number, call: ModelToolCall, isCut: boolean) {
  const { ports } = loop.agent;
  const parsed = isCut ? parseWhole(call.argumentsText) : parseArguments(call.argumentsText);
  const tool = ports.tools.get(call.name);
  return {
    type: "tool.requested" as const,
    data: {
      callId: ports.ids.next() as CallId,
      modelCallId: call.id,
      runId: loop.runId,
      by: "agent" as const,
      turn,
      name: call.name,
      family: tool?.description.family ?? "unknown",
      summary: summaryOf(call.name, parsed.ok ? parsed.input : undefined),
      input: parsed.ok ? parsed.input : `${badArguments}${parsed.problem}`,
      effect: tool?.description.effect ?? ("read" as const),
    },
  };
}

const tellingKeys = ["path", "url", "query", "command", "from", "name", "pattern"];

/** One line for people: the tool's name and its most telling argument. */
export function summaryOf(name: string, input: unknown): string {
  if (typeof input !== "object" || input === null) return name;
  const entries = Object.entries(input).filter(([, value]) => typeof value === "string");
  const telling = entries.find(([key]) => tellingKeys.includes(key)) ?? entries[0];
  return telling ? `${name} ${String(telling[1]).split("\n")[0]?.slice(0, 120) ?? ""}` : name;
}

function priced(ports: RunPorts, model: ModelRef, usage: ModelUsage): Usage {
  return { ...usage, costUsd: ports.models.cost(model, usage) };
}

/** Estimates err by language and tokenizer; what the provider counted last mends them. */
function calibrate(loop: Loop, { inputTokens }: ModelUsage): void {
  if (inputTokens === 0 || loop.estimatedTokens === 0) return;
  loop.calibration = Math.min(4, Math.max(0.5, inputTokens / loop.estimatedTokens));
}

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
