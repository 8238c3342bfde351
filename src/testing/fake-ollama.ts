// An Ollama server for tests: its library of models (tags, show, ps, version, pull), and chat from a
// script or passed on to another server such as aimock. Anything else is refused loudly.
import type { ServerResponse } from "node:http";
import { openTestServer, sendJson, type Seen, type TestServer } from "./http-server.ts";

export type FakeOllamaModel = {
  name: string;
  sizeBytes?: number;
  family?: string;
  parameterSize?: string;
  contextLength?: number;
  capabilities?: string[];
  parameters?: string;
  remoteHost?: string;
};

export type PullScript = { steps: object[]; wait?: Promise<unknown> };

export type FakeOllama = TestServer & {
  /** Bodies of /api/chat, parsed. */
  readonly chats: unknown[];
};

export type FakeOllamaScript = {
  models?: FakeOllamaModel[];
  version?: string;
  /** Lines for one chat, or the base URL of a server that answers chats. */
  chat?: object[] | { url: string };
  /** By name; other names fail as Ollama fails. After `steps` it waits, then succeeds. */
  pulls?: Record<string, PullScript>;
};

export async function openFakeOllama(script: FakeOllamaScript): Promise<FakeOllama> {
  const chats: unknown[] = [];
  const models = script.models ?? [];
  const server = await openTestServer(async (seen, response) => {
    const body: unknown = seen.body === "" ? {} : JSON.parse(seen.body);
    const name = nameIn(body);
    switch (`${seen.method} ${seen.path}`) {
      case "GET /api/version":
        return sendJson(response, { version: script.version ?? "0.12.3" });
      case "GET /api/tags":
        return sendJson(response, { models: models.map(tagOf) });
      case "GET /api/ps":
        return sendJson(response, { models: models.slice(0, 1).map(tagOf) });
      case "POST /api/show":
        return show(response, models, name);
      case "POST /api/pull":
        return pull(response, script.pulls?.[name], name, models);
      case "POST /api/chat":
        chats.push(body);
        return chat(seen, response, script.chat, models, name);
      default:
        return sendJson(response, { error: `unexpected ${seen.method} ${seen.path}` }, 500);
    }
  });
  return Object.assign(server, { chats });
}

const nameIn = (body: unknown): string => {
  if (typeof body !== "object" || body === null) return "";
  const given = "model" in body ? body.model : "name" in body ? body.name : "";
  return typeof given === "string" ? given : "";
};

const tagOf = (model: FakeOllamaModel) => ({
  name: model.name,
  model: model.name,
  modified_at: "2026-11-01T10:00:00Z",
  size: model.sizeBytes ?? 5_000_000_000,
  digest: `sha256:${model.name}`,
  details: detailsOf(model),
  ...(model.remoteHost === undefined ? {} : { remote_host: model.remoteHost }),
});

const detailsOf = (model: FakeOllamaModel) => ({
  family: model.family ?? "qwen3",
  format: "gguf",
  parameter_size: model.parameterSize ?? "8.2B",
  quantization_level: "Q4_K_M",
});

function show(response: ServerResponse, models: FakeOllamaModel[], name: string): void {
  const model = models.find((one) => one.name === name);
  if (!model) return sendJson(response, { error: `model '${name}' not found` }, 404);
  const family = model.family ?? "qwen3";
  sendJson(response, {
    details: detailsOf(model),
    parameters: model.parameters ?? "",
    model_info: {
      "general.architecture": family,
      [`${family}.context_length`]: model.contextLength ?? 40_960,
    },
    capabilities: model.capabilities ?? ["completion", "tools", "thinking"],
    ...(model.remoteHost === undefined ? {} : { remote_host: model.remoteHost }),
  });
}

async function pull(
  response: ServerResponse,
  script: PullScript | undefined,
  name: string,
  models: FakeOllamaModel[],
): Promise<void> {
  if (!script)
    return sendLines(response, [{ error: "pull model manifest: file does not exist" }], true);
  sendLines(response, script.steps, false);
  await script.wait;
  if (response.destroyed) return;
  models.push({ name });
  response.end(`${JSON.stringify({ status: "success" })}\n`);
}

async function chat(
  seen: Seen,
  response: ServerResponse,
  script: FakeOllamaScript["chat"],
  models: FakeOllamaModel[],
  name: string,
): Promise<void> {
  if (!models.some((one) => one.name === name))
    return sendJson(response, { error: `model '${name}' not found` }, 404);
  if (script === undefined) throw new Error("The fake Ollama was not told what to answer.");
  if (!("url" in script)) return sendLines(response, script, true);
  await passOn(`${script.url}${seen.path}`, seen, response);
}

async function passOn(url: string, seen: Seen, response: ServerResponse): Promise<void> {
  const answer = await fetch(url, {
    method: seen.method,
    headers: { "content-type": "application/json" },
    body: seen.body,
  });
  const type = answer.headers.get("content-type") ?? "application/json";
  response.writeHead(answer.status, { "content-type": type });
  let line = "";
  for await (const piece of (answer.body ?? new Blob([]).stream()).pipeThrough(
    new TextDecoderStream(),
  )) {
    const lines = `${line}${piece}`.split("\n");
    line = lines.pop() ?? "";
    for (const whole of lines) response.write(`${asOllama(whole)}\n`);
  }
  response.end(asOllama(line));
}

/** aimock names the thoughts as DeepSeek does; Ollama says `thinking`. */
const asOllama = (line: string): string => line.replace('"reasoning_content":', '"thinking":');

function sendLines(response: ServerResponse, lines: object[], end: boolean): void {
  response.writeHead(200, { "content-type": "application/x-ndjson" });
  for (const line of lines) response.write(`${JSON.stringify(line)}\n`);
  if (end) response.end();
}
