// Estimates of how much of a model's window a text takes. Providers count exactly, afterwards; the
// estimate is calibrated with what they said.
import type { ModelMessage, ModelRequest } from "../ports.ts";

/** English and code run at 3.5 to 4 characters a token; the lower figure errs on the safe side. */
const charsPerToken = 3.5;
/** What providers charge for one image of usual size. */
const imageTokens = 1_100;
const messageOverheadTokens = 6;

export const tokensOf = (text: string): number => Math.ceil(text.length / charsPerToken);

export function tokensOfMessage(message: ModelMessage): number {
  if (message.role === "tool") return messageOverheadTokens + tokensOf(message.text);
  if (message.role === "assistant") {
    const calls = message.toolCalls.map((call) => call.name + call.argumentsText).join("");
    return messageOverheadTokens + tokensOf(message.text + calls);
  }
  return message.parts.reduce(
    (sum, part) => sum + (part.type === "text" ? tokensOf(part.text) : imageTokens),
    messageOverheadTokens,
  );
}

const toolTokens = new WeakMap<object, number>();

/** The whole request; a tool's share is measured once per tool. */
export function tokensOfRequest(request: ModelRequest): number {
  let sum = tokensOf(request.instructions);
  for (const message of request.messages) sum += tokensOfMessage(message);
  for (const tool of request.tools) {
    const known = toolTokens.get(tool);
    const tokens = known ?? tokensOf(JSON.stringify(tool.inputSchema) + tool.description);
    if (known === undefined) toolTokens.set(tool, tokens);
    sum += tokens;
  }
  return sum;
}
