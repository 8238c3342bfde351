// Many schedules; the first that does not converge fails with its seed and how to run it alone.
import { runSchedule, type Schedule } from "./run-schedule.ts";
import { makeScripts } from "./script.ts";

export async function runSchedules(
  first: number,
  count: number,
  crypto: Schedule["crypto"],
): Promise<void> {
  const only = process.env["MIRROR_SEED"];
  const scripts = makeScripts();
  const depth = Error.stackTraceLimit;
  // Thousands of errors are thrown on purpose: nobody looks at where.
  Error.stackTraceLimit = 0;
  try {
    for (let seed = first; seed < first + count; seed++) {
      if (only !== undefined && Number(only) !== seed) continue;
      const found = await runSchedule({ seed, crypto }, scripts);
      if (found.length > 0) throw new Error(report(seed, found));
    }
  } finally {
    Error.stackTraceLimit = depth;
  }
}

const report = (seed: number, found: string[]): string =>
  [
    `Schedule ${seed} does not converge. Alone: MIRROR_SEED=${seed} npx vitest run src/testing/mirror-sim`,
    ...found.slice(0, 5).map((one) => `- ${one.slice(0, 800)}`),
  ].join("\n");
