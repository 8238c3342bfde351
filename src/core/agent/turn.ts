// One turn of a model, to its end, whatever the wire does: retries with back-off, continues a cut
// answer without replaying what was shown, falls back to the next model in the person's order.
import type { Approval } from "../../contract/approval.ts";
import { AetheriaError } from "../../contract/errors.ts";
import type { ApprovalId, RunId } from "../../contract/ids.ts";
import type { ModelRef } from "../../contract/session.ts";
import type { Model, ModelChunk, ModelRequest, ModelToolCall, ModelUsage } from "../ports.ts";
import { continued } from "./context.ts";
import { createReplayFilter } from "./replay-filter.ts";
import { isRetryable, maxTries, waitBeforeTry } from "./retry.ts";
import type { RunPorts } from "./run-ports.ts";
import { createWholeCharacters } from "./whole-characters.ts";

export type TurnResult = {
  model: ModelRef;
  text: string;
  reasoning: string;
  reasoningMs: number;
  providerData: unknown;
  calls: ModelToolCall[];
  usage: ModelUsage;
  reason: Extract<ModelChunk, { type: "end" }>["reason"];
};

/** What is shown of a turn grows here; it outlives the tries. */
type Draft = Omit<TurnResult, "model" | "reason"> & { reasoningSince: number | null };

export type TurnPlace = {
  runId: RunId;
  turn: number;
  /** The end of the turn before, when that was cut and this one continues it. */
  shownBefore: string;
};

/** Thrown when a turn ends early: what was shown by then, for the log. */
export class TurnCut extends Error {
  readonly draft: Draft;
  readonly model: ModelRef;
  override readonly cause: unknown;

  constructor(draft: Draft, model: ModelRef, cause: unknown) {
    super("The turn ended early.");
    this.draft = draft;
    this.model = model;
    this.cause = cause;
  }
}

const newDraft = (): Draft => ({
  text: "",
  reasoning: "",
  reasoningMs: 0,
  reasoningSince: null,
  providerData: undefined,
  calls: [],
  usage: { inputTokens: 0, outputTokens: 0, cachedTokens: 0 },
});

/** Streams one turn. `requestFor` builds the request for a model (images or not). Throws TurnCut. */
export async function streamTurn(
  ports: RunPorts,
  place: TurnPlace,
  first: ModelRef,
  requestFor: (model: Model) => Promise<ModelRequest>,
  signal: AbortSignal,
): Promise<TurnResult> {
  const draft = newDraft();
  let ref = first;
  const waiting = ports.rules().fallbacks.filter((fallback) => !sameModel(fallback, first));
  for (;;) {
    try {
      return await tryModel(ports, place, ref, requestFor, draft, signal);
    } catch (error) {
      if (signal.aborted || !fallsBack(error)) throw new TurnCut(draft, ref, error);
      const next = await nextFallback(ports, place, ref, waiting, error, signal);
      if (!next) throw new TurnCut(draft, ref, error);
      ref = next;
    }
  }
}

const sameModel = (a: ModelRef, b: ModelRef) => a.provider === b.provider && a.name === b.name;

const fallbackCodes: ReadonlySet<string> = new Set([
  "rate_limited",
  "timeout",
  "offline",
  "model_missing",
  "model_unauthorized",
  "model_not_found",
  "model_unreachable",
  "model_bad_response",
  "model_overloaded",
]);

const fallsBack = (error: unknown): error is AetheriaError =>
  error instanceof AetheriaError && fallbackCodes.has(error.code);

async function tryModel(
  ports: RunPorts,
  place: TurnPlace,
  ref: ModelRef,
  requestFor: (model: Model) => Promise<ModelRequest>,
  draft: Draft,
  signal: AbortSignal,
): Promise<TurnResult> {
  const model = ports.models.open(ref);
  const request = await requestFor(model);
  for (let tries = 0; ; tries++) {
    try {
      const going = draft.text === "" ? request : continued(request, draft.text);
      const reason = await readStream(ports, place, model, going, draft, signal);
      return { model: ref, ...draft, reason };
    } catch (error) {
      if (signal.aborted || !isRetryable(error) || tries + 1 >= maxTries) throw error;
      await pause(ports, place.runId, tries, error, signal);
    }
  }
}

async function pause(
  ports: RunPorts,
  runId: RunId,
  tries: number,
  error: AetheriaError,
  signal: AbortSignal,
): Promise<void> {
  const ms = waitBeforeTry(tries, error, ports.random());
  const until = ports.clock.now() + ms;
  ports.live({ type: "run.status", runId, status: "retrying", detail: error.message, until });
  await ports.clock.sleep(ms, signal);
}

