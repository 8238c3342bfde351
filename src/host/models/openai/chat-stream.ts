// Chat Completions as a stream of ModelChunks, for OpenAI and the many servers that copy it.
import type OpenAI from "openai";
import type { ModelChunk, ModelRequest, ModelUsage } from "../../../core/ports.ts";
import { field, listField, numberField, textField } from "../loose-json.ts";
import { cutOff, notAModel } from "../model-problem.ts";
import { createThinkingTags, type ThinkingTags } from "../thinking-tags.ts";
import { chatMessages, chatTools } from "./chat-messages.ts";
import type { Endpoint, Feature } from "./endpoint.ts";
import type { ChatData } from "./provider-data.ts";
import { createToolCallAssembly, type ToolCallAssembly } from "./tool-call-assembly.ts";

type Params = OpenAI.Chat.Completions.ChatCompletionCreateParamsStreaming;
type Chunks = AsyncIterable<OpenAI.Chat.Completions.ChatCompletionChunk>;
type EndReason = Extract<ModelChunk, { type: "end" }>["reason"];

export const chatFeatures = (endpoint: Endpoint): Feature[] =>
  endpoint.official ? ["stream_options", "prompt_cache_key"] : ["stream_options"];

export function chatParams(
  endpoint: Endpoint,
  model: string,
  request: ModelRequest,
  use: ReadonlySet<Feature>,
): Params {
  const tools = chatTools(request.tools);
  return {
    model,
    messages: chatMessages(request, { url: endpoint.url, model }),
    stream: true,
    ...(tools.length > 0 ? { tools } : {}),
    ...(use.has("stream_options") ? { stream_options: { include_usage: true } } : {}),
    ...(use.has("prompt_cache_key") ? { prompt_cache_key: request.cacheKey } : {}),
  };
}

type Heard = {
  any: boolean;
  end: EndReason | undefined;
  usage: ModelUsage | undefined;
  field: ChatData["field"];
  details: unknown[];
  calls: ToolCallAssembly;
  tags: ThinkingTags;
};

export async function* chatStream(
  chunks: Chunks,
  endpoint: Endpoint,
  model: string,
  signal: AbortSignal,
): AsyncGenerator<ModelChunk> {
  const heard: Heard = {
    any: false,
    end: undefined,
    usage: undefined,
    field: undefined,
    details: [],
    calls: createToolCallAssembly(),
    tags: createThinkingTags(),
  };
  try {
    for await (const chunk of chunks) yield* read(chunk, heard);
  } catch (error) {
    // After the finish reason only the usage was still to come: the answer is whole.
    if (heard.end === undefined || signal.aborted) throw error;
  }
  if (signal.aborted) return;
  if (!heard.any) throw notAModel(endpoint.asked);
  if (heard.end === undefined) throw cutOff(endpoint.asked);
  yield* closing(heard, heard.end, { url: endpoint.url, model });
}

function* read(chunk: unknown, heard: Heard): Generator<ModelChunk> {
  heard.usage = usageIn(chunk) ?? heard.usage;
  const choice = field(chunk, "choices", 0);
  if (choice === undefined) return;
  heard.any = true;
  const delta = field(choice, "delta") ?? field(choice, "message");
  const reasoning = reasoningIn(delta, heard);
  if (reasoning) yield { type: "reasoning", text: reasoning };
  const text = textField(delta, "content") || textField(delta, "refusal");
  if (text) yield* textIn(text, heard);
  for (const piece of listField(delta, "tool_calls")) heard.calls.add(piece);
  heard.end = endReason(textField(choice, "finish_reason")) ?? heard.end;
}

/** A server that sends thoughts on their own leaves none in the text. */
const textIn = (text: string, heard: Heard): ModelChunk[] =>
  heard.field === undefined ? heard.tags.push(text) : [...heard.tags.end(), { type: "text", text }];

function reasoningIn(delta: unknown, heard: Heard): string | undefined {
  heard.details.push(...listField(delta, "reasoning_details"));
  for (const name of ["reasoning_content", "reasoning"] as const) {
    const text = textField(delta, name);
    if (!text) continue;
    heard.field = name;
    return text;
  }
  return undefined;
}

function* closing(
  heard: Heard,
  end: EndReason,
  origin: { url: string; model: string },
): Generator<ModelChunk> {
  yield* heard.tags.end();
  const calls = heard.calls.calls();
  for (const call of calls) yield { type: "tool_call", call };
  const data = providerData(heard, origin);
  if (data) yield { type: "reasoning_data", providerData: data };
  if (heard.usage) yield { type: "usage", usage: heard.usage };
  yield { type: "end", reason: end === "stop" && calls.length > 0 ? "tool_calls" : end };
}

function providerData(heard: Heard, origin: { url: string; model: string }): ChatData | undefined {
  const extras = heard.calls.extras();
  const hasExtras = Object.keys(extras).length > 0;
  if (heard.field === undefined && heard.details.length === 0 && !hasExtras) return undefined;
  return {
    kind: "openai.chat",
    ...origin,
    ...(heard.field === undefined ? {} : { field: heard.field }),
    ...(heard.details.length === 0 ? {} : { details: heard.details }),
    ...(hasExtras ? { extras } : {}),
  };
}

function endReason(said: string | undefined): EndReason | undefined {
  if (said === undefined || said === "") return undefined;
  if (said === "tool_calls" || said === "function_call") return "tool_calls";
  if (said === "length" || said === "max_tokens") return "length";
  return said === "content_filter" ? "filter" : "stop";
}

function usageIn(chunk: unknown): ModelUsage | undefined {
  const usage = field(chunk, "usage") ?? field(chunk, "x_groq", "usage");
  const inputTokens = numberField(usage, "prompt_tokens");
  if (inputTokens === undefined) return undefined;
  return {
    inputTokens,
    outputTokens: numberField(usage, "completion_tokens") ?? 0,
    cachedTokens:
      numberField(usage, "prompt_tokens_details", "cached_tokens") ??
      numberField(usage, "prompt_cache_hit_tokens") ??
      0,
  };
}
