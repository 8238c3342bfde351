// Who may come in, and who guesses too often: an address that keeps guessing has to wait, whoever it
// turns out to be.
import { createHash, timingSafeEqual } from "node:crypto";
import type { CallName } from "../../contract/calls.ts";
import { AetheriaError } from "../../contract/errors.ts";
import type { DeviceId } from "../../contract/ids.ts";

/** Who came in. Without more said: the person, with everything they may do. */
export type Guest = {
  /** A device of its own, which may be shown out again. */
  deviceId?: DeviceId;
  /** Absent: every call. */
  mayCall?(name: CallName): boolean;
  /** Told to the client with the event `welcome`, once it is in. */
  welcome?: unknown;
};

/** Looks at what a client shows (Socket.IO's `auth`). Throws `unauthorized` with the way in. */
export type CheckIn = (shown: Readonly<Record<string, unknown>>) => Guest | Promise<Guest>;

export interface Admission {
  /** Throws AetheriaError: `unauthorized`, or `rate_limited` after too many guesses. */
  admit(shown: Readonly<Record<string, unknown>>, address: string): Promise<Guest>;
}

type Failures = { count: number; until: number };

const windowMs = 60_000;
const rememberedAddresses = 1000;

export function createAdmission(
  checkIn: CheckIn,
  wrongTokensPerMinute: number,
  now: () => number,
): Admission {
  const failures = new Map<string, Failures>();

  function countFailure(address: string): void {
    const known = failures.get(address);
    if (known && known.until > now()) known.count++;
    else failures.set(address, { count: 1, until: now() + windowMs });
    for (const [oldest] of failures) {
      if (failures.size <= rememberedAddresses) break;
      failures.delete(oldest);
    }
  }

  return {
    async admit(shown, address) {
      const known = failures.get(address);
      if (known && known.count >= wrongTokensPerMinute && known.until > now())
        throw tooManyTries(known.until - now());
      try {
        return await checkIn(shown);
      } catch (error) {
        if (error instanceof AetheriaError && error.code === "unauthorized") countFailure(address);
        throw error;
      }
    },
  };
}

/** The one with the token, compared in constant time. */
export function byToken(token: string): CheckIn {
  const expected = digest(token);
  return ({ token: given }) => {
    if (typeof given === "string" && timingSafeEqual(digest(given), expected)) return {};
    throw given === undefined || given === "" ? noToken() : wrongToken();
  };
}

/** Hashing makes both the same length, so that not even the length shows. */
const digest = (text: string) => createHash("sha256").update(text).digest();

const openPrinted = "Open the whole address that Aetheria printed when it started, with its token.";

const noToken = () =>
  new AetheriaError("unauthorized", "Aetheria needs a token to let you in.", { hint: openPrinted });

const wrongToken = () =>
  new AetheriaError("unauthorized", "This token is not the one of the running Aetheria.", {
    hint: openPrinted,
  });

const tooManyTries = (retryAfterMs: number) =>
  new AetheriaError("rate_limited", "There were too many wrong tokens from this address.", {
    hint: "Wait a minute, then open the address that Aetheria printed.",
    retryable: true,
    retryAfterMs,
  });
