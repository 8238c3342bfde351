// Events that end what nobody works on any more: a text that was cut, a run that died.
import type { EventOf, NewEvent } from "../../contract/events.ts";
import type { RunId } from "../../contract/ids.ts";
import type { OpenText, Usage } from "../../contract/session.ts";

/** What was shown of a turn when the host died, as events: the thought before the words. */
export function cutTexts(open: OpenText[]): NewEvent[] {
  const thoughts = open.filter(({ kind }) => kind === "reasoning");
  const texts = open.filter(({ kind }) => kind === "text");
  return [
    ...thoughts.map(({ runId, turn, text }): NewEvent => ({
      type: "reasoning.finished",
      data: { runId, turn, text, ms: 0 },
    })),
    ...texts.map(({ runId, turn, text }): NewEvent => ({
      type: "text.finished",
      data: { runId, turn, text, partial: true },
    })),
  ];
}

/** A run that a rewind cut: its usage was counted when it really ended. */
export function rewoundRun(runId: RunId): NewEvent {
  const usage: Usage = { inputTokens: 0, outputTokens: 0, cachedTokens: 0, costUsd: 0 };
  const data: EventOf<"run.finished">["data"] = {
    runId,
    outcome: "stopped",
    usage,
    steps: 0,
    ms: 0,
  };
  return { type: "run.finished", data };
}

export function failedRun(runId: RunId, usage: Usage, message: string): NewEvent {
  const error = { code: "internal" as const, message, retryable: true, hint: "Try again." };
  const data = { runId, outcome: "failed" as const, error, usage, steps: 0, ms: 0 };
  return { type: "run.finished", data };
}
