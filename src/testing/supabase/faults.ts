// What goes wrong between a client and the gateway, on command: the next requests meet it.
import { refuse, type Asked, type Refused } from "./http.ts";

export type Fault =
  | { kind: "refused"; reply: Refused }
  /** The line breaks before the request was heard. */
  | { kind: "dropped" }
  /** Everything is done; the answer never comes. */
  | { kind: "lost" }
  | { kind: "delayed"; ms: number }
  /** Heard once this has happened. */
  | { kind: "held"; until: Promise<unknown> };

export interface Faults {
  /** The next `times` requests (whose path fits) meet it. */
  next(fault: Fault, times?: number, path?: RegExp): void;
  clear(): void;
  /** For the gateway: what this request meets. */
  take(asked: Asked): Fault | null;
}

export function createFaults(): Faults {
  let planned: { fault: Fault; left: number; path: RegExp }[] = [];
  return {
    next: (fault, times = 1, path = /^/) => void planned.push({ fault, left: times, path }),
    clear: () => void (planned = []),
    take({ url }) {
      const plan = planned.find((one) => one.left > 0 && one.path.test(url.pathname));
      if (!plan) return null;
      plan.left -= 1;
      return plan.fault;
    },
  };
}

const refused = (reply: Refused): Fault => ({ kind: "refused", reply });

export const rateLimited = (retryAfterSeconds: number): Fault =>
  refused(
    refuse(
      429,
      { code: "over_request_rate_limit", message: "Too many requests" },
      { "retry-after": String(retryAfterSeconds) },
    ),
  );
export const tooLarge = (): Fault => refused(refuse(413, { message: "Payload too large" }));
export const broken = (): Fault => refused(refuse(500, { message: "Internal Server Error" }));
export const paused = (): Fault => refused(refuse(540, { message: "Project paused" }));
export const full = (): Fault =>
  refused(
    refuse(503, { code: "53100", message: "could not extend file: No space left on device" }),
  );
