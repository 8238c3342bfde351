// Some hundreds of the simulated schedules with every check; thousands more, and those with the real
// keys, run in mirror-sim.integration.test.ts. One alone: MIRROR_SEED=791 npx vitest run --project unit
// src/testing/mirror-sim.
import { describe, it } from "vitest";
import { runSchedules } from "./run-schedules.ts";

describe("a mirror, whatever happens", () => {
  it("converges to the host's log over 200 schedules", () => runSchedules(1, 200, "fast"), 120_000);
});
