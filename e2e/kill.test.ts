// A host killed in mid-run: the same harness as the bench of 200 kills, with few of them.
import { expect, it } from "vitest";
import { crashRuns } from "../bench/crash/crash-run.ts";

it("loses no acknowledged event, at most 250 ms of text, and repeats no effect", async () => {
  const report = await crashRuns(8, 7);
  expect(report).toMatchObject({
    kills: 8,
    lostEvents: 0,
    doubledEffects: 0,
    unfinishedRuns: 0,
  });
  expect(report.lostTextMs).toBeLessThanOrEqual(250);
}, 120_000);
