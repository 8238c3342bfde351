// The promises of the Model port, as one set of tests for every adapter and for the scripted fake.
// A backend is told what the server is to answer and hands over a Model that talks to it.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ToolDescription } from "../contract/tool.ts";
import type { Model, ModelChunk, ModelRequest } from "../core/ports.ts";

export type Answer = {
  text?: string;
  reasoning?: string;
  calls?: { name: string; input: unknown }[];
  /** Ends the connection after this many pieces. */
  cutAfter?: number;
  /** Instead of an answer. */
  status?: { code: number; message: string; type?: string };
};

export type ModelBackend = {
  /** How a cut stream shows: adapters throw, a fake may just end without `end`. */
  cutShows: "as an error" | "as a missing end";
  /** The n-th request gets the n-th answer. */
  open(answers: Answer[]): Promise<Model>;
  /** Bodies of the chat requests so far, as they went out. */
  requests(): unknown[];
  close(): Promise<void>;
};

export const readTool: ToolDescription = {
  name: "read_file",
  family: "files",
  title: "Read a file",
  description: "Reads one file.",
  effect: "read",
  inputSchema: {
    type: "object",
    properties: { path: { type: "string" } },
    required: ["path"],
    additionalProperties: false,
  },
};

export const ask = (text: string, more: Partial<ModelRequest> = {}): ModelRequest => ({
  instructions: "You are a careful helper.",
  messages: [{ role: "user", parts: [{ type: "text", text }] }],
  tools: [],
  cacheKey: "session-1",
  ...more,
});

export async function collect(
  model: Model,
  request: ModelRequest,
  signal = new AbortController().signal,
): Promise<ModelChunk[]> {
  const chunks: ModelChunk[] = [];
  for await (const chunk of model.stream(request, signal)) chunks.push(chunk);
  return chunks;
}

export const textOf = (chunks: ModelChunk[], type: "text" | "reasoning" = "text"): string =>
  chunks.map((chunk) => (chunk.type === type ? chunk.text : "")).join("");

