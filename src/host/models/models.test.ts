import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterEach, describe, expect, it } from "vitest";
import type { Push } from "../../contract/calls.ts";
import { defaultSettings, type Settings } from "../../contract/settings.ts";
import { openFakeOllama, type FakeOllamaScript } from "../../testing/fake-ollama.ts";
import { openTestServer, sendJson, type TestServer } from "../../testing/http-server.ts";
import { createModelCalls } from "./model-calls.ts";
import { createModels, type ModelRoom, type ProviderKey } from "./models.ts";

const open: TestServer[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

async function openAi(ids: string[]): Promise<TestServer> {
  const server = await openTestServer((seen, response) =>
    seen.headers.authorization === "Bearer wrong"
      ? sendJson(response, { error: { message: "Incorrect API key provided" } }, 401)
      : sendJson(response, { data: ids.map((id) => ({ id })) }),
  );
  open.push(server);
  return server;
}

async function ollama(script: FakeOllamaScript) {
  const fake = await openFakeOllama(script);
  open.push(fake);
  return fake;
}

type Setup = {
  ollama?: TestServer;
  key?: ProviderKey | null;
  settings?: Partial<Settings>;
  fetch?: typeof fetch;
};

function models(setup: Setup): ModelRoom {
  return createModels({
    fetch: setup.fetch ?? globalThis.fetch,
    keyFor: async () => setup.key ?? null,
    settings: () => ({ ...defaultSettings, ...setup.settings }),
    env: { OLLAMA_HOST: setup.ollama?.url ?? "http://127.0.0.1:1" },
    clock: { now: Date.now },
    memoryBytes: 16 * 1024 ** 3,
  });
}

const keyAt = (server: TestServer, key = "sk-1"): ProviderKey => ({
  key,
  baseUrl: server.url,
  source: "settings",
});

describe("the choice of a model", () => {
  it("is the person's own, without asking anybody", async () => {
    const model = { provider: "ollama", name: "mine" };
    const room = models({
      settings: { model },
      fetch: () => Promise.reject(new Error("nobody may be asked")),
    });
    expect(await room.choose()).toEqual(model);
  });

  it("is a good one that the server really lists", async () => {
    const server = await openAi([
      "gpt-3.5-turbo",
      "text-embedding-3-small",
      "gpt-5.2",
      "whisper-1",
    ]);
    const room = models({ key: keyAt(server) });
    expect(await room.choose()).toEqual({ provider: "openai", name: "gpt-5.2" });
  });

  it("is the first listed one of an unknown server", async () => {
    const server = await openAi(["bge-m3", "some-local-model"]);
    const catalog = await models({ key: keyAt(server) }).catalog(true);
    expect(catalog.chosen).toEqual({ provider: "openai", name: "some-local-model" });
    expect(catalog.why).toBe(`It is the first one that ${new URL(server.url).host} offers.`);
  });

  it("is the largest local one with tools that fits, not an embedding model", async () => {
    const gb = 1024 ** 3;
    const fake = await ollama({
      models: [
        { name: "nomic-embed-text", sizeBytes: gb },
        { name: "phi", sizeBytes: 8 * gb, capabilities: ["completion"] },
        { name: "qwen3:8b", sizeBytes: 5 * gb },
        { name: "qwen3:4b", sizeBytes: 3 * gb },
        { name: "llama:70b", sizeBytes: 40 * gb },
      ],
    });
    const room = models({ ollama: fake });
    expect(await room.choose()).toEqual({ provider: "ollama", name: "qwen3:8b" });
  });

  it("stays on this machine while offline, and says so", async () => {
    const server = await openAi(["gpt-5.2"]);
    const fake = await ollama({ models: [{ name: "qwen3:8b" }] });
    const key: ProviderKey = { key: "sk", source: "settings" };
    const room = models({ ollama: fake, key, settings: { offline: true } });
    const catalog = await room.catalog(false);
    expect(catalog.chosen).toEqual({ provider: "ollama", name: "qwen3:8b" });
    expect(catalog.why).toContain("Nothing leaves it while offline.");
    expect(server.seen).toEqual([]);
  });

  it("is none on a fresh machine, with the way to get one", async () => {
    const room = models({});
    await expect(room.choose()).rejects.toMatchObject({
      code: "model_missing",
      message: "There is no model yet.",
      hint: expect.stringMatching(/key.*Ollama/),
    });
    const catalog = await room.catalog(false);
    expect(catalog.chosen).toBeNull();
    expect(catalog.why).toContain("There is no model yet.");
    expect(catalog.providers.map((provider) => [provider.provider, provider.ready])).toEqual([
      ["openai", false],
      ["ollama", false],
    ]);
  });

  it("is none when the key is wrong, and that is what is said", async () => {
    const server = await openAi([]);
    const room = models({ key: keyAt(server, "wrong") });
    await expect(room.choose()).rejects.toMatchObject({ code: "model_unauthorized" });
  });

  it("falls to Ollama when the server with the key cannot be reached", async () => {
    const server = await openAi([]);
    await server.close();
    const fake = await ollama({ models: [{ name: "qwen3:8b" }] });
    const room = models({ ollama: fake, key: keyAt(server) });
    expect(await room.choose()).toEqual({ provider: "ollama", name: "qwen3:8b" });
  });

  it("suggests a download when Ollama has nothing", async () => {
    const room = models({ ollama: await ollama({}) });
    await expect(room.choose()).rejects.toMatchObject({
      message: "Ollama is running, but has no model that can chat.",
      hint: expect.stringContaining("qwen3:8b"),
    });
  });
});

describe("what a model costs", () => {
  const usage = { inputTokens: 1_000_000, outputTokens: 100_000, cachedTokens: 400_000 };

  it("counts cached tokens at their own price", () => {
    const ref = { provider: "openai", name: "gpt-4.1-2025-04-14" };
    expect(models({}).cost(ref, usage)).toBeCloseTo(0.6 * 2 + 0.4 * 0.5 + 0.1 * 8);
  });

  it("counts a long request at its higher price", () => {
    const ref = { provider: "openai", name: "gpt-6-sol" };
    expect(models({}).cost(ref, usage)).toBeCloseTo((0.6 * 2 + 0.4 * 0.2) * 2 + 0.1 * 10 * 1.5);
  });

  it("is nothing for local models, and unknown for unknown ones", async () => {
    const server = await openAi(["gpt-4.1"]);
    const room = models({ key: keyAt(server) });
    expect(room.cost({ provider: "ollama", name: "qwen3:8b" }, usage)).toBe(0);
    expect(room.cost({ provider: "ollama", name: "glm-4.6:cloud" }, usage)).toBeNull();
    expect(room.cost({ provider: "openai", name: "somebody-elses" }, usage)).toBeNull();
    await room.catalog(false);
    expect(room.cost({ provider: "openai", name: "gpt-4.1" }, usage)).toBe(0);
  });
});

describe("models", () => {
  it("are known by provider: another one is refused at once", () => {
    expect(() => models({}).open({ provider: "nobody", name: "x" })).toThrow(
      expect.objectContaining({ code: "model_not_found" }),
    );
  });

  it("take window and price from what the server lists", async () => {
    const entry = {
      id: "vendor/big-model",
      context_length: 131_072,
      pricing: { prompt: "0.000001", completion: "0.000002" },
      supported_parameters: ["tools"],
    };
    const server = await openTestServer((_seen, response) => sendJson(response, { data: [entry] }));
    open.push(server);
    // A name that is not loopback, so that the price counts.
    const fetch: typeof globalThis.fetch = (input, init) =>
      globalThis.fetch(String(input).replace("http://router.test", server.url), init);
    const key: ProviderKey = { key: "k", baseUrl: "http://router.test", source: "settings" };
    const room = models({ key, fetch });
    const ref = { provider: "openai", name: "vendor/big-model" };
    expect(await room.open(ref).info(new AbortController().signal)).toMatchObject({
      contextTokens: 131_072,
      tools: true,
      reasoning: false,
      local: false,
      price: { input: 1, output: 2 },
    });
  });

  it("check a new key against its own server", async () => {
    const server = await openAi(["gpt-5.2"]);
    const room = models({});
    await room.checkKey("openai", { key: "right", baseUrl: server.url });
    await expect(
      room.checkKey("openai", { key: "wrong", baseUrl: server.url }),
    ).rejects.toMatchObject({
      code: "model_unauthorized",
      message: `The key for ${new URL(server.url).host} was refused.`,
    });
  });

  it("say in one sentence why a new key's server will not do", async () => {
    const page = await openTestServer((_seen, response) => {
      response.writeHead(200, { "content-type": "text/html" });
      response.end("<html></html>");
    });
    open.push(page);
    const gone = await openAi([]);
    await gone.close();
    const check = (baseUrl: string) => models({}).checkKey("openai", { key: "k", baseUrl });
    await expect(check(page.url)).rejects.toMatchObject({
      message: expect.stringMatching(/answered with a web page, not a model: check the address\.$/),
    });
    await expect(check(gone.url)).rejects.toMatchObject({
      message: expect.stringMatching(/could not be reached at .*: nothing answers there\.$/),
    });
  });

  it("load neither package before one is used", async () => {
    const script = `
      import { registerHooks } from "node:module";
      const seen = [];
      registerHooks({ resolve(name, context, next) { seen.push(name); return next(name, context); } });
      await import(${JSON.stringify(new URL("./models.ts", import.meta.url).href)});
      console.log(JSON.stringify(seen));`;
    const args = ["--no-warnings", "--input-type=module", "-e", script];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    const loaded: unknown = JSON.parse(stdout);
    expect(loaded).toContain("./openai/openai-provider.ts");
    expect(loaded).not.toContain("openai");
    expect(loaded).not.toContain("ollama");
  });
});

describe("downloading a model", () => {
  const layer = (digest: string, completed: number, total: number) => ({
    status: `pulling ${digest}`,
    digest,
    completed,
    total,
  });

  it("adds its layers up, says when it is ready, and is one download for many askers", async () => {
    const steps = [{ status: "pulling manifest" }, layer("a", 50, 100), layer("b", 10, 300)];
    const fake = await ollama({ pulls: { "qwen3:4b": { steps } } });
    const pushes: Push[] = [];
    const calls = createModelCalls({
      models: models({ ollama: fake }),
      broadcast: (push) => pushes.push(push),
    });
    const name = "qwen3:4b";
    await Promise.all([calls["model.pull"]({ name }), calls["model.pull"]({ name: ` ${name}` })]);
    expect(fake.seen.filter((seen) => seen.path === "/api/pull")).toHaveLength(1);
    const progress = pushes.flatMap((push) =>
      push.type === "model.progress" ? push.progress : [],
    );
    expect(progress).toContainEqual(
      expect.objectContaining({ status: "Downloading", doneBytes: 60, totalBytes: 400 }),
    );
    expect(progress.at(-1)).toMatchObject({ finished: true, status: "Ready" });
    expect(pushes.at(-1)).toEqual({ type: "models.changed" });
    expect((await calls["model.list"]({})).chosen).toEqual({ provider: "ollama", name });
  });

  it("stops when told to, and Ollama notices", async () => {
    const steps = [layer("a", 1, 100)];
    const fake = await ollama({ pulls: { big: { steps, wait: new Promise(() => {}) } } });
    let started = () => {};
    const downloading = new Promise<void>((resolve) => (started = resolve));
    const pushes: Push[] = [];
    const calls = createModelCalls({
      models: models({ ollama: fake }),
      broadcast: (push) => {
        pushes.push(push);
        if (push.type === "model.progress" && push.progress.doneBytes === 1) started();
      },
    });
    const pulling = calls["model.pull"]({ name: "big" });
    const outcome = expect(pulling).rejects.toMatchObject({ code: "cancelled" });
    await downloading;
    await calls["model.pullStop"]({ name: "big" });
    await outcome;
    await fake.hungUp;
    expect(pushes.at(-1)).toMatchObject({
      progress: { finished: true, error: { message: "The download of “big” was stopped." } },
    });
  });

  it("says when the library has no such model", async () => {
    const calls = createModelCalls({
      models: models({ ollama: await ollama({}) }),
      broadcast: () => {},
    });
    await expect(calls["model.pull"]({ name: "nope" })).rejects.toMatchObject({
      code: "model_not_found",
      message: "Ollama's library has no model named “nope”.",
    });
  });

  it("does not happen while offline", async () => {
    const fake = await ollama({ pulls: { m: { steps: [] } } });
    const room = models({ ollama: fake, settings: { offline: true } });
    await expect(room.pull("m", () => {}, new AbortController().signal)).rejects.toMatchObject({
      code: "offline",
    });
    expect(fake.seen).toEqual([]);
  });
});
