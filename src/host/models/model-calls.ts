// The contract's model.* calls. One download per name at a time, however many people asked for it;
// its progress goes to everybody.
import type { CallInput, CallOutput, Push } from "../../contract/calls.ts";
import { AetheriaError } from "../../contract/errors.ts";
import type { ModelRoom, PullStep } from "./models.ts";

export type ModelCallsParts = {
  models: Pick<ModelRoom, "catalog" | "pull">;
  broadcast(push: Push): void;
};

type Pull = { stop: AbortController; done: Promise<void> };

export interface ModelCalls {
  "model.list"(input: CallInput<"model.list">): Promise<CallOutput<"model.list">>;
  "model.pull"(input: CallInput<"model.pull">): Promise<CallOutput<"model.pull">>;
  "model.pullStop"(input: CallInput<"model.pullStop">): Promise<CallOutput<"model.pullStop">>;
  /** Stops all downloads and waits for them. */
  close(): Promise<void>;
}

export function createModelCalls({ models, broadcast }: ModelCallsParts): ModelCalls {
  const pulls = new Map<string, Pull>();

  const start = (name: string): Pull => {
    const stop = new AbortController();
    const done = pull(name, stop.signal, models, broadcast).finally(() => pulls.delete(name));
    const started = { stop, done };
    pulls.set(name, started);
    return started;
  };

  return {
    "model.list": ({ refresh }) => models.catalog(refresh ?? false),
    async "model.pull"({ name }) {
      const wanted = name.trim();
      if (wanted === "")
        throw new AetheriaError("bad_input", "The model to download has no name.", {
          hint: "For example qwen3:8b: see https://ollama.com/library.",
        });
      await (pulls.get(wanted) ?? start(wanted)).done;
      return {};
    },
    async "model.pullStop"({ name }) {
      const running = pulls.get(name.trim());
      running?.stop.abort();
      await running?.done.catch(() => undefined);
      return {};
    },
    async close() {
      for (const { stop } of pulls.values()) stop.abort();
      await Promise.allSettled([...pulls.values()].map(({ done }) => done));
    },
  };
}

async function pull(
  name: string,
  signal: AbortSignal,
  models: ModelCallsParts["models"],
  broadcast: (push: Push) => void,
): Promise<void> {
  let last: PullStep = { status: "Looking it up", doneBytes: 0, totalBytes: null };
  const tell = (end: { finished: boolean; error?: unknown }) => {
    const error = end.error === undefined ? {} : { error: AetheriaError.toData(end.error) };
    const progress = { name, ...last, finished: end.finished, ...error };
    broadcast({ type: "model.progress", progress });
  };
  const onStep = (step: PullStep) => {
    const changed = mark(step) !== mark(last);
    last = step;
    if (changed) tell({ finished: false });
  };
  try {
    tell({ finished: false });
    await models.pull(name, onStep, signal);
    tell({ finished: true });
    broadcast({ type: "models.changed" });
  } catch (error) {
    tell({ finished: true, error });
    throw error;
  }
}

/** Ollama reports many times a second; people are told every half percent and each new status. */
const mark = ({ status, doneBytes, totalBytes }: PullStep): string =>
  `${status} ${totalBytes ? Math.floor((doneBytes / totalBytes) * 200) : 0}`;
