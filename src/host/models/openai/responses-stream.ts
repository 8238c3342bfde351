// The Responses API as a stream of ModelChunks. Nothing is stored at OpenAI: reasoning comes back
// encrypted and is carried by us.
import type OpenAI from "openai";
import type { ModelChunk, ModelRequest } from "../../../core/ports.ts";
import { field, numberField, parseJson, textField } from "../loose-json.ts";
import { cutOff, HttpProblem, notAModel, problemOfHttp } from "../model-problem.ts";
import type { Endpoint, Feature } from "./endpoint.ts";
import type { ResponsesData } from "./provider-data.ts";
import { responsesInput, responsesTools } from "./responses-input.ts";

type Params = OpenAI.Responses.ResponseCreateParamsStreaming;
type Events = AsyncIterable<OpenAI.Responses.ResponseStreamEvent>;
type Output = ResponsesData["output"];

export const responsesFeatures = (reasons: boolean): Feature[] =>
  reasons
    ? ["prompt_cache_key", "reasoning.summary", "reasoning", "include"]
    : ["prompt_cache_key"];

export function responsesParams(
  endpoint: Endpoint,
  model: string,
  request: ModelRequest,
  use: ReadonlySet<Feature>,
): Params {
  const tools = responsesTools(request.tools);
  const summary = use.has("reasoning") && use.has("reasoning.summary");
  return {
    model,
    input: responsesInput(request, { url: endpoint.url, model }),
    stream: true,
    store: false,
    ...(request.instructions === "" ? {} : { instructions: request.instructions }),
    ...(tools.length > 0 ? { tools } : {}),
    ...(use.has("include") ? { include: ["reasoning.encrypted_content"] } : {}),
    ...(summary ? { reasoning: { summary: "auto" } } : {}),
    ...(use.has("prompt_cache_key") ? { prompt_cache_key: request.cacheKey } : {}),
  };
}

type Heard = { any: boolean; ended: boolean; calls: number; output: Output };

export async function* responsesStream(
  events: Events,
  endpoint: Endpoint,
  model: string,
  signal: AbortSignal,
): AsyncGenerator<ModelChunk> {
  const heard: Heard = { any: false, ended: false, calls: 0, output: [] };
  const origin = { url: endpoint.url, model };
  for await (const event of events) {
    heard.any = true;
    yield* read(event, heard, endpoint, origin);
    if (heard.ended) return;
  }
  if (signal.aborted) return;
  throw heard.any ? cutOff(endpoint.asked) : notAModel(endpoint.asked);
}

function* read(
  event: OpenAI.Responses.ResponseStreamEvent,
  heard: Heard,
  endpoint: Endpoint,
  origin: { url: string; model: string },
): Generator<ModelChunk> {
  switch (event.type) {
    case "response.output_text.delta":
    case "response.refusal.delta":
      if (event.delta) yield { type: "text", text: event.delta };
      return;
    case "response.reasoning_summary_text.delta":
    case "response.reasoning_text.delta":
      if (event.delta) yield { type: "reasoning", text: event.delta };
      return;
    case "response.reasoning_summary_part.added":
      if (event.summary_index > 0) yield { type: "reasoning", text: "\n\n" };
      return;
    case "response.output_item.done":
      yield* readItem(event.item, heard);
      return;
    case "response.completed":
    case "response.incomplete":
      yield* closing(event.response, heard, origin);
      return;
    case "response.failed":
      throw failure(event.response.error, endpoint);
    default:
      return;
  }
}

function* readItem(item: OpenAI.Responses.ResponseOutputItem, heard: Heard): Generator<ModelChunk> {
  if (item.type === "reasoning") {
    const kept = parseJson(JSON.stringify(item));
    heard.output.push({ type: "reasoning", item: Object.fromEntries(Object.entries(kept ?? {})) });
  } else if (item.type === "message") {
    const text = item.content.map((part) => textField(part, "text") ?? textField(part, "refusal"));
    const phase = textField(item, "phase");
    heard.output.push({
      type: "message",
      id: item.id,
      text: text.join(""),
      ...(phase === undefined ? {} : { phase }),
    });
  } else if (item.type === "function_call") {
    heard.calls += 1;
    heard.output.push({ type: "function_call", id: item.id ?? "", callId: item.call_id });
    yield {
      type: "tool_call",
      call: { id: item.call_id, name: item.name, argumentsText: item.arguments || "{}" },
    };
  }
}

function* closing(
  response: OpenAI.Responses.Response,
  heard: Heard,
  origin: { url: string; model: string },
): Generator<ModelChunk> {
  heard.ended = true;
  if (heard.output.some((item) => item.type === "reasoning")) {
    const data: ResponsesData = { kind: "openai.responses", ...origin, output: heard.output };
    yield { type: "reasoning_data", providerData: data };
  }
  const inputTokens = numberField(response, "usage", "input_tokens");
  if (inputTokens !== undefined) {
    const outputTokens = numberField(response, "usage", "output_tokens") ?? 0;
    const cachedTokens =
      numberField(response, "usage", "input_tokens_details", "cached_tokens") ?? 0;
    yield { type: "usage", usage: { inputTokens, outputTokens, cachedTokens } };
  }
  yield { type: "end", reason: endReason(response, heard.calls) };
}

function endReason(response: unknown, calls: number): "stop" | "tool_calls" | "length" | "filter" {
  const why = textField(response, "incomplete_details", "reason");
  if (why === "content_filter") return "filter";
  if (why !== undefined) return "length";
  return calls > 0 ? "tool_calls" : "stop";
}

const failure = (error: unknown, endpoint: Endpoint) => {
  const code = String(field(error, "code") ?? "server_error");
  const status = code === "server_error" ? 500 : 400;
  return problemOfHttp(new HttpProblem(status, { error }, ""), endpoint.asked);
};
