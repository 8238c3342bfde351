import { describe, expect, it } from "vitest";
import { AetheriaError } from "../contract/errors.ts";
import type { ErrorCode } from "../contract/errors.ts";
import type { Model, ModelChunk, ModelRequest } from "../core/ports.ts";
import { modelSuite, type Answer, type ModelBackend } from "./model-suite.ts";
import { callsTool, says, scriptedModel, type ScriptedModel, type Turn } from "./scripted-model.ts";

const request: ModelRequest = { instructions: "", messages: [], tools: [], cacheKey: "k" };

async function collect(model: Model, signal = new AbortController().signal) {
  const chunks: ModelChunk[] = [];
  for await (const chunk of model.stream(request, signal)) chunks.push(chunk);
  return chunks;
}

describe("the scripted model", () => {
  it("plays one turn per request and ends each as it fits", async () => {
    const model = scriptedModel({
      turns: [[callsTool("c1", "read", { path: "a" })], says("o", "k")],
    });
    expect((await collect(model)).at(-1)).toEqual({ type: "end", reason: "tool_calls" });
    expect(await collect(model)).toEqual([
      { type: "text", text: "o" },
      { type: "text", text: "k" },
      { type: "end", reason: "stop" },
    ]);
    expect(model.requests).toHaveLength(2);
  });

  it("fails and cuts where the script says so", async () => {
    const fail = new AetheriaError("rate_limited", "Too many requests.", { retryable: true });
    const model = scriptedModel({
      turns: [
        [...says("a"), { fail }],
        [...says("a"), { cut: true }],
      ],
    });
    await expect(collect(model)).rejects.toBe(fail);
    expect(await collect(model)).toEqual([{ type: "text", text: "a" }]);
  });

  it("ends a wait when it is aborted, and counts it", async () => {
    const stop = new AbortController();
    const model = scriptedModel({ turns: [[{ wait: new Promise(() => {}) }]] });
    const reading = collect(model, stop.signal);
    stop.abort();
    await expect(reading).rejects.toMatchObject({ code: "cancelled" });
    expect(model.aborted).toBe(1);
  });

  it("is loud when the script is over", async () => {
    await expect(collect(scriptedModel({ turns: [] }))).rejects.toThrow("turn 1");
  });
});

const codes: Record<number, ErrorCode> = {
  400: "context_overflow",
  401: "model_unauthorized",
  429: "rate_limited",
  503: "model_overloaded",
};

function turnOf(answer: Answer): Turn {
  if (answer.status) {
    const { code, message } = answer.status;
    const retryable = code === 429 || code === 503;
    return [{ fail: new AetheriaError(codes[code] ?? "internal", message, { retryable }) }];
  }
  const pieces = (answer.text ?? "").match(/.{1,4}/gs) ?? [];
  const text = says(...pieces);
  const reasoning = answer.reasoning
    ? [{ type: "reasoning" as const, text: answer.reasoning }]
    : [];
  const calls = (answer.calls ?? []).map(({ name, input }, n) => callsTool(`c${n}`, name, input));
  const end: Turn =
    calls.length > 0 ? [{ type: "end", reason: "tool_calls" }] : [{ type: "end", reason: "stop" }];
  const usage: Turn = [
    { type: "usage", usage: { inputTokens: 1, outputTokens: 1, cachedTokens: 0 } },
  ];
  if (answer.cutAfter !== undefined) return [...text.slice(0, answer.cutAfter), { cut: true }];
  return [...reasoning, ...text, ...calls, ...usage, ...end];
}

async function scriptedBackend(): Promise<ModelBackend> {
  let model: ScriptedModel | undefined;
  return {
    cutShows: "as a missing end",
    open: async (answers) => (model = scriptedModel({ turns: answers.map(turnOf) })),
    requests: () => (model?.requests ?? []).map(withBase64),
    close: async () => {},
  };
}

const withBase64 = (request: ModelRequest): unknown =>
  JSON.parse(
    JSON.stringify(request, (_key, value: unknown) =>
      value instanceof Uint8Array ? Buffer.from(value).toString("base64") : value,
    ),
  );

modelSuite("the scripted model", scriptedBackend);
