// A ModelRequest as Responses input items. An earlier answer of the same model goes back in the
// order it came, its encrypted reasoning before the message or call it led to; the API refuses
// reasoning that has lost its follower.
import type OpenAI from "openai";
import type { ModelMessage, ModelRequest, ModelToolCall } from "../../../core/ports.ts";
import type { ToolDescription } from "../../../contract/tool.ts";
import { dataUrl, plainSchema } from "./chat-messages.ts";
import { ResponsesData } from "./provider-data.ts";

type Item = OpenAI.Responses.ResponseInputItem;
type Origin = { url: string; model: string };
type Assistant = Extract<ModelMessage, { role: "assistant" }>;

export const responsesInput = (request: ModelRequest, origin: Origin): Item[] =>
  request.messages.flatMap((message) => itemsOf(message, origin));

function itemsOf(message: ModelMessage, origin: Origin): Item[] {
  if (message.role === "tool")
    return [{ type: "function_call_output", call_id: message.callId, output: message.text }];
  if (message.role === "assistant") return assistantItems(message, origin);
  const content = message.parts.map((part) =>
    part.type === "text"
      ? ({ type: "input_text", text: part.text } as const)
      : ({ type: "input_image", image_url: dataUrl(part), detail: "auto" } as const),
  );
  return [{ type: "message", role: "user", content }];
}

function assistantItems(message: Assistant, origin: Origin): Item[] {
  const { data } = ResponsesData.safeParse(message.reasoning?.providerData);
  const isOurs = data?.url === origin.url && data.model === origin.model;
  return isOurs && isSame(message, data) ? sameOrder(message, data) : plainItems(message);
}

/** Only an answer that was not changed since (repaired, stopped half way) goes back as it came. */
function isSame(message: Assistant, data: ResponsesData): boolean {
  const text = data.output.map((item) => (item.type === "message" ? item.text : "")).join("");
  const callIds = data.output.flatMap((item) => (item.type === "function_call" ? item.callId : []));
  return (
    text === message.text &&
    callIds.length === message.toolCalls.length &&
    message.toolCalls.every((call) => callIds.includes(call.id))
  );
}

function sameOrder(message: Assistant, data: ResponsesData): Item[] {
  return data.output.flatMap((item): Item[] => {
    if (item.type === "reasoning") {
      const reasoning = reasoningItem(item.item);
      return reasoning === undefined ? [] : [reasoning];
    }
    if (item.type === "message") return [textItem(item.text, item)];
    const call = message.toolCalls.find(({ id }) => id === item.callId);
    return call === undefined ? [] : [callItem(call, item.id)];
  });
}

function reasoningItem(item: Record<string, unknown>): Item | undefined {
  const { id, encrypted_content, summary } = item;
  if (typeof id !== "string" || typeof encrypted_content !== "string") return undefined;
  const texts = (Array.isArray(summary) ? summary : []).flatMap((part: unknown) =>
    typeof part === "object" && part !== null && "text" in part && typeof part.text === "string"
      ? [{ type: "summary_text" as const, text: part.text }]
      : [],
  );
  return { type: "reasoning", id, summary: texts, encrypted_content };
}

function plainItems(message: Assistant): Item[] {
  const items: Item[] = message.text === "" ? [] : [textItem(message.text)];
  return [...items, ...message.toolCalls.map((call) => callItem(call))];
}

function textItem(text: string, sent?: { id: string; phase?: string | undefined }): Item {
  if (sent === undefined) return { role: "assistant", content: text };
  const phase =
    sent.phase === "commentary" || sent.phase === "final_answer" ? sent.phase : undefined;
  return {
    type: "message",
    id: sent.id,
    role: "assistant",
    status: "completed",
    content: [{ type: "output_text", text, annotations: [] }],
    ...(phase === undefined ? {} : { phase }),
  };
}

const callItem = (call: ModelToolCall, id?: string): Item => ({
  type: "function_call",
  call_id: call.id,
  name: call.name,
  arguments: call.argumentsText,
  ...(id === undefined ? {} : { id }),
});

export const responsesTools = (
  tools: readonly ToolDescription[],
): OpenAI.Responses.FunctionTool[] =>
  tools.map((tool) => ({
    type: "function",
    name: tool.name,
    description: tool.description,
    parameters: plainSchema(tool.inputSchema),
    strict: false,
  }));
