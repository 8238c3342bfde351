// Some hundreds of the simulated schedules with every check; thousands more, and those with the real
// keys, run in mirror-sim.integration.test.ts. One alone: MIRROR_SEED=791 npx vitest run --project unit
// src/testing/mirror-sim.
import { describe, it } from "vitest";
import { runSchedules } from "./run-schedules.ts";

describe("a mirror, whatever happens", () => {
  it("converges to the host's log over 200 schedules", () => runSchedules(1, 200, "fast"));
});

describe("schedules that once did not", () => {
  it.each([
    ["kept an end that the log had lost when the power failed", 395],
    ["took two pasts of the same length for one", 1511],
    ["counted as compared what it had no key to open yet", 791],
    ["mixed what was sent whole with what was sent as text only, without a key for the head", 6849],
    ["filled what it could not open with an event of another past", 10729],
    ["renamed a second time because somebody else had renamed since", 9971],
    ["could not tell as text only what a newer version had written", 61],
  ])("%s", (_what, seed) => runSchedules(seed, 1, "fast"));
});
