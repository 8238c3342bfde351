// 200 seeded kills in mid-run: what a kill -9 may cost.
import { crashRuns } from "./crash/crash-run.ts";
import { report } from "./report.ts";

const kills = Number(process.env["BENCH_KILLS"] ?? 200);
const found = await crashRuns(kills, 20_261_122);
const yardstick = `${found.kills} kills -9 in mid-run`;
const line = { yardstick, unit: "" };
report({
  ...line,
  name: "kill-events",
  promise: "acknowledged events lost",
  value: found.lostEvents,
  limit: 0,
});
report({
  ...line,
  name: "kill-text",
  promise: "streamed text lost",
  value: found.lostTextMs,
  limit: 250,
  unit: "ms",
});
report({
  ...line,
  name: "kill-effects",
  promise: "effects that happened twice",
  value: found.doubledEffects,
  limit: 0,
});
report({
  ...line,
  name: "kill-runs",
  promise: "runs that did not come to their end",
  value: found.unfinishedRuns,
  limit: 0,
});
