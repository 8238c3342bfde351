import { afterEach, describe, expect, it } from "vitest";
import { AetheriaError } from "../../../contract/errors.ts";
import {
  openTestServer,
  sendEvents,
  sendJson,
  type Answering,
  type TestServer,
} from "../../../testing/http-server.ts";
import { ask, collect, readTool, textOf } from "../../../testing/model-suite.ts";
import { createFactBook } from "../model-facts.ts";
import { createOpenAiProvider, type OpenAiParts } from "./openai-provider.ts";

const open: TestServer[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

async function start(answer: Answering): Promise<TestServer> {
  const server = await openTestServer(answer);
  open.push(server);
  return server;
}

const slow = { firstByteTimeoutMs: 10_000, idleTimeoutMs: 10_000 };

function modelAt(url: string, more: Partial<OpenAiParts> = {}, name = "llama-3.3") {
  const parts: OpenAiParts = {
    fetch: globalThis.fetch,
    key: async () => ({ key: "sk-test", baseUrl: url, source: "settings" }),
    facts: createFactBook(),
    timeouts: slow,
    localTimeouts: slow,
    listTimeouts: slow,
    now: () => Date.parse("2026-11-22T12:00:00Z"),
    ...more,
  };
  return createOpenAiProvider(parts).open(name);
}

const hostOf = (server: TestServer) => new URL(server.url).host;
const piece = (delta: object, finish_reason: string | null = null) => ({
  choices: [{ index: 0, delta, finish_reason }],
});

describe("an OpenAI-style server that", () => {
  it("answers with a web page is named, with its address", async () => {
    const server = await start((_seen, response) => {
      response.writeHead(200, { "content-type": "text/html" });
      response.end("<!doctype html><title>Welcome</title>");
    });
    await expect(collect(modelAt(`${server.url}/v1`), ask("Hi"))).rejects.toMatchObject({
      code: "model_bad_response",
      message: `${hostOf(server)} answered with a web page, not a model: check the address.`,
      hint: expect.stringContaining(`${server.url}/v1`),
      retryable: false,
    });
  });

  it("answers 404 with a web page is not asked for the other API", async () => {
    const server = await start((_seen, response) => {
      response.writeHead(404, { "content-type": "text/html" });
      response.end("<html>nothing here</html>");
    });
    await expect(collect(modelAt(server.url), ask("Hi"))).rejects.toMatchObject({
      code: "model_bad_response",
    });
    expect(server.seen).toHaveLength(1);
  });

  it.each([
    ["text instead of a stream", "text/plain", "hello there"],
    ["JSON instead of a stream", "application/json", '{"hello":"there"}'],
    ["a stream of garbage", "text/event-stream", "data: {not json\n\n"],
    ["a stream of other things", "text/event-stream", 'data: {"hello":1}\n\ndata: [DONE]\n\n'],
  ])("sends %s is no model", async (_what, type, body) => {
    const server = await start((_seen, response) => {
      response.writeHead(200, { "content-type": type });
      response.end(body);
    });
    await expect(collect(modelAt(server.url), ask("Hi"))).rejects.toMatchObject({
      code: "model_bad_response",
      message: `${hostOf(server)} answered with something that is not a model's answer.`,
      retryable: false,
    });
  });

  it("does not answer is unreachable, not retried", async () => {
    const server = await start(() => {});
    await server.close();
    await expect(collect(modelAt(server.url), ask("Hi"))).rejects.toMatchObject({
      code: "model_unreachable",
      message: `${hostOf(server)} could not be reached at ${server.url}: nothing answers there.`,
      retryable: false,
    });
  });

  it("speaks http where https was asked for says so", async () => {
    const server = await start((_seen, response) => void response.end());
    const url = server.url.replace("http:", "https:");
    await expect(collect(modelAt(url), ask("Hi"))).rejects.toMatchObject({
      code: "model_unreachable",
      message: expect.stringMatching(/: it does not speak https\.$/),
    });
  });

  it("falls silent in the middle is given up, and its connection closed", async () => {
    const server = await start((_seen, response) =>
      sendEvents(response, [piece({ content: "He" })]),
    );
    const model = modelAt(server.url, {
      localTimeouts: { firstByteTimeoutMs: 10_000, idleTimeoutMs: 30 },
    });
    await expect(collect(model, ask("Hi"))).rejects.toMatchObject({
      code: "timeout",
      retryable: true,
    });
    await server.hungUp;
  });

  it("never begins is given up", async () => {
    const server = await start(() => {});
    const model = modelAt(server.url, {
      localTimeouts: { firstByteTimeoutMs: 30, idleTimeoutMs: 10_000 },
    });
    await expect(collect(model, ask("Hi"))).rejects.toMatchObject({ code: "timeout" });
    await server.hungUp;
  });

  it("sees its connection closed at once when the person stops", async () => {
    const server = await start((_seen, response) =>
      sendEvents(response, [piece({ content: "He" })]),
    );
    const stop = new AbortController();
    const read = async () => {
      for await (const _chunk of modelAt(server.url).stream(ask("Hi"), stop.signal)) stop.abort();
    };
    await expect(read()).rejects.toMatchObject({ code: "cancelled" });
    await server.hungUp;
  });

  it("sees its connection closed when the reader stops reading", async () => {
    const server = await start((_seen, response) =>
      sendEvents(response, [piece({ content: "He" })]),
    );
    for await (const _chunk of modelAt(server.url).stream(ask("Hi"), new AbortController().signal))
      break;
    await server.hungUp;
  });

  it.each([
    [{ "retry-after": "7" }, 7_000],
    [{ "retry-after-ms": "1500", "retry-after": "9" }, 1_500],
    [{ "retry-after": "Sun, 22 Nov 2026 12:00:30 GMT" }, 30_000],
    [{ "retry-after": "Sun, 22 Nov 2026 11:00:00 GMT" }, 0],
    [{ "retry-after": "soon" }, undefined],
  ])("asks to wait with %j is understood", async (headers, retryAfterMs) => {
    const server = await start((_seen, response) => {
      response.writeHead(429, { "content-type": "application/json", ...headers });
      response.end('{"error":{"message":"slow down"}}');
    });
    const problem = await collect(modelAt(server.url), ask("Hi")).catch((error: unknown) => error);
    expect(problem).toMatchObject({ code: "rate_limited", retryable: true });
    expect(problem instanceof AetheriaError && problem.retryAfterMs).toBe(retryAfterMs);
  });

  it.each([
    [403, { message: "no access" }, { code: "model_unauthorized" }],
    [429, { message: "x", code: "insufficient_quota" }, { code: "rate_limited", retryable: false }],
    [500, { message: "boom" }, { code: "model_overloaded", retryable: true }],
    [400, { message: "x", code: "content_filter" }, { code: "model_refused" }],
    [400, { message: "prompt is too long: 210000 tokens" }, { code: "context_overflow" }],
    [400, { message: "Unknown field 'foo'" }, { code: "model_bad_response", retryable: false }],
  ])("answers %i %j", async (status, error, expected) => {
    const server = await start((_seen, response) => sendJson(response, { error }, status));
    await expect(collect(modelAt(server.url), ask("Hi"))).rejects.toMatchObject(expected);
    expect(server.seen).toHaveLength(1);
  });

  it("lacks the model: it is named, and what there is is listed", async () => {
    const server = await start((seen, response) =>
      seen.method === "GET"
        ? sendJson(response, {
            data: [{ id: "llama-a" }, { id: "text-embedding-b" }, { id: "qwen-c" }],
          })
        : sendJson(response, { error: { message: "The model `nope` does not exist." } }, 404),
    );
    await expect(collect(modelAt(server.url, {}, "nope"), ask("Hi"))).rejects.toMatchObject({
      code: "model_not_found",
      message: `${hostOf(server)} has no model named “nope”.`,
      hint: "It has: llama-a, qwen-c.",
    });
  });

  it("puts an error into the stream", async () => {
    const error = { code: 502, message: "upstream failed" };
    const server = await start((_seen, response) => {
      sendEvents(response, [piece({ content: "He" }), { error }]);
      response.end();
    });
    await expect(collect(modelAt(server.url), ask("Hi"))).rejects.toMatchObject({
      code: "model_overloaded",
      message: `${hostOf(server)} could not answer: upstream failed.`,
    });
  });

  it("turns down an option is asked again without it, and never again with it", async () => {
    const server = await start((seen, response) => {
      if (seen.body.includes("stream_options"))
        return sendJson(response, { error: { message: "stream_options is not supported" } }, 400);
      sendEvents(response, [piece({ content: "Hi" }, "stop"), "[DONE]"]);
      response.end();
    });
    const model = modelAt(server.url);
    expect(textOf(await collect(model, ask("Hi")))).toBe("Hi");
    expect(textOf(await collect(model, ask("Hi")))).toBe("Hi");
    expect(server.seen).toHaveLength(3);
  });

  it("speaks only the Responses API is found out once", async () => {
    const server = await start((seen, response) => {
      if (seen.path !== "/responses") return sendJson(response, { error: "Not Found" }, 404);
      sendEvents(response, [
        { type: "response.output_text.delta", delta: "Hi" },
        { type: "response.completed", response: { usage: { input_tokens: 1, output_tokens: 1 } } },
      ]);
      response.end();
    });
    const model = modelAt(server.url);
    expect(textOf(await collect(model, ask("Hi")))).toBe("Hi");
    await collect(model, ask("Hi"));
    expect(server.seen.map((seen) => seen.path)).toEqual([
      "/chat/completions",
      "/responses",
      "/responses",
    ]);
  });

  it("leaves thoughts in the text has them told apart", async () => {
    const server = await start((_seen, response) => {
      const pieces = ["<thi", "nk>Hm", ".</think>\n", "Yes", "."].map((content) =>
        piece({ content }),
      );
      sendEvents(response, [...pieces, piece({}, "stop"), "[DONE]"]);
      response.end();
    });
    const chunks = await collect(modelAt(server.url), ask("Hi"));
    expect([textOf(chunks, "reasoning"), textOf(chunks)]).toEqual(["Hm.", "Yes."]);
  });

  it("turns down reasoning summaries still gets encrypted reasoning asked for", async () => {
    const server = await start((seen, response) => {
      const message = "Your organization must be verified to generate reasoning summaries.";
      if (seen.path !== "/responses") return sendJson(response, { error: "Not Found" }, 404);
      if (seen.body.includes('"summary"'))
        return sendJson(response, { error: { message, param: "reasoning.summary" } }, 400);
      sendEvents(response, [{ type: "response.completed", response: {} }]);
      response.end();
    });
    await collect(modelAt(server.url, {}, "gpt-5.2"), ask("Hi"));
    const sent = JSON.parse(server.seen.at(-1)?.body ?? "{}");
    expect(sent).not.toHaveProperty("reasoning");
    expect(sent.include).toEqual(["reasoning.encrypted_content"]);
  });

  it("wants no key gets none", async () => {
    const server = await start((_seen, response) => {
      sendEvents(response, [piece({ content: "Hi" }, "stop"), "[DONE]"]);
      response.end();
    });
    const key = async () => ({ key: "", baseUrl: server.url, source: "environment" as const });
    await collect(modelAt(server.url, { key }), ask("Hi"));
    expect(server.seen[0]?.headers.authorization).toBeUndefined();
  });
});

describe("what the egress room throws", () => {
  it.each(["offline", "host_blocked"] as const)("passes through untouched: %s", async (code) => {
    const blocked = new AetheriaError(code, "Aetheria is offline.");
    const fetch = () => Promise.reject(blocked);
    await expect(collect(modelAt("http://x.test", { fetch }), ask("Hi"))).rejects.toBe(blocked);
  });
});

describe("reasoning carried back", () => {
  it("goes to the same chat server while the run lasts", async () => {
    const server = await start((_seen, response) => {
      const call = {
        index: 0,
        id: "c1",
        function: { name: "read_file", arguments: '{"path":"a"}' },
      };
      const signed = { ...call, extra_content: { google: { thought_signature: "sig" } } };
      sendEvents(response, [
        piece({ reasoning_content: "Hm." }),
        piece({ tool_calls: [signed] }, "tool_calls"),
        "[DONE]",
      ]);
      response.end();
    });
    const model = modelAt(server.url);
    const request = ask("Hi", { tools: [readTool] });
    const chunks = await collect(model, request);
    const data = chunks.find((chunk) => chunk.type === "reasoning_data");
    request.messages.push(
      {
        role: "assistant",
        text: "",
        reasoning: { text: "Hm.", providerData: structuredClone(data?.providerData) },
        toolCalls: [{ id: "c1", name: "read_file", argumentsText: '{"path":"a"}' }],
      },
      { role: "tool", callId: "c1", name: "read_file", text: "A" },
    );
    await collect(model, request);
    const sent = JSON.parse(server.seen[1]?.body ?? "{}");
    expect(sent.messages[2]).toMatchObject({
      reasoning_content: "Hm.",
      tool_calls: [{ extra_content: { google: { thought_signature: "sig" } } }],
    });

    request.messages.push({ role: "user", parts: [{ type: "text", text: "Go on." }] });
    await collect(model, request);
    expect(JSON.parse(server.seen[2]?.body ?? "{}").messages[2]).not.toHaveProperty(
      "reasoning_content",
    );
  });

  it("goes back encrypted and in its order to the Responses API", async () => {
    const reasoning = { type: "reasoning", id: "rs_1", summary: [], encrypted_content: "sealed" };
    const call = { type: "function_call", id: "fc_1", call_id: "c1", name: "read_file" };
    const server = await start((seen, response) => {
      if (seen.path !== "/responses") return sendJson(response, {}, 404);
      sendEvents(response, [
        { type: "response.output_item.done", item: reasoning },
        { type: "response.output_item.done", item: { ...call, arguments: '{"path":"a"}' } },
        { type: "response.completed", response: {} },
      ]);
      response.end();
    });
    const model = modelAt(server.url, {}, "gpt-5.2");
    const request = ask("Hi", { tools: [readTool] });
    const chunks = await collect(model, request);
    const data = chunks.find((chunk) => chunk.type === "reasoning_data");
    request.messages.push(
      {
        role: "assistant",
        text: "",
        reasoning: { text: "", providerData: structuredClone(data?.providerData) },
        toolCalls: [{ id: "c1", name: "read_file", argumentsText: '{"path":"a"}' }],
      },
      { role: "tool", callId: "c1", name: "read_file", text: "A" },
    );
    await collect(model, request);
    const sent = JSON.parse(server.seen.at(-1)?.body ?? "{}");
    expect(sent.store).toBe(false);
    expect(sent.include).toEqual(["reasoning.encrypted_content"]);
    expect(sent.input.slice(1)).toEqual([
      reasoning,
      { ...call, arguments: '{"path":"a"}' },
      { type: "function_call_output", call_id: "c1", output: "A" },
    ]);
  });
});