export function modelSuite(name: string, create: () => Promise<ModelBackend>): void {
  describe(`the Model port: ${name}`, () => {
    let backend: ModelBackend;
    beforeEach(async () => {
      backend = await create();
    });
    afterEach(() => backend.close());

    it("streams text in pieces and ends once, as the last thing", async () => {
      const model = await backend.open([{ text: "The quick brown fox jumps over the lazy dog." }]);
      const chunks = await collect(model, ask("Say it."));
      expect(textOf(chunks)).toBe("The quick brown fox jumps over the lazy dog.");
      expect(chunks.filter((chunk) => chunk.type === "text").length).toBeGreaterThan(1);
      expect(chunks.at(-1)).toEqual({ type: "end", reason: "stop" });
      expect(chunks.filter((chunk) => chunk.type === "end")).toHaveLength(1);
    });

    it("keeps reasoning apart from text, before it", async () => {
      const model = await backend.open([{ reasoning: "Four is even.", text: "Yes." }]);
      const chunks = await collect(model, ask("Is four even?"));
      expect(textOf(chunks, "reasoning")).toBe("Four is even.");
      expect(textOf(chunks)).toBe("Yes.");
      const kinds = chunks.map((chunk) => chunk.type);
      expect(kinds.lastIndexOf("reasoning")).toBeLessThan(kinds.indexOf("text"));
    });

    it("hands over each tool call once, whole, with ids that differ", async () => {
      const calls = [
        { name: "read_file", input: { path: "a.txt" } },
        { name: "read_file", input: { path: "größe.txt" } },
      ];
      const model = await backend.open([{ calls }]);
      const chunks = await collect(model, ask("Read both.", { tools: [readTool] }));
      const got = chunks.flatMap((chunk) => (chunk.type === "tool_call" ? [chunk.call] : []));
      expect(
        got.map((call) => ({ name: call.name, input: JSON.parse(call.argumentsText) })),
      ).toEqual(calls);
      expect(new Set(got.map((call) => call.id)).size).toBe(2);
      expect(chunks.at(-1)).toEqual({ type: "end", reason: "tool_calls" });
    });

    it("reports usage once, before the end", async () => {
      const model = await backend.open([{ text: "Fine." }]);
      const chunks = await collect(model, ask("How are you?"));
      const usage = chunks.filter((chunk) => chunk.type === "usage");
      expect(usage).toHaveLength(1);
      expect(usage[0]?.usage.outputTokens).toBeGreaterThanOrEqual(0);
      expect(chunks.at(-2)?.type).toBe("usage");
    });

    it("sends tools, calls, results and pictures of earlier turns", async () => {
      const model = await backend.open([{ text: "A red dot." }]);
      const request = ask("What is in it?", { tools: [readTool] });
      request.messages.push(
        {
          role: "assistant",
          text: "Looking.",
          toolCalls: [{ id: "c1", name: "read_file", argumentsText: '{"path":"dot.png"}' }],
        },
        { role: "tool", callId: "c1", name: "read_file", text: "a picture" },
        {
          role: "user",
          parts: [
            { type: "text", text: "This one." },
            { type: "image", mime: "image/png", bytes: new Uint8Array([1, 2, 3]) },
          ],
        },
      );
      await collect(model, request);
      const sent = JSON.stringify(backend.requests().at(-1));
      for (const piece of ["read_file", "dot.png", "a picture", "This one.", "AQID", "careful"])
        expect(sent).toContain(piece);
    });

    it("shows when the stream was cut, as something that can be retried", async () => {
      const model = await backend.open([
        { text: "One two three four five six seven eight nine ten.", cutAfter: 3 },
      ]);
      const reading = collect(model, ask("Count."));
      if (backend.cutShows === "as a missing end")
        return expect((await reading).map((chunk) => chunk.type)).not.toContain("end");
      await expect(reading).rejects.toMatchObject({
        name: "AetheriaError",
        code: "model_bad_response",
        retryable: true,
      });
    });

    it("names a refused key, and does not retry it", async () => {
      const model = await backend.open([{ status: { code: 401, message: "Incorrect API key" } }]);
      await expect(collect(model, ask("Hello"))).rejects.toMatchObject({
        code: "model_unauthorized",
        retryable: false,
      });
      expect(backend.requests()).toHaveLength(1);
    });

    it("says when there were too many requests", async () => {
      const model = await backend.open([{ status: { code: 429, message: "Rate limit reached" } }]);
      await expect(collect(model, ask("Hello"))).rejects.toMatchObject({
        code: "rate_limited",
        retryable: true,
      });
      expect(backend.requests()).toHaveLength(1);
    });

    it("says when the server is overloaded", async () => {
      const model = await backend.open([{ status: { code: 503, message: "Overloaded" } }]);
      await expect(collect(model, ask("Hello"))).rejects.toMatchObject({
        code: "model_overloaded",
        retryable: true,
      });
    });

    it("says when the conversation is too long", async () => {
      const message = "This model's maximum context length is 8192 tokens.";
      const type = "context_length_exceeded";
      const model = await backend.open([{ status: { code: 400, message, type } }]);
      await expect(collect(model, ask("Hello"))).rejects.toMatchObject({
        code: "context_overflow",
      });
    });

    it("stops at once when it is aborted before and during the stream", async () => {
      const model = await backend.open([{ text: "a ".repeat(400) }, { text: "b" }]);
      const stop = new AbortController();
      const read = async () => {
        for await (const chunk of model.stream(ask("Go on."), stop.signal))
          if (chunk.type === "text") stop.abort();
      };
      await expect(read()).rejects.toMatchObject({ code: "cancelled" });
      await expect(collect(model, ask("Again"), AbortSignal.abort())).rejects.toMatchObject({
        code: "cancelled",
      });
    });
  });
}
