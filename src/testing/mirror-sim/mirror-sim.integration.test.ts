// The mirror's promise, in thousands of seeded schedules: hours offline, lost and repeated answers,
// reordered news, clocks a day off, tokens that end, keys that change, a host killed at any statement.
import { describe, it } from "vitest";
import { runSchedules } from "./run-schedules.ts";

/** Seconds on a free core; a busy machine may take its time. */
const timeoutMs = 600_000;

describe("a mirror, whatever happens", () => {
  for (let first = 1; first <= 5_000; first += 500)
    it(
      `converges to the host's log: schedules ${first} to ${first + 499}`,
      () => runSchedules(first, 500, "fast"),
      timeoutMs,
    );

  for (let first = 1; first <= 300; first += 100)
    it(
      `converges with the real keys: schedules ${first} to ${first + 99}`,
      () => runSchedules(first, 100, "real"),
      timeoutMs,
    );
});
