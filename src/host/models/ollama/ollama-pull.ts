// Downloads a model through Ollama. Ollama reports each layer on its own; people get one number.
// Stopping leaves the finished parts with Ollama, which continues there next time.
import type { Ollama, ProgressResponse } from "ollama";
import { AetheriaError } from "../../../contract/errors.ts";
import { numberField, textField } from "../loose-json.ts";
import { cutOff, stopped, type Asked } from "../model-problem.ts";
import { problemOf } from "./ollama-model.ts";

export type PullStep = { status: string; doneBytes: number; totalBytes: number | null };

export async function pullModel(
  ollama: Ollama,
  name: string,
  asked: Asked,
  onStep: (step: PullStep) => void,
  signal: AbortSignal,
): Promise<void> {
  try {
    const steps = await ollama.pull({ model: name, stream: true });
    const done = await follow(steps, onStep);
    if (!done) throw cutOff(asked);
  } catch (error) {
    if (signal.aborted) throw stoppedPull(name);
    const problem = problemOf(error, { ...asked, model: name });
    throw /file does not exist|not found/i.test(textOf(problem)) ? unknownName(name) : problem;
  }
  if (signal.aborted) throw stoppedPull(name);
}

async function follow(
  steps: AsyncIterable<ProgressResponse>,
  onStep: (step: PullStep) => void,
): Promise<boolean> {
  const layers = new Map<string, { done: number; total: number }>();
  for await (const step of steps) {
    const digest = textField(step, "digest");
    const total = numberField(step, "total");
    if (digest !== undefined && total !== undefined)
      layers.set(digest, { done: numberField(step, "completed") ?? 0, total });
    const all = [...layers.values()];
    onStep({
      status: plainStatus(step.status),
      doneBytes: all.reduce((sum, layer) => sum + layer.done, 0),
      totalBytes: all.length === 0 ? null : all.reduce((sum, layer) => sum + layer.total, 0),
    });
    if (step.status === "success") return true;
  }
  return false;
}

function plainStatus(said: string): string {
  if (/^pulling manifest/.test(said)) return "Looking it up";
  if (/^pulling|^downloading/.test(said)) return "Downloading";
  if (/^verifying/.test(said)) return "Checking";
  if (said === "success") return "Ready";
  return /^writing|^removing/.test(said) ? "Finishing" : said;
}

const textOf = (problem: AetheriaError): string =>
  `${problem.message} ${problem.cause instanceof Error ? problem.cause.message : ""}`;

const unknownName = (name: string) =>
  new AetheriaError("model_not_found", `Ollama's library has no model named “${name}”.`, {
    hint: "Look up its exact name at https://ollama.com/library.",
  });

const stoppedPull = (name: string) =>
  new AetheriaError("cancelled", `The download of “${name}” was stopped.`, {
    hint: stopped().hint ?? "What was downloaded is kept: starting again continues there.",
    retryable: true,
  });
