import { describe, expect, it } from "vitest";
import { activityCsv, activityJson } from "./activity-export.ts";
import { nodeOf } from "./activity-node.ts";
import { emptyFilter, rowsOf, stepsOf, type ActivityFilter } from "./activity-rows.ts";
import type { ActivityKind, ActivityNode } from "./activity-tree.ts";
import type { NoteItem } from "./view.ts";

const source: NoteItem = { kind: "note", note: "memory", text: "", seq: 7, at: 1_000 };
const node = (kind: ActivityKind, given: Partial<ActivityNode>): ActivityNode => ({
  ...nodeOf(kind, source),
  ...given,
});

const failed = node("tool", { key: "b", name: "write_file", summary: "new.md", state: "failed" });
const tree = [
  node("message", {
    key: "root",
    summary: '=HYPERLINK("x")',
    children: [
      node("plan", { key: "a", summary: 'look, then "sum"' }),
      node("calls", { key: "group", children: [failed, node("tool", { key: "c", name: "look" })] }),
      node("end", { key: "end" }),
    ],
  }),
];
const rows = (filter: Partial<ActivityFilter>, closed: string[] = []) =>
  rowsOf(tree, {
    filter: { ...emptyFilter, ...filter },
    closed: new Set(closed),
  }).map(({ key, level }) => `${level} ${key}`);

describe("the rows of an activity", () => {
  it("are its nodes from the top, without what is below a folded one", () => {
    expect(rows({})).toEqual(["1 root", "2 a", "2 group", "3 b", "3 c", "2 end"]);
    expect(rows({}, ["group"])).toEqual(["1 root", "2 a", "2 group", "2 end"]);
  });

  it("of a filter are what fits and the way to it, folded or not", () => {
    expect(rows({ states: new Set(["failed"]) }, ["root"])).toEqual(["1 root", "2 group", "3 b"]);
    expect(rows({ groups: new Set(["thought"]) })).toEqual(["1 root", "2 a"]);
    expect(rows({ text: " NEW.md " })).toEqual(["1 root", "2 group", "3 b"]);
    expect(rows({ text: "nowhere" })).toEqual([]);
  });

  it("have keys of their own where a log from elsewhere has not", () => {
    const twice = rowsOf([failed, failed, failed], {
      ...{ filter: emptyFilter, closed: new Set<string>() },
    });
    expect(twice.map(({ key }) => key)).toEqual(["b", "b#2", "b#3"]);
  });

  it("count as steps what was done, not who asked nor how it ended", () => {
    expect(stepsOf(tree)).toBe(3);
  });
});

describe("an exported activity", () => {
  it("is a tree as JSON", () => {
    expect(JSON.parse(activityJson("Report", tree))).toMatchObject({
      format: "aetheria-activity",
      title: "Report",
      steps: [{ seq: 7, startedAt: "1970-01-01T00:00:01.000Z", steps: [{ kind: "plan" }, {}, {}] }],
    });
  });

  it("is a line per step as CSV, quoted, and no formula for a spreadsheet", () => {
    const lines = activityCsv(tree).split("\r\n");
    expect(lines[0]).toMatch(/^level,seq,kind,name,summary,state/);
    expect(lines[1]).toContain('"\'=HYPERLINK(""x"")"');
    expect(lines[2]).toContain('"look, then ""sum"""');
    expect(lines.map((line) => line.split(",")[0])).toEqual([
      "level",
      "1",
      "2",
      "2",
      "3",
      "3",
      "2",
      "",
    ]);
  });

  it("keeps a time that no calendar has as a number", () => {
    expect(activityCsv([node("plan", { from: 1e300 })])).toContain("1e+300");
  });
});
