// When a loop that failed tries again: by itself after a while, or when the person has done something.
import type { ErrorCode, ErrorData } from "../../contract/errors.ts";
import type { Clock } from "../ports.ts";
import { delayBeforeRetry } from "./back-off.ts";
import { createBell, type Bell } from "./bell.ts";

export interface Retries {
  succeeded(): void;
  /** True when only the person can help; it is tried again now and then all the same. */
  failed(error: ErrorData): boolean;
  /** After `failed`: until it is time, or `wake` or `hurry`. */
  wait(signal: AbortSignal): Promise<void>;
  /** Try now, as if nothing had failed. What the server asked for in milliseconds is kept to. */
  wake(): void;
  /** Try now, but remember how often it has failed. */
  hurry(): void;
  current(): { error: ErrorData | null; retryAt: number | null };
}

const forThePerson: ReadonlySet<ErrorCode> = new Set([
  "unauthorized",
  "locked",
  "quota_exceeded",
  "cloud_not_ready",
  "refused",
  "revoked",
]);
const lookAgainMs = 300_000;

export function createRetries({ clock, random }: { clock: Clock; random(): number }): Retries {
  /** While it waits. */
  let bell: Bell | null = null;
  let failures = 0;
  let error: ErrorData | null = null;
  let delayMs = 0;
  let leastMs = 0;
  let retryAt: number | null = null;
  return {
    succeeded() {
      failures = 0;
      error = null;
      retryAt = null;
    },
    failed(problem) {
      failures += 1;
      error = problem;
      const isForPerson = forThePerson.has(problem.code);
      leastMs = problem.retryAfterMs ?? 0;
      delayMs = isForPerson ? lookAgainMs : delayBeforeRetry(failures, random(), leastMs);
      retryAt = isForPerson ? null : clock.now() + delayMs;
      return isForPerson;
    },
    async wait(signal) {
      bell = createBell(clock);
      if (leastMs > 0) await createBell(clock).wait(leastMs, signal);
      await bell.wait(delayMs - leastMs, signal);
      bell = null;
      retryAt = null;
    },
    wake() {
      failures = 0;
      bell?.ring();
    },
    hurry: () => bell?.ring(),
    current: () => ({ error, retryAt }),
  };
}
