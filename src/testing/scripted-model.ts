// A Model that plays a script of turns, one per request, and records every request. It is loud
// about what it was not told: asking for more turns than the script has is an error of the test.
import { AetheriaError } from "../contract/errors.ts";
import type { ModelRef } from "../contract/session.ts";
import type { ModelInfo } from "../contract/system.ts";
import type { Model, ModelChunk, ModelRequest } from "../core/ports.ts";

/** `fail` throws there, `cut` ends the stream without `end`, `wait` holds it until the promise
 * settles or the request is aborted. */
export type Step =
  ModelChunk | { fail: AetheriaError } | { cut: true } | { wait: Promise<unknown> };

/** A turn that does not say how it ends gets the `end` that fits: `tool_calls` or `stop`. */
export type Turn = readonly Step[];

export type ScriptedModel = Model & {
  /** Every request so far, as it was when it came. */
  readonly requests: ModelRequest[];
  /** How many streams were ended by their signal. */
  readonly aborted: number;
};

type Script = {
  ref?: ModelRef;
  info?: Partial<ModelInfo>;
  turns: readonly Turn[] | ((request: ModelRequest, n: number) => Turn);
};

export function scriptedModel(script: Script): ScriptedModel {
  const ref = script.ref ?? { provider: "scripted", name: "model" };
  const requests: ModelRequest[] = [];
  let aborted = 0;

  async function* stream(request: ModelRequest, signal: AbortSignal): AsyncGenerator<ModelChunk> {
    const n = requests.push(structuredClone(request)) - 1;
    const onAbort = () => (aborted += 1);
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      yield* play(turnOf(script, request, n), signal);
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }

  return {
    ref,
    requests,
    get aborted() {
      return aborted;
    },
    info: async () => ({ ...plainInfo(ref), ...script.info }),
    stream,
  };
}

function turnOf(script: Script, request: ModelRequest, n: number): Turn {
  const turn = typeof script.turns === "function" ? script.turns(request, n) : script.turns[n];
  if (turn === undefined)
    throw new Error(`The scripted model was asked for turn ${n + 1}, which its script lacks.`);
  return turn;
}

async function* play(turn: Turn, signal: AbortSignal): AsyncGenerator<ModelChunk> {
  let calls = 0;
  for (const step of turn) {
    throwIfAborted(signal);
    if ("wait" in step) {
      await untilAborted(step.wait, signal);
      continue;
    }
    if ("fail" in step) throw step.fail;
    if ("cut" in step) return;
    if (step.type === "tool_call") calls += 1;
    yield step;
    if (step.type === "end") return;
  }
  throwIfAborted(signal);
  yield { type: "end", reason: calls > 0 ? "tool_calls" : "stop" };
}

function throwIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw stopped();
}

const stopped = () =>
  new AetheriaError("cancelled", "The model's answer was stopped.", { retryable: true });

async function untilAborted(wait: Promise<unknown>, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = openPromise();
  signal.addEventListener("abort", resolve, { once: true });
  try {
    await Promise.race([wait, promise]);
  } finally {
    signal.removeEventListener("abort", resolve);
  }
  throwIfAborted(signal);
}

function openPromise() {
  let resolve = () => {};
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
}

const plainInfo = (ref: ModelRef): ModelInfo => ({
  ref,
  title: ref.name,
  local: true,
  contextTokens: 32_000,
  maxOutputTokens: 4_000,
  tools: true,
  images: false,
  reasoning: true,
  price: { input: 0, cachedInput: 0, output: 0 },
});

/** The pieces of an answer, then how it ends. */
export const says = (...pieces: string[]): Turn =>
  pieces.map((text) => ({ type: "text" as const, text }));

/** One tool call; `input` is written as JSON. */
export const callsTool = (id: string, name: string, input: unknown): ModelChunk => ({
  type: "tool_call",
  call: { id, name, argumentsText: JSON.stringify(input) },
});
