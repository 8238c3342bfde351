import { afterEach, describe, expect, it } from "vitest";
import type { ErrorData } from "../contract/errors.ts";
import { documented } from "../testing/bad-input-document.ts";
import { openTestServer, sendEvents, sendJson, type Answering } from "../testing/http-server.ts";
import { openRealHost, type RealHost } from "../testing/real-host.ts";

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

const piece = (content: string, finish_reason: string | null = null) => ({
  choices: [{ index: 0, delta: { content }, finish_reason }],
});

const answers = (response: Parameters<Answering>[1], text: string) => {
  sendEvents(response, [piece(text), piece("", "stop"), "[DONE]"]);
  response.end();
};

/** A model server that is wrong until `mend` is called, and a host that uses it. */
async function withServer(wrong: Answering, models = ["llama-a", "qwen-b"]) {
  let isMended = false;
  const server = await openTestServer((seen, response, request) => {
    if (isMended && seen.method === "GET")
      return sendJson(response, { data: models.map((id) => ({ id })) });
    if (isMended) return answers(response, "All well.");
    return wrong(seen, response, request);
  });
  open.push(server);
  const url = `${server.url}/v1`;
  const at = await openRealHost({
    env: { OPENAI_API_KEY: "sk-wrong-key-0000", OPENAI_BASE_URL: url },
  });
  open.push(at);
  const names = { [server.url]: "http://HOST", [new URL(server.url).host]: "HOST" };
  return { ...at, server, names, mend: () => void (isMended = true) };
}

const model = { provider: "openai", name: "llama-a" };

/** The same session answers once the reason is gone, with everything still in it. */
async function stillWorks(at: { mend(): void }, session: Awaited<ReturnType<RealHost["start"]>>) {
  at.mend();
  expect(await session.ask("Are you well?")).toMatchObject({ outcome: "done" });
  expect(session.events.at(-2)).toMatchObject({ data: { text: "All well." } });
  const sent = session.events.flatMap((e) => (e.type === "message.sent" ? [e.data.text] : []));
  expect(sent).toEqual(["Hello", "Are you well?"]);
}

describe("a person whose model cannot answer reads why and what to do:", () => {
  const refusals: [string, Answering, Partial<ErrorData>][] = [
    [
      "a wrong key",
      (_seen, response) => sendJson(response, { error: { message: "Incorrect API key" } }, 401),
      {
        code: "model_unauthorized",
        message: "The key for HOST was refused.",
        hint: "Check the key in Settings › Models, or make a new one.",
      },
    ],
    [
      "a model that does not exist",
      (seen, response) =>
        seen.method === "GET"
          ? sendJson(response, { data: [{ id: "qwen-b" }] })
          : sendJson(response, { error: { message: "The model does not exist" } }, 404),
      {
        code: "model_not_found",
        message: "HOST has no model named “llama-a”.",
        hint: "It has: qwen-b.",
      },
    ],
    [
      "an endpoint that returns a web page",
      (_seen, response) => {
        response.writeHead(200, { "content-type": "text/html" });
        response.end("<!doctype html><title>Welcome to nginx</title>");
      },
      {
        code: "model_bad_response",
        message: "HOST answered with a web page, not a model: check the address.",
        hint: "The address in use is http://HOST/v1. Most servers want it to end in /v1.",
      },
    ],
    [
      "an endpoint that is no model",
      (_seen, response) => sendJson(response, { hello: "there" }),
      {
        code: "model_bad_response",
        message: "HOST answered with something that is not a model's answer.",
        hint: "Check that http://HOST/v1 is the address of a model server.",
      },
    ],
  ];

  it.each(refusals)("%s", async (_name, wrong, expected) => {
    const at = await withServer(wrong);
    const session = await at.start({ model });
    const end = await session.ask("Hello");
    expect(end.outcome).toBe("failed");
    expect(documented(end.error, at.names)).toMatchObject(expected);
    await stillWorks(at, session);
  });

  it("a server that is not there", async () => {
    const at = await withServer(() => {});
    await at.server.close();
    const session = await at.start({ model });
    const end = await session.ask("Hello");
    expect(documented(end.error, at.names)).toMatchObject({
      code: "model_unreachable",
      message: "HOST could not be reached at http://HOST/v1: nothing answers there.",
      hint: "Start the model server, or check its address.",
    });
  });

  it("a key that is wrong when it is given: it is not kept", async () => {
    const at = await withServer((_seen, response) => sendJson(response, {}, 401));
    const given = {
      provider: "openai" as const,
      key: "sk-other-key-111111",
      baseUrl: `${at.server.url}/v1`,
    };
    const refused = await at.client.call("account.connect", given).catch((error: unknown) => error);
    expect(documented(refused, at.names)).toMatchObject({
      message: "The key for HOST was refused.",
    });
    const { accounts } = await at.client.call("account.list", {});
    expect(accounts.find(({ provider }) => provider === "openai")).toMatchObject({
      ...{ source: "environment", keyEnd: "0000" },
    });
    at.mend();
    expect(await at.client.call("account.connect", given)).toMatchObject({ source: "settings" });
  });

  it("no key and no model: the way to get one, and the tools work by hand", async () => {
    const at = await openRealHost();
    open.push(at);
    const session = await at.start();
    const refused = await session.send("Hello").catch((error: unknown) => error);
    expect(documented(refused)).toMatchObject({
      code: "model_missing",
      message: "There is no model yet.",
      hint: "Add a key in Settings › Models, or install Ollama from https://ollama.com/download and download a model.",
    });
    expect(session.events.map(({ type }) => type)).toEqual(["session.created"]);
    const { sessionId } = session;
    const input = { path: "." };
    const { result } = await at.client.call("tool.run", { sessionId, name: "list_files", input });
    expect(result.text).toContain("This session has no folder to work in.");
  });

  it("a chosen model without its key", async () => {
    const at = await openRealHost();
    open.push(at);
    const session = await at.start({ model });
    const end = await session.ask("Hello");
    expect(documented(end.error)).toMatchObject({
      code: "model_missing",
      message: "There is no key for OpenAI, nor the address of a server.",
      hint: "Add a key in Settings › Models, or set OPENAI_API_KEY or OPENAI_BASE_URL.",
    });
  });

  it("a cloud model while offline: the host is named, and nothing was sent", async () => {
    const at = await openRealHost({
      env: {
        OPENAI_API_KEY: "sk-test-0123456789",
        OPENAI_BASE_URL: "http://models.example.com/v1",
      },
    });
    open.push(at);
    await at.client.call("settings.set", { offline: true });
    const session = await at.start({ model });
    const end = await session.ask("Hello");
    expect(documented(end.error, { "models.example.com": "HOST" })).toMatchObject({
      code: "offline",
      message: "Aetheria is offline, so it does not connect to HOST.",
      hint: "Switch to Online in the top bar or in Settings, then try again.",
    });
    const { entries } = await at.client.call("system.egress", { limit: 10 });
    expect(entries.length).toBeGreaterThan(0);
    expect(entries.every((entry) => !entry.allowed && entry.host === "models.example.com")).toBe(
      true,
    );
  });
});

