import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SessionEvent } from "../../contract/events.ts";
import { CallId, Sha256 } from "../../contract/ids.ts";
import type { FileEffect, FileState } from "../../contract/tool.ts";
import {
  countsAt,
  fileEffects,
  netChanges,
  targetsAt,
  type FileTarget,
  type PlacedEffect,
} from "./file-effects.ts";

const root = "/work";
const content = (name: string) => Sha256.parse(name.repeat(64));
const [a, b, c] = [content("a"), content("b"), content("c")];
const effect = (path: string, before: FileState, after: FileState): FileEffect => ({
  ...{ root, path, before, after },
});
const placed = (seq: number, one: FileEffect): PlacedEffect => ({
  ...one,
  ...{ seq, at: seq * 10, doubtful: false },
});

// ── A model file system ──────────────────────────────────────────────────────────────────────────

type Disk = Map<string, FileState>;
type Action =
  | { do: "write"; path: string; content: FileState }
  | { do: "folder"; path: string }
  | { do: "delete"; path: string }
  | { do: "move"; path: string; to: string };

const at = (disk: Disk, path: string): FileState => disk.get(path) ?? "absent";
const above = (path: string): string[] =>
  path.split("/").flatMap((_, i, parts) => (i === 0 ? [] : [parts.slice(0, i).join("/")]));
const within = (disk: Disk, path: string): string[] =>
  [...disk.keys()].filter((one) => one === path || one.startsWith(`${path}/`));

function set(disk: Disk, path: string, after: FileState): FileEffect {
  const before = at(disk, path);
  if (after === "absent") disk.delete(path);
  else disk.set(path, after);
  return effect(path, before, after);
}

function makeAbove(disk: Disk, path: string): FileEffect[] | null {
  const missing = above(path).filter((one) => at(disk, one) !== "folder");
  if (missing.some((one) => at(disk, one) !== "absent")) return null;
  return missing.map((one) => set(disk, one, "folder"));
}

/** Does it as the tools do, or nothing at all. */
function act(disk: Disk, action: Action): FileEffect[] {
  const { path } = action;
  if (action.do === "delete") return within(disk, path).map((one) => set(disk, one, "absent"));
  if (action.do === "move") {
    const taken = within(disk, path).map((one) => [one, at(disk, one)] as const);
    const isInside = action.to === path || action.to.startsWith(`${path}/`);
    if (taken.length === 0 || isInside || at(disk, action.to) !== "absent") return [];
    const made = makeAbove(disk, action.to);
    if (!made) return [];
    const gone = taken.map(([one]) => set(disk, one, "absent"));
    const come = taken.map(([one, state]) => set(disk, action.to + one.slice(path.length), state));
    return [...made, ...gone, ...come];
  }
  if (at(disk, path) === "folder") return [];
  if (action.do === "folder" && at(disk, path) !== "absent") return [];
  const made = makeAbove(disk, path);
  if (!made) return [];
  return [...made, set(disk, path, action.do === "folder" ? "folder" : action.content)];
}

/** What the machine does with a target, in the order given; it throws where a disk would refuse. */
function bring(disk: Disk, { path, to }: FileTarget): FileEffect[] {
  const now = at(disk, path);
  if (now === to) return [];
  if (now === "folder" && within(disk, path).length > 1) throw new Error(`${path} is not empty`);
  const made = to === "absent" ? [] : makeAbove(disk, path);
  if (!made) throw new Error(`${path} lies in a file`);
  return [...made, set(disk, path, to)];
}

const path = fc
  .array(fc.constantFrom("x", "y", "z"), { minLength: 1, maxLength: 3 })
  .map((names) => names.join("/"));
const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant("write"), path, content: fc.constantFrom(a, b, c) }),
  },
  fc.record({ do: fc.constant("folder"), path }),
  { weight: 2, arbitrary: fc.record({ do: fc.constant("delete"), path }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("move"), path, to: path }) },
);
const back = fc.record({ do: fc.constant("back" as const), to: fc.nat() });