async function readStream(
  ports: RunPorts,
  place: TurnPlace,
  model: Model,
  request: ModelRequest,
  draft: Draft,
  signal: AbortSignal,
): Promise<TurnResult["reason"]> {
  const filter = createReplayFilter(place.shownBefore + draft.text);
  const thoughts = createReplayFilter(draft.reasoning);
  const [textCharacters, thoughtCharacters] = [createWholeCharacters(), createWholeCharacters()];
  const { runId, turn } = place;
  draft.calls = [];
  const show = (text: string) => {
    if (text === "") return;
    endReasoning(ports, draft);
    ports.grow({ kind: "text", runId, turn, offset: draft.text.length, text });
    draft.text += text;
  };
  for await (const chunk of model.stream(request, signal)) {
    signal.throwIfAborted();
    if (chunk.type === "text") show(filter.push(textCharacters.push(chunk.text)));
    else if (chunk.type === "reasoning")
      growReasoning(ports, place, draft, thoughts.push(thoughtCharacters.push(chunk.text)));
    else if (chunk.type === "reasoning_data") draft.providerData = chunk.providerData;
    else if (chunk.type === "tool_call") draft.calls.push(chunk.call);
    else if (chunk.type === "usage") draft.usage = plus(draft.usage, chunk.usage);
    else {
      show(filter.push(textCharacters.end()) + filter.end());
      endReasoning(ports, draft);
      return chunk.reason;
    }
  }
  signal.throwIfAborted();
  throw new AetheriaError("model_bad_response", "The model's answer was cut off.", {
    hint: "Aetheria tries again by itself.",
    retryable: true,
  });
}

function growReasoning(ports: RunPorts, place: TurnPlace, draft: Draft, text: string): void {
  if (text === "") return;
  draft.reasoningSince ??= ports.clock.now();
  const { runId, turn } = place;
  ports.grow({ kind: "reasoning", runId, turn, offset: draft.reasoning.length, text });
  draft.reasoning += text;
}

function endReasoning(ports: RunPorts, draft: Draft): void {
  if (draft.reasoningSince === null) return;
  draft.reasoningMs += Math.max(0, ports.clock.now() - draft.reasoningSince);
  draft.reasoningSince = null;
}

const plus = (a: ModelUsage, b: ModelUsage): ModelUsage => ({
  inputTokens: a.inputTokens + b.inputTokens,
  outputTokens: a.outputTokens + b.outputTokens,
  cachedTokens: a.cachedTokens + b.cachedTokens,
});

/** The next model of the person's order. From a local one to the cloud only with a yes. */
async function nextFallback(
  ports: RunPorts,
  { runId }: TurnPlace,
  from: ModelRef,
  waiting: ModelRef[],
  error: AetheriaError,
  signal: AbortSignal,
): Promise<ModelRef | null> {
  const next = waiting.shift();
  if (!next) return null;
  const detail = `${error.message} Trying ${next.provider}/${next.name}.`;
  ports.live({ type: "run.status", runId, status: "retrying", detail });
  const leaves = (await isLocal(ports, from, signal)) && !(await isLocal(ports, next, signal));
  if (!leaves) return next;
  const approval = fallbackApproval(ports, runId, from, next, error);
  const answer = ports.answer(approval.approvalId, signal);
  ports.append([{ type: "approval.requested", data: { approval } }], "normal");
  return (await answer).answer === "allow" ? next : null;
}

async function isLocal(ports: RunPorts, ref: ModelRef, signal: AbortSignal): Promise<boolean> {
  try {
    return (await ports.models.open(ref).info(signal)).local;
  } catch (error) {
    if (signal.aborted) throw error;
    return ref.provider === "ollama";
  }
}

function fallbackApproval(
  ports: RunPorts,
  runId: RunId,
  from: ModelRef,
  to: ModelRef,
  error: AetheriaError,
): Approval {
  return {
    approvalId: ports.ids.next() as ApprovalId,
    runId,
    callId: null,
    kind: "fallback",
    view: {
      title: "Go on with a cloud model?",
      sentence: `${error.message} The next model in your order runs in the cloud: this session would be sent to it.`,
      fields: [
        { name: "from", value: `${from.provider}/${from.name}` },
        { name: "to", value: `${to.provider}/${to.name}` },
      ],
    },
    why: "Aetheria never moves from a local model to the cloud without asking.",
    answers: ["allow", "deny"],
    scopes: ["once"],
  };
}
