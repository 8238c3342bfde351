// What can go wrong on the way to Supabase, switched on by a test: answers in its place, lines cut
// before or after the work was done, and slowness.
import type { Reply } from "./http.ts";

export type FaultKind =
  | "rate_limited"
  | "too_large"
  | "broken"
  | "paused"
  | "read_only"
  /** Cut before anything was done. */
  | "dropped"
  /** Done, and the line cut before the answer. */
  | "lost";

export type Faults = {
  /** The next `count` requests, or those of them whose `METHOD /path` fits. */
  next(kind: FaultKind, count?: number, only?: RegExp): void;
  /** Every request waits so long first. */
  delay(ms: number): void;
  clear(): void;
};

export interface FaultSwitches extends Faults {
  take(method: string, path: string): FaultKind | null;
  wait(): Promise<void>;
}

export const faultReplies: Record<Exclude<FaultKind, "dropped" | "lost">, Reply> = {
  rate_limited: {
    status: 429,
    headers: { "retry-after": "1" },
    body: { message: "API rate limit exceeded" },
  },
  too_large: { status: 413, body: { message: "Request size limit exceeded" } },
  broken: { status: 500, body: { message: "An unexpected error occurred" } },
  paused: {
    status: 540,
    headers: { "content-type": "text/html" },
    body: "<html><body>Project paused</body></html>",
  },
  // Of a project that has used up its disk.
  read_only: {
    status: 405,
    body: {
      code: "25006",
      details: null,
      hint: null,
      message: "cannot execute INSERT in a read-only transaction",
    },
  },
};

export function createFaults(): FaultSwitches {
  let waiting: { kind: FaultKind; count: number; only: RegExp }[] = [];
  let delayMs = 0;
  return {
    next: (kind, count = 1, only = /^/) => void waiting.push({ kind, count, only }),
    delay: (ms) => void (delayMs = ms),
    clear() {
      waiting = [];
      delayMs = 0;
    },
    take(method, path) {
      const fault = waiting.find(({ only }) => only.test(`${method} ${path}`));
      if (fault === undefined) return null;
      fault.count -= 1;
      waiting = waiting.filter(({ count }) => count > 0);
      return fault.kind;
    },
    wait: () =>
      delayMs === 0 ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, delayMs)),
  };
}
