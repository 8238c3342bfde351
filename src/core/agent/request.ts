// The request of a turn: instructions, history and tools, made to fit the window of the model that is
// asked. Owns what is known of that window.
import type { ModelInfo } from "../../contract/system.ts";
import type { Model, ModelRequest, ModelUsage } from "../ports.ts";
import { compact, fullShare } from "./compaction.ts";
import { messagesOf } from "./context.ts";
import { instructionsFor } from "./instructions.ts";
import type { Loop } from "./loop.ts";
import { tokensOfRequest } from "./tokens.ts";

/** Assumed when nobody knows a model's window. */
export const unknownWindowTokens = 32_000;
/** Kept free of the window for the answer. */
const answerTokens = 4_096;

/** The provider said the window is smaller than we thought. */
export async function shrink(loop: Loop): Promise<boolean> {
  const { ports } = loop.agent;
  const left = Math.floor(loop.windowTokens / 2);
  loop.mostTokens = left;
  return compact(ports, loop.runId, loop.model, left, left, loop.signal);
}

/** For a model that is about to be asked; compacts first when the history is too long for it. */
export async function requestFor(loop: Loop, model: Model): Promise<ModelRequest> {
  const info = await model.info(loop.signal);
  const windowTokens = Math.min(info.contextTokens ?? unknownWindowTokens, loop.mostTokens);
  loop.windowTokens = windowTokens;
  const request = await buildRequest(loop, info, windowTokens);
  loop.estimatedTokens = tokensOfRequest(request);
  const tokens = Math.ceil(loop.estimatedTokens * loop.calibration);
  const room = windowTokens * fullShare - Math.min(answerTokens, windowTokens / 8);
  if (tokens <= room) return request;
  const { ports } = loop.agent;
  const done = await compact(ports, loop.runId, model.ref, windowTokens, tokens, loop.signal);
  return done ? buildRequest(loop, info, windowTokens) : request;
}

async function buildRequest(
  loop: Loop,
  info: ModelInfo,
  windowTokens: number,
): Promise<ModelRequest> {
  const { ports, tools } = loop.agent;
  const transcript = ports.transcript();
  const maxChars = Math.max(2_000, Math.floor(windowTokens * 0.25 * 3.5));
  const messages = await messagesOf(transcript, ports.attachments, {
    images: info.images,
    maxChars,
    signal: loop.signal,
  });
  const instructions = instructionsFor({
    today: new Date(ports.clock.now()).toDateString(),
    platform: ports.platform,
    workspace: transcript.workspace,
    own: ports.rules().instructions,
    hasTools: info.tools,
  });
  return { instructions, messages, tools: info.tools ? tools : [], cacheKey: ports.sessionId };
}

/** Estimates err by language and tokenizer; what the provider counted last mends them. */
export function calibrate(loop: Loop, { inputTokens }: ModelUsage): void {
  if (inputTokens === 0 || loop.estimatedTokens === 0) return;
  loop.calibration = Math.min(4, Math.max(0.5, inputTokens / loop.estimatedTokens));
}
