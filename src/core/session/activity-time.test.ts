import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sessionLog } from "../../testing/session-logs.ts";
import { asOf, longestGapMs, momentAt, rootsAt, timelineOf } from "./activity-time.ts";
import { activityOf } from "./activity.ts";
import type { ActivityKind, ActivityNode } from "./activity-tree.ts";
import { nodeOf } from "./activity-node.ts";
import { emptyFilter, rowsOf } from "./activity-rows.ts";
import { fold, foldAll } from "./reducer.ts";
import { emptyView, type NoteItem } from "./view.ts";

const noneClosed = { closed: new Set<string>(), filter: emptyFilter };
const flat = (nodes: readonly ActivityNode[]): ActivityNode[] =>
  nodes.flatMap((node) => [node, ...flat(node.children)]);
const source: NoteItem = { kind: "note", note: "memory", text: "", seq: 1, at: 0 };
const step = (kind: ActivityKind, from: number, until: number | null): ActivityNode => ({
  ...nodeOf(kind, source),
  ...{ key: `${kind}:${from}`, from, until },
});

describe("the timeline of an activity", () => {
  it("cuts long waits, says so, and colours what was at work", () => {
    const timeline = timelineOf([
      step("reasoning", 0, 1_000),
      step("answer", 1_000, 1_500),
      step("tool", 1_500, 60_000),
    ]);
    expect(timeline.isCut).toBe(true);
    expect(timeline.totalMs).toBe(1_000 + 500 + longestGapMs);
    expect(timeline.stretches.map(({ tone, untilMs }) => [tone, untilMs])).toEqual([
      ["thought", 1_000],
      ["model", 1_500],
      ["tool", 3_500],
    ]);
  });

  it("shows a wait for an answer over the step that waits, and a failed step as such", () => {
    const waiting = { ...step("tool", 0, 900), children: [step("approval", 100, 800)] };
    const failed = { ...step("tool", 900, 1_500), state: "failed" as const };
    const tones = timelineOf([waiting, failed]).stretches.map(({ tone }) => tone);
    expect(tones).toEqual(["tool", "approval", "tool", "error"]);
  });

  it("finds the moment that has come, also before the first", () => {
    const timeline = timelineOf([step("tool", 0, 500), step("tool", 700, null)]);
    expect(timeline.starts).toEqual([0, 500, 700]);
    expect([-1, 0, 499, 500, 9_999].map((ms) => momentAt(timeline, ms))).toEqual([-1, 0, 0, 1, 2]);
  });

  it("shows a node running until its end, and not before its beginning", () => {
    const one = step("tool", 10, 20);
    const timeline = timelineOf([step("memory", 0, 0), one]);
    expect(asOf(one, timeline, 0)).toBeNull();
    expect(asOf(one, timeline, 1)).toMatchObject({ state: "running", until: null });
    expect(asOf(one, timeline, 2)).toEqual(one);
  });

  it("of any session only goes forward, and ends with everything as it is", () => {
    fc.assert(
      fc.property(sessionLog(), (events) => {
        const { roots } = activityOf(foldAll(emptyView, events));
        const timeline = timelineOf(roots);
        const { starts, moments, spans } = timeline;
        expect(starts).toEqual(starts.toSorted((a, b) => a - b));
        expect(moments).toEqual(moments.toSorted((a, b) => a - b));
        for (const { begin, end } of spans.values())
          expect(end ?? begin).toBeGreaterThanOrEqual(begin);
        const last = rootsAt(roots, timeline, moments.length - 1);
        const keys = (rows: ReturnType<typeof rowsOf>) => rows.map(({ key }) => key);
        const played = rowsOf(last, noneClosed);
        expect(keys(played)).toEqual(keys(rowsOf(roots, noneClosed)));
        for (const { node } of played)
          if (node.until !== null) expect(flat(roots)).toContainEqual(node);
      }),
    );
  });

  it("shows at each moment a part of what it shows at the next", () => {
    fc.assert(
      fc.property(sessionLog(), (events) => {
        const { roots } = activityOf(foldAll(emptyView, events));
        const timeline = timelineOf(roots);
        let before: string[] = [];
        timeline.moments.forEach((_at, moment) => {
          const rows = rowsOf(rootsAt(roots, timeline, moment), noneClosed);
          const now = rows.map(({ key }) => key);
          expect(now).toEqual(expect.arrayContaining(before));
          before = now;
        });
      }),
      { numRuns: 30 },
    );
  });

  it("is what one saw when it happened: no row of a replay knows of a later one", () => {
    fc.assert(
      fc.property(sessionLog(40), (events) => {
        let view = emptyView;
        for (const event of events) view = fold(view, event);
        const { roots } = activityOf(view);
        const timeline = timelineOf(roots);
        timeline.moments.forEach((at, moment) => {
          for (const { node } of rowsOf(rootsAt(roots, timeline, moment), noneClosed))
            expect(node.from).toBeLessThanOrEqual(at);
        });
      }),
      { numRuns: 30 },
    );
  });
});
