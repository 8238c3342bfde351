import { describe, expect, it } from "vitest";
import { AetheriaError } from "../contract/errors.ts";
import type { Model, ModelChunk, ModelRequest } from "../core/ports.ts";
import { callsTool, says, scriptedModel } from "./scripted-model.ts";

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
