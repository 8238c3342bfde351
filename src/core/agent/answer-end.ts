// How a turn without calls ends: it is the answer, unless the model was cut short or said nothing.
import { AetheriaError } from "../../contract/errors.ts";
import type { TurnResult } from "./turn.ts";

/** How often in a row a model is asked to go on, or to say something after all. */
const maxContinuations = 5;
const maxSilences = 1;

/** What came in a row so far in the run. */
export type Shortfalls = { cut: number; silent: number };

export const noShortfalls: Shortfalls = { cut: 0, silent: 0 };

/** `again`: another turn is needed. `limit` ends the run with what was said. Throws what fails it. */
export function endOfAnswer(
  { text, reason }: Pick<TurnResult, "text" | "reason">,
  continues: boolean,
  before: Shortfalls,
): { again: boolean; limit: AetheriaError | null; shortfalls: Shortfalls } {
  if (reason === "filter") throw filtered();
  if (text.trim() === "" && !continues) {
    if (before.silent >= maxSilences) throw silent();
    return { again: true, limit: null, shortfalls: { ...before, silent: before.silent + 1 } };
  }
  const wasCut = reason === "length" && text.trim() !== "";
  if (!wasCut) return { again: false, limit: null, shortfalls: noShortfalls };
  const isLast = before.cut >= maxContinuations;
  const shortfalls = { ...before, cut: before.cut + 1 };
  return { again: !isLast, limit: isLast ? tooLong() : null, shortfalls };
}

const silent = () =>
  new AetheriaError("model_bad_response", "The model ended without an answer.", {
    hint: "What it did before is done. Say “go on”, or choose another model.",
    retryable: true,
  });

const filtered = () =>
  new AetheriaError("model_refused", "The provider's content filter ended the answer.", {
    hint: "Say it in other words, or choose another model.",
  });

const tooLong = () =>
  new AetheriaError(
    "model_bad_response",
    "The answer reached the model's length limit again and again, so it was ended.",
    { hint: "Say “go on”, or ask for a shorter answer.", retryable: true },
  );
