// One model behind an OpenAI-style server, as the Model port: picks the API, leaves out what the
// server turned down before, and lets only AetheriaErrors out.
import type OpenAI from "openai";
import type { AetheriaError } from "../../../contract/errors.ts";
import type { ModelInfo } from "../../../contract/system.ts";
import type { Model, ModelChunk, ModelRequest } from "../../../core/ports.ts";
import { aetheriaErrorIn, unreachable } from "../connection-problem.ts";
import { HttpProblem, noSuchModel, notAModel, problemOfHttp, stopped } from "../model-problem.ts";
import type { Asked } from "../model-problem.ts";
import { chatFeatures, chatParams, chatStream } from "./chat-stream.ts";
import { refusedFeature, type Endpoint, type Feature } from "./endpoint.ts";
import { responsesFeatures, responsesParams, responsesStream } from "./responses-stream.ts";

export type Connected = { endpoint: Endpoint; client: OpenAI };

export type OpenAiModelParts = {
  name: string;
  /** Throws model_missing when nothing is configured. */
  connect(): Promise<Connected>;
  info(signal: AbortSignal): Promise<ModelInfo>;
  /** Names the server lists now; [] when it cannot be asked. */
  listed(): Promise<string[]>;
  reasons(): boolean;
};

export function createOpenAiModel(parts: OpenAiModelParts): Model {
  return {
    ref: { provider: "openai", name: parts.name },
    info: (signal) => parts.info(signal),
    stream: (request, signal) => stream(parts, request, signal),
  };
}

async function* stream(
  parts: OpenAiModelParts,
  request: ModelRequest,
  signal: AbortSignal,
): AsyncGenerator<ModelChunk> {
  const stop = new AbortController();
  const both = AbortSignal.any([signal, stop.signal]);
  const { endpoint, client } = await parts.connect();
  const asked = { ...endpoint.asked, model: parts.name };
  try {
    if (signal.aborted) throw stopped();
    yield* await begin(
      parts,
      { endpoint: { ...endpoint, asked }, client },
      endpoint,
      request,
      both,
    );
    if (signal.aborted) throw stopped();
  } catch (error) {
    if (signal.aborted) throw stopped();
    throw await explained(error, asked, parts);
  } finally {
    stop.abort();
  }
}

/** Opens the stream; a refused feature, or the other API being the right one, is learnt here. */
async function begin(
  parts: OpenAiModelParts,
  named: Connected,
  endpoint: Endpoint,
  request: ModelRequest,
  signal: AbortSignal,
): Promise<AsyncIterable<ModelChunk>> {
  const refused = endpoint.refused.get(parts.name) ?? new Set<Feature>();
  endpoint.refused.set(parts.name, refused);
  for (;;) {
    const { dialect } = endpoint;
    const wanted = dialect === "chat" ? chatFeatures(endpoint) : responsesFeatures(parts.reasons());
    const used = wanted.filter((feature) => !refused.has(feature));
    try {
      const chunks = await open(parts.name, named, dialect, request, new Set(used), signal);
      endpoint.dialectKnown = true;
      return chunks;
    } catch (error) {
      const problem = problemOf(error, named.endpoint.asked);
      const feature = refusedFeature(problem, used);
      if (feature !== undefined) refused.add(feature);
      else if (!turnToOtherApi(endpoint, problem)) throw problem;
    }
  }
}

async function open(
  name: string,
  { endpoint, client }: Connected,
  dialect: Endpoint["dialect"],
  request: ModelRequest,
  use: ReadonlySet<Feature>,
  signal: AbortSignal,
): Promise<AsyncIterable<ModelChunk>> {
  if (dialect === "chat") {
    const params = chatParams(endpoint, name, request, use);
    const chunks = await client.chat.completions.create(params, { signal });
    return chatStream(chunks, endpoint, name, signal);
  }
  const params = responsesParams(endpoint, name, request, use);
  const events = await client.responses.create(params, { signal });
  return responsesStream(events, endpoint, name, signal);
}

/** Once per endpoint: a path that is not there means it speaks the other API. */
function turnToOtherApi(endpoint: Endpoint, problem: AetheriaError): boolean {
  if (endpoint.dialectKnown || problem.code === "model_not_found") return false;
  const status = problem.cause instanceof HttpProblem ? problem.cause.status : 0;
  if (status !== 404 && status !== 405) return false;
  endpoint.dialect = endpoint.dialect === "chat" ? "responses" : "chat";
  endpoint.dialectKnown = true;
  return true;
}

function problemOf(error: unknown, asked: Asked): AetheriaError {
  const known = aetheriaErrorIn(error);
  if (known) return known;
  if (error instanceof SyntaxError) return notAModel(asked, error);
  return saidInStream(error, asked) ?? unreachable(asked, error);
}

/** An error the server put into the stream itself; the package keeps its body in `error`. */
function saidInStream(error: unknown, asked: Asked): AetheriaError | undefined {
  if (!(error instanceof Error) || !("error" in error) || !error.error) return undefined;
  const body = { error: error.error };
  const problem = new HttpProblem(200, body, error.message);
  const status = Number(problem.code);
  const named = /rate_limit/.test(problem.code) ? 429 : 500;
  const real = status >= 400 && status < 600 ? status : named;
  return problemOfHttp(new HttpProblem(real, body, error.message), asked);
}

async function explained(
  error: unknown,
  asked: Asked,
  parts: OpenAiModelParts,
): Promise<AetheriaError> {
  const problem = problemOf(error, asked);
  if (problem.code !== "model_not_found") return problem;
  return noSuchModel(asked, await parts.listed(), problem.cause);
}
