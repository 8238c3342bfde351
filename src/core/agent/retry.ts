// When to try a model again, and how long to wait.
import { AetheriaError } from "../../contract/errors.ts";

export const maxTries = 5;
const baseMs = 500;
const maxMs = 30_000;

/** Full-jitter exponential back-off (Brooker, “Exponential Backoff and Jitter”, 2015); what the
 * provider asks for in Retry-After is the least. `random` is in [0, 1). */
export function waitBeforeTry(tries: number, error: AetheriaError, random: number): number {
  const ceiling = Math.min(maxMs, baseMs * 2 ** tries);
  const backoffMs = Math.round(ceiling / 2 + (random * ceiling) / 2);
  return Math.max(backoffMs, error.retryAfterMs ?? 0);
}

/** A Retry-After longer than this is not waited for: the fallback or the person decides. */
export const longestWaitMs = 120_000;

export function isRetryable(error: unknown): error is AetheriaError {
  return (
    error instanceof AetheriaError && error.retryable && (error.retryAfterMs ?? 0) <= longestWaitMs
  );
}