describe("taking files back", () => {
  it("brings a model disk to what it was at any moment, rewinds of rewinds included", () => {
    let rewinds = 0;
    let refused = 0;
    fc.assert(
      fc.property(
        fc.array(fc.oneof({ weight: 4, arbitrary: action }, back), { maxLength: 30, size: "max" }),
        (steps) => {
          const disk: Disk = new Map([["x", a]]);
          const effects: PlacedEffect[] = [];
          const moments = [new Map(disk)];
          for (const step of steps) {
            const seq = moments.length;
            if (step.do === "back") {
              const to = step.to % moments.length;
              const targets = targetsAt(effects, to);
              const [counts] = countsAt(effects, [to]);
              const changed = targets.flatMap((target) => bring(disk, target));
              effects.push(...changed.map((one) => placed(seq, one)));
              expect(disk).toEqual(moments[to]);
              expect(counts).toEqual(countsOf(targets));
              rewinds += 1;
            } else {
              const did = act(disk, step);
              if (did.length === 0) refused += 1;
              effects.push(...did.map((one) => placed(seq, one)));
            }
            moments.push(new Map(disk));
          }
          const [first = new Map<string, FileState>()] = moments;
          const paths = new Set([...first.keys(), ...disk.keys()]);
          const differ = [...paths].filter((one) => at(first, one) !== at(disk, one)).sort();
          const net = netChanges(effects);
          expect(net.map((one) => one.path).sort()).toEqual(differ);
          for (const { path: one, before, left } of net) {
            expect(before).toBe(at(first, one));
            expect(left).toEqual([at(disk, one)]);
          }
        },
      ),
      { numRuns: 1_000 },
    );
    expect(rewinds).toBeGreaterThan(1_000);
    expect(refused).toBeGreaterThan(100);
  });
});

const isFile = (state: FileState | undefined) => state !== "absent" && state !== "folder";
const countsOf = (targets: FileTarget[]) => ({
  restores: targets.filter(({ to }) => isFile(to)).length,
  removes: targets.filter(({ to, left }) => !isFile(to) && isFile(left.at(-1))).length,
});

// ── The log ──────────────────────────────────────────────────────────────────────────────────────

const decision = { verdict: "allow", rule: "test", why: "" } as const;
const callId = CallId.parse("call-1");
const end = { callId, outcome: "done", text: "", files: [], labels: [], ms: 0 } as const;
const log = (...events: Pick<SessionEvent, "type" | "data">[]): SessionEvent[] =>
  events.map((event, i) => ({ ...event, seq: i + 1, at: i }) as SessionEvent);
const created = (importedSeq?: number) => ({
  type: "session.created" as const,
  data: { title: "", workspace: root, model: null, mode: "ask" as const, importedSeq },
});

describe("the effects of a log", () => {
  const change = effect("f", a, b);
  const started = { type: "tool.started" as const, data: { callId, decision, changes: [change] } };
  const finished = (changes?: FileEffect[]) => ({
    type: "tool.finished" as const,
    data: { ...end, files: [], labels: [], ...(changes ? { changes } : {}) },
  });

  it("are what the end of a call says, not what its start foresaw", () => {
    expect(fileEffects(log(created(), started, finished([])))).toEqual([]);
    const [one] = fileEffects(log(created(), started, finished([effect("f", a, c)])));
    expect(one).toMatchObject({ after: c, seq: 3, doubtful: false });
  });

  it("are in doubt where the end does not know, or never came", () => {
    for (const events of [log(created(), started, finished()), log(created(), started)]) {
      const effects = fileEffects(events);
      expect(effects).toMatchObject([{ before: a, after: b, seq: 2, doubtful: true }]);
      expect(targetsAt(effects, 1)).toMatchObject([{ to: a, left: [a, b] }]);
    }
  });

  it("keep what was there before a call that was started twice", () => {
    const again = { ...started, data: { ...started.data, changes: [effect("f", b, c)] } };
    const effects = fileEffects(log(created(), started, again, finished([effect("f", b, c)])));
    expect(targetsAt(effects, 1)).toMatchObject([{ to: a, left: [c] }]);
  });

  it("are never taken from an imported file", () => {
    expect(fileEffects(log(created(3), started, finished([change])))).toEqual([]);
    expect(fileEffects(log(created(2), started, finished([change])))).toHaveLength(1);
  });
});
