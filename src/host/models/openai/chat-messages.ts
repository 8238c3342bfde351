// A ModelRequest as Chat Completions messages and tools.
import type OpenAI from "openai";
import type { ModelMessage, ModelPart, ModelRequest } from "../../../core/ports.ts";
import type { ToolDescription } from "../../../contract/tool.ts";
import { ChatData } from "./provider-data.ts";

type Message = OpenAI.Chat.Completions.ChatCompletionMessageParam;
type Origin = { url: string; model: string };

export function chatMessages(request: ModelRequest, origin: Origin): Message[] {
  const messages: Message[] = [];
  if (request.instructions !== "") messages.push({ role: "system", content: request.instructions });
  const lastUser = request.messages.findLastIndex((message) => message.role === "user");
  request.messages.forEach((message, at) =>
    messages.push(chatMessage(message, origin, at > lastUser)),
  );
  return messages;
}

function chatMessage(message: ModelMessage, origin: Origin, inThisRun: boolean): Message {
  if (message.role === "tool")
    return { role: "tool", tool_call_id: message.callId, content: message.text };
  if (message.role === "user") return { role: "user", content: userContent(message.parts) };
  return assistantMessage(message, origin, inThisRun);
}

function userContent(parts: ModelPart[]): string | OpenAI.Chat.ChatCompletionContentPart[] {
  const only = parts[0];
  if (parts.length === 1 && only?.type === "text") return only.text;
  return parts.map((part) =>
    part.type === "text"
      ? { type: "text", text: part.text }
      : { type: "image_url", image_url: { url: dataUrl(part) } },
  );
}

export const dataUrl = (part: { mime: string; bytes: Uint8Array }): string =>
  `data:${part.mime};base64,${Buffer.from(part.bytes).toString("base64")}`;

function assistantMessage(
  message: Extract<ModelMessage, { role: "assistant" }>,
  origin: Origin,
  inThisRun: boolean,
): Message {
  const data = chatDataOf(message, origin);
  const toolCalls = message.toolCalls.map((call) => ({
    id: call.id,
    type: "function" as const,
    function: { name: call.name, arguments: call.argumentsText },
    ...extraOf(data, call.id),
  }));
  return {
    role: "assistant",
    content: message.text === "" && toolCalls.length > 0 ? null : message.text,
    ...(toolCalls.length > 0 ? { tool_calls: toolCalls } : {}),
    // Servers that think between tool calls want their thoughts back while the run lasts, and some
    // refuse them later.
    ...(inThisRun && toolCalls.length > 0 ? reasoningOf(message, data) : {}),
  };
}

function chatDataOf(
  message: Extract<ModelMessage, { role: "assistant" }>,
  origin: Origin,
): ChatData | undefined {
  const { data } = ChatData.safeParse(message.reasoning?.providerData);
  return data?.url === origin.url && data.model === origin.model ? data : undefined;
}

const extraOf = (data: ChatData | undefined, callId: string): object =>
  data?.extras?.[callId] === undefined ? {} : { extra_content: data.extras[callId] };

function reasoningOf(
  message: Extract<ModelMessage, { role: "assistant" }>,
  data: ChatData | undefined,
): object {
  if (data === undefined) return {};
  if (data.details !== undefined) return { reasoning_details: data.details };
  const text = message.reasoning?.text ?? "";
  return data.field === undefined || text === "" ? {} : { [data.field]: text };
}

export function chatTools(
  tools: readonly ToolDescription[],
): OpenAI.Chat.Completions.ChatCompletionFunctionTool[] {
  return tools.map((tool) => ({
    type: "function",
    function: {
      name: tool.name,
      description: tool.description,
      parameters: plainSchema(tool.inputSchema),
    },
  }));
}

/** Some servers refuse the `$schema` that generators write on top. */
export function plainSchema(schema: Record<string, unknown>): Record<string, unknown> {
  const { $schema: _dialect, ...rest } = schema;
  return rest;
}
