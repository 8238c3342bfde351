// A ModelRequest as Ollama chat messages and tools.
import type { Message, Tool } from "ollama";
import type { ToolDescription } from "../../../contract/tool.ts";
import type { ModelMessage, ModelRequest } from "../../../core/ports.ts";
import { parseJson } from "../loose-json.ts";

export function ollamaMessages(request: ModelRequest): Message[] {
  const messages: Message[] = [];
  if (request.instructions !== "") messages.push({ role: "system", content: request.instructions });
  const lastUser = request.messages.findLastIndex((message) => message.role === "user");
  request.messages.forEach((message, at) => messages.push(ollamaMessage(message, at > lastUser)));
  return messages;
}

function ollamaMessage(message: ModelMessage, inThisRun: boolean): Message {
  if (message.role === "tool")
    return { role: "tool", content: message.text, tool_name: message.name };
  if (message.role === "assistant") return assistantMessage(message, inThisRun);
  const texts = message.parts.flatMap((part) => (part.type === "text" ? part.text : []));
  const images = message.parts.flatMap((part) => (part.type === "image" ? part.bytes : []));
  const content = texts.join("\n\n");
  return images.length === 0 ? { role: "user", content } : { role: "user", content, images };
}

function assistantMessage(
  message: Extract<ModelMessage, { role: "assistant" }>,
  inThisRun: boolean,
): Message {
  const thinking = inThisRun ? (message.reasoning?.text ?? "") : "";
  return {
    role: "assistant",
    content: message.text,
    ...(thinking === "" ? {} : { thinking }),
    ...(message.toolCalls.length === 0
      ? {}
      : {
          tool_calls: message.toolCalls.map((call) => ({
            function: { name: call.name, arguments: argumentsOf(call.argumentsText) },
          })),
        }),
  };
}

/** Ollama wants an object; a call that was never valid JSON goes back as an empty one. */
function argumentsOf(text: string): Record<string, unknown> {
  const parsed = parseJson(text);
  return typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)
    ? Object.fromEntries(Object.entries(parsed))
    : {};
}

export const ollamaTools = (tools: readonly ToolDescription[]): Tool[] =>
  tools.map((tool) => {
    const { $schema: _dialect, ...parameters } = tool.inputSchema;
    return {
      type: "function",
      function: { name: tool.name, description: tool.description, parameters },
    };
  });