describe("a stream that is cut", () => {
  const half = "The first half of a rather long sentence, ";

  it("once is continued, and nothing is shown twice", async () => {
    let requests = 0;
    const at = await withServer((seen, response) => {
      if (seen.method === "GET") return sendJson(response, { data: [{ id: "llama-a" }] });
      if (++requests > 1) return answers(response, "and the second half.");
      sendEvents(response, [piece(half)]);
      // The piece must be on its way before the line is cut.
      setImmediate(() => response.destroy());
    });
    const session = await at.start({ model });
    const end = await session.ask("Hello");
    expect(end).toMatchObject({ outcome: "done" });
    expect(session.shown()).toBe(`${half}and the second half.`);
    const said = session.events.flatMap((e) => (e.type === "text.finished" ? [e.data.text] : []));
    expect(said).toEqual([session.shown()]);
  });

  it("again and again ends the run with the reason, and keeps what was shown", async () => {
    const at = await withServer((seen, response) => {
      if (seen.method === "GET") return sendJson(response, { data: [{ id: "llama-a" }] });
      sendEvents(response, [piece(half)]);
      setImmediate(() => response.destroy());
    });
    const session = await at.start({ model });
    const end = await session.ask("Hello");
    expect(documented(end.error, at.names)).toMatchObject({
      code: "model_bad_response",
      message: "The connection to HOST was cut before its answer was complete.",
      hint: "Trying again usually helps.",
    });
    const said = session.events.flatMap((e) => (e.type === "text.finished" ? [e.data] : []));
    expect(said).toMatchObject([{ text: half, partial: true }]);
    await stillWorks(at, session);
  });

  it("by silence, the line still open, ends when the person stops it", async () => {
    const at = await withServer((seen, response) => {
      if (seen.method === "GET") return sendJson(response, { data: [{ id: "llama-a" }] });
      sendEvents(response, [piece(half)]);
    });
    const session = await at.start({ model });
    await session.send("Hello");
    await session.untilShown(half);
    const { sessionId } = session;
    expect(await at.client.call("session.stop", { sessionId })).toEqual({ stopped: true });
    await at.server.hungUp;
    expect(await session.until("run.finished")).toMatchObject({ data: { outcome: "stopped" } });
    expect(await session.until("text.finished")).toMatchObject({
      data: { text: half, partial: true },
    });
    await stillWorks(at, session);
  });
});

describe("a budget that is used up", () => {
  it("ends the run before the next step, and says which", async () => {
    let n = 0;
    const at = await withServer((seen, response) => {
      if (seen.method === "GET") return sendJson(response, { data: [{ id: "llama-a" }] });
      const call = { name: "list_files", arguments: JSON.stringify({ path: `folder-${n++}` }) };
      const tool_calls = [{ index: 0, id: `c${n}`, type: "function", function: call }];
      const choices = [{ index: 0, delta: { tool_calls }, finish_reason: "tool_calls" }];
      sendEvents(response, [{ choices }, "[DONE]"]);
      response.end();
    });
    const { budgets } = await at.client.call("settings.get", {});
    await at.client.call("settings.set", { budgets: { ...budgets, stepsPerRun: 2 } });
    const session = await at.start({ model });
    const end = await session.ask("Hello");
    expect(end).toMatchObject({ outcome: "limit", steps: 2 });
    expect(documented(end.error)).toMatchObject({
      code: "budget_exceeded",
      message: "This run stopped at its budget of 2 steps in one run.",
      hint: "Raise the budget in Settings › Budgets, then say “go on”.",
    });
    await stillWorks(at, session);
  });
});
