// Who may come in: the one with the token. Compares in constant time, and makes an address that
// keeps guessing wait.
import { createHash, timingSafeEqual } from "node:crypto";
import { AetheriaError } from "../../contract/errors.ts";

export interface Admission {
  /** Null: come in. */
  refuse(token: unknown, address: string): AetheriaError | null;
}

type Failures = { count: number; until: number };

const windowMs = 60_000;
const rememberedAddresses = 1000;

export function createAdmission(
  token: string,
  wrongTokensPerMinute: number,
  now: () => number,
): Admission {
  const expected = digest(token);
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
    refuse(given, address) {
      const known = failures.get(address);
      if (known && known.count >= wrongTokensPerMinute && known.until > now())
        return tooManyTries(known.until - now());
      if (typeof given === "string" && timingSafeEqual(digest(given), expected)) return null;
      countFailure(address);
      return given === undefined || given === "" ? noToken() : wrongToken();
    },
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
