// A turn on its way into the log: what was thought, what was said, which calls were asked for, all in
// one append, before anything runs.
import type { NewEvent } from "../../contract/events.ts";
import type { CallId } from "../../contract/ids.ts";
import type { ModelRef, Usage } from "../../contract/session.ts";
import type { ModelToolCall, ModelUsage } from "../ports.ts";
import type { Loop } from "./loop.ts";
import { callsInText, parseArguments, parseWhole } from "./repair.ts";
import { calibrate } from "./request.ts";
import type { RunPorts } from "./run-ports.ts";
import { badArguments } from "./tool-call.ts";
import type { Call } from "./transcript.ts";
import type { TurnCut, TurnResult } from "./turn.ts";

/** The turn and its requested calls go into the log together, before anything runs. */
export function logTurn(loop: Loop, turn: number, result: TurnResult): Call[] {
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

export function logCutTurn(loop: Loop, turn: number, { draft, model }: TurnCut): void {
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
