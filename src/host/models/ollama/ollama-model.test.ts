import { LLMock } from "@copilotkit/aimock";
import { afterEach, describe, expect, it } from "vitest";
import { aimockFixture } from "../../../testing/aimock-fixture.ts";
import {
  openFakeOllama,
  type FakeOllama,
  type FakeOllamaScript,
} from "../../../testing/fake-ollama.ts";
import {
  ask,
  collect,
  modelSuite,
  readTool,
  textOf,
  type ModelBackend,
} from "../../../testing/model-suite.ts";
import { createFactBook } from "../model-facts.ts";
import { createOllamaProvider } from "./ollama-provider.ts";

const timeouts = { firstByteTimeoutMs: 10_000, idleTimeoutMs: 10_000 };

const providerAt = (url: string, more: { offline?: boolean; memoryBytes?: number } = {}) =>
  createOllamaProvider({
    fetch: globalThis.fetch,
    address: () => url,
    isOffline: () => more.offline ?? false,
    facts: createFactBook(),
    timeouts,
    listTimeouts: timeouts,
    memoryBytes: more.memoryBytes ?? 16 * 1024 ** 3,
    now: Date.now,
  });

async function aimockBackend(): Promise<ModelBackend> {
  const mock = new LLMock({ port: 0, logLevel: "silent" });
  await mock.start();
  const fake = await openFakeOllama({
    models: [{ name: "qwen3:8b", capabilities: ["completion", "tools", "thinking", "vision"] }],
    chat: { url: mock.url },
  });
  return {
    cutShows: "as an error",
    async open(answers) {
      answers.forEach((answer, n) => mock.addFixture(aimockFixture(answer, n)));
      return providerAt(fake.url).open("qwen3:8b");
    },
    requests: () => fake.chats,
    async close() {
      await fake.close();
      await mock.stop();
    },
  };
}

modelSuite("Ollama", aimockBackend);

describe("an Ollama model", () => {
  const open: FakeOllama[] = [];
  afterEach(async () => {
    await Promise.all(open.splice(0).map((fake) => fake.close()));
  });
  const start = async (script: FakeOllamaScript) => {
    const fake = await openFakeOllama(script);
    open.push(fake);
    return fake;
  };
  const done = { model: "m", message: { role: "assistant", content: "ok" }, done: true };
  const line = { ...done, done_reason: "stop", prompt_eval_count: 12, eval_count: 3 };

  it("sets the window to what memory affords, and reports that one", async () => {
    const models = [{ name: "m", contextLength: 262_144 }];
    const fake = await start({ models, chat: [line] });
    const model = providerAt(fake.url, { memoryBytes: 8 * 1024 ** 3 }).open("m");
    const info = await model.info(new AbortController().signal);
    await collect(model, ask("Hi"));
    expect(info.contextTokens).toBe(16_384);
    expect(fake.chats[0]).toMatchObject({ options: { num_ctx: 16_384 } });
  });

  it("keeps a window the person wrote into the Modelfile, up to what the model can", async () => {
    const fake = await start({
      models: [{ name: "m", contextLength: 8_192, parameters: "stop x\nnum_ctx    65536\n" }],
    });
    const info = await providerAt(fake.url).open("m").info(new AbortController().signal);
    expect(info.contextTokens).toBe(8_192);
  });

  it("offers no tools and asks for no thinking where the model can do neither", async () => {
    const fake = await start({
      models: [{ name: "m", capabilities: ["completion"] }],
      chat: [line],
    });
    const model = providerAt(fake.url).open("m");
    await collect(model, ask("Hi", { tools: [readTool] }));
    expect(fake.chats[0]).not.toHaveProperty("tools");
    expect(fake.chats[0]).not.toHaveProperty("think");
    expect((await model.info(new AbortController().signal)).tools).toBe(false);
  });

  it("names what there is when a model is not there", async () => {
    const fake = await start({ models: [{ name: "qwen3:8b" }] });
    await expect(collect(providerAt(fake.url).open("nope"), ask("Hi"))).rejects.toMatchObject({
      code: "model_not_found",
      message: "Ollama has no model named “nope”.",
      hint: expect.stringContaining("It has: qwen3:8b."),
    });
  });

  it("says how to get Ollama when nothing answers", async () => {
    const fake = await start({});
    await fake.close();
    const provider = providerAt(fake.url);
    const { state, models } = await provider.list(false);
    expect(models).toEqual([]);
    expect(state).toMatchObject({
      ready: false,
      error: {
        code: "model_unreachable",
        message: `Ollama could not be reached at ${fake.url}: nothing answers there.`,
        hint: expect.stringContaining("https://ollama.com/download"),
      },
    });
  });

  it("reports an error line in the stream as the server's words", async () => {
    const fake = await start({
      models: [{ name: "m" }],
      chat: [{ error: "model runner has unexpectedly stopped" }],
    });
    await expect(collect(providerAt(fake.url).open("m"), ask("Hi"))).rejects.toMatchObject({
      code: "model_overloaded",
      message: "Ollama could not answer: model runner has unexpectedly stopped.",
      retryable: true,
    });
  });

  it("does not use a model that runs elsewhere while offline", async () => {
    const models = [{ name: "gpt-oss:120b-cloud", remoteHost: "https://ollama.com:443" }];
    const fake = await start({ models, chat: [line] });
    const model = providerAt(fake.url, { offline: true }).open("gpt-oss:120b-cloud");
    expect(await model.info(new AbortController().signal)).toMatchObject({
      local: false,
      price: null,
    });
    await expect(collect(model, ask("Hi"))).rejects.toMatchObject({ code: "offline" });
    expect(fake.chats).toHaveLength(0);
  });

  it("lists chat models with their version, and leaves out embeddings", async () => {
    const fake = await start({
      version: "0.13.0",
      models: [{ name: "qwen3:8b" }, { name: "nomic-embed-text:latest" }],
    });
    const { state, models } = await providerAt(fake.url).list(false);
    expect(state).toMatchObject({ ready: true, version: "0.13.0", local: true });
    expect(models.map((model) => [model.ref.name, model.title])).toEqual([
      ["qwen3:8b", "qwen3 8.2B"],
    ]);
  });

  it("hangs up on the server when the reader stops reading", async () => {
    let rest = () => {};
    const server = await start({ models: [{ name: "m" }] });
    const slow = await openSlowChat(server, new Promise((resolve) => (rest = () => resolve(null))));
    for await (const chunk of providerAt(slow.url).open("m").stream(ask("Hi"), never()))
      if (chunk.type === "text") break;
    await slow.hungUp;
    rest();
    await slow.close();
  });

  it("has the text of one answer", async () => {
    const fake = await start({ models: [{ name: "m" }], chat: [line] });
    expect(textOf(await collect(providerAt(fake.url).open("m"), ask("Hi")))).toBe("ok");
  });
});

const never = () => new AbortController().signal;

/** Passes everything on, but its chat sends one piece and then waits. */
async function openSlowChat(fake: FakeOllama, rest: Promise<unknown>) {
  const { openTestServer } = await import("../../../testing/http-server.ts");
  return openTestServer(async (seen, response) => {
    if (seen.path !== "/api/chat") {
      const init = seen.method === "GET" ? {} : { method: seen.method, body: seen.body };
      const answer = await fetch(`${fake.url}${seen.path}`, init);
      response.writeHead(answer.status, { "content-type": "application/json" });
      response.end(await answer.text());
      return;
    }
    response.writeHead(200, { "content-type": "application/x-ndjson" });
    response.write(`${JSON.stringify({ message: { content: "one " }, done: false })}\n`);
    await rest;
  });
}
