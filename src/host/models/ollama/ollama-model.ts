// One Ollama model as the Model port.
import { randomUUID } from "node:crypto";
import type { ChatResponse, Ollama } from "ollama";
import { AetheriaError } from "../../../contract/errors.ts";
import type { ModelInfo } from "../../../contract/system.ts";
import type { Model, ModelChunk, ModelRequest } from "../../../core/ports.ts";
import { aetheriaErrorIn } from "../connection-problem.ts";
import { numberField } from "../loose-json.ts";
import {
  cutOff,
  HttpProblem,
  noSuchModel,
  notAModel,
  problemOfHttp,
  stopped,
} from "../model-problem.ts";
import type { Asked } from "../model-problem.ts";
import { createThinkingTags } from "../thinking-tags.ts";
import { ollamaMessages, ollamaTools } from "./ollama-messages.ts";

export type OllamaDetails = { info: ModelInfo; numCtx: number | null };

export type OllamaModelParts = {
  name: string;
  asked(): Asked;
  /** A client whose requests all end with the signal. */
  client(signal: AbortSignal): Promise<Ollama>;
  /** What /api/show says; asked once. Throws AetheriaError. */
  details(): Promise<OllamaDetails>;
  /** Names on this server; [] when it cannot be asked. */
  listed(): Promise<string[]>;
  /** Throws when the model runs elsewhere and nothing may leave this machine. */
  checkLeaving(info: ModelInfo): void;
};

export function createOllamaModel(parts: OllamaModelParts): Model {
  return {
    ref: { provider: "ollama", name: parts.name },
    info: async () => {
      try {
        return (await parts.details()).info;
      } catch (error) {
        throw await explained(error, parts);
      }
    },
    stream: (request, signal) => stream(parts, request, signal),
  };
}

async function* stream(
  parts: OllamaModelParts,
  request: ModelRequest,
  signal: AbortSignal,
): AsyncGenerator<ModelChunk> {
  const stop = new AbortController();
  try {
    if (signal.aborted) throw stopped();
    const client = await parts.client(AbortSignal.any([signal, stop.signal]));
    const details = await parts.details();
    parts.checkLeaving(details.info);
    const answers = await client.chat({
      ...chatRequest(parts.name, request, details),
      stream: true,
    });
    yield* read(answers, parts.asked());
    if (signal.aborted) throw stopped();
  } catch (error) {
    if (signal.aborted) throw stopped();
    throw await explained(error, parts);
  } finally {
    stop.abort();
  }
}

function chatRequest(model: string, request: ModelRequest, { info, numCtx }: OllamaDetails) {
  const tools = info.tools ? ollamaTools(request.tools) : [];
  return {
    model,
    messages: ollamaMessages(request),
    ...(tools.length === 0 ? {} : { tools }),
    ...(info.reasoning ? { think: true } : {}),
    ...(numCtx === null ? {} : { options: { num_ctx: numCtx } }),
  };
}

async function* read(
  answers: AsyncIterable<ChatResponse>,
  asked: Asked,
): AsyncGenerator<ModelChunk> {
  const tags = createThinkingTags();
  let calls = 0;
  let any = false;
  for await (const answer of answers) {
    any = true;
    const { message } = answer;
    if (message?.thinking) yield { type: "reasoning", text: message.thinking };
    if (message?.content) yield* tags.push(message.content);
    for (const call of message?.tool_calls ?? []) {
      calls += 1;
      const argumentsText = JSON.stringify(call.function.arguments ?? {});
      const { name } = call.function;
      yield { type: "tool_call", call: { id: `call_${randomUUID()}`, name, argumentsText } };
    }
    if (!answer.done) continue;
    yield* tags.end();
    yield usageOf(answer);
    yield { type: "end", reason: endReason(answer.done_reason, calls) };
    return;
  }
  throw any ? cutOff(asked) : notAModel(asked);
}

const usageOf = (answer: unknown): ModelChunk => ({
  type: "usage",
  usage: {
    inputTokens: numberField(answer, "prompt_eval_count") ?? 0,
    outputTokens: numberField(answer, "eval_count") ?? 0,
    cachedTokens: 0,
  },
});

const endReason = (said: string, calls: number): "stop" | "tool_calls" | "length" => {
  if (said === "length") return "length";
  return calls > 0 ? "tool_calls" : "stop";
};

async function explained(error: unknown, parts: OllamaModelParts): Promise<AetheriaError> {
  const asked = { ...parts.asked(), model: parts.name };
  const problem = problemOf(error, asked);
  if (problem.code !== "model_not_found") return problem;
  const there = await parts.listed();
  const missing = noSuchModel(asked, there, problem.cause);
  const hint = there.length === 0 ? "" : `${missing.hint ?? ""} `;
  return new AetheriaError(missing.code, missing.message, {
    hint: `${hint}Download it in the model menu, or with: ollama pull ${parts.name}`,
    cause: problem.cause,
  });
}

/** The package throws plain Errors: for an `error` line in the stream, and for an early end. */
export function problemOf(error: unknown, asked: Asked): AetheriaError {
  const known = aetheriaErrorIn(error);
  if (known) return known;
  if (!(error instanceof Error)) return notAModel(asked, error);
  if (/^Did not receive done/.test(error.message)) return cutOff(asked, error);
  if (error instanceof SyntaxError || error instanceof TypeError) return notAModel(asked, error);
  const status = /not found|does not exist/i.test(error.message) ? 404 : 500;
  return problemOfHttp(new HttpProblem(status, { error: error.message }, ""), asked);
}
