// A session as a tree of what was done: one root per message of the person, its run below it. Built
// from the view alone, in the order of the log; roots whose part of the view is unchanged are kept.
import { rootOf } from "./activity-root.ts";
import type { ActivityNode, ActivityPart, ActivitySource } from "./activity-tree.ts";
import type { Item, SessionView, Trace } from "./view.ts";

export type Activity = {
  roots: readonly ActivityNode[];
  /** When the last thing happened. */
  lastAt: number;
  /** What each root was built from. */
  parts: readonly ActivityPart[];
};

export const emptyActivity: Activity = { roots: [], lastAt: 0, parts: [] };

/** `before`: the tree of an earlier state of the same session, whose roots are used again. */
export function activityOf(
  view: Pick<SessionView, "items" | "traces" | "run">,
  before: Activity = emptyActivity,
): Activity {
  const all = inOrder(view.items, view.traces);
  const parts = partsOf(all, view.run !== null);
  const known = new Map(before.parts.map((part, index) => [part.sources[0]?.seq, index]));
  const roots = parts.map((part) => {
    const at = known.get(part.sources[0]?.seq) ?? -1;
    const [old, root] = [before.parts[at], before.roots[at]];
    return old && root && isSame(old, part) ? root : rootOf(part);
  });
  const lastAt = roots.reduce((last, root) => Math.max(last, root.until ?? lastIn(root)), 0);
  return { roots, lastAt, parts };
}

const isSame = (one: ActivityPart, other: ActivityPart): boolean =>
  one.isOpen === other.isOpen &&
  one.sources.length === other.sources.length &&
  one.sources.every((source, index) => source === other.sources[index]);

const lastIn = (node: ActivityNode): number =>
  node.children.reduce((last, child) => Math.max(last, child.until ?? lastIn(child)), node.from);

/** Of one event a message comes first, then what the log tells of it, then what it said. */
function inOrder(items: readonly Item[], traces: readonly Trace[]): ActivitySource[] {
  const all: ActivitySource[] = [];
  let next = 0;
  for (const item of items) {
    const before = (trace: Trace): boolean =>
      trace.seq < item.seq || (trace.seq === item.seq && item.kind !== "message");
    for (let trace = traces[next]; trace && before(trace); trace = traces[++next]) all.push(trace);
    all.push(item);
  }
  return [...all, ...traces.slice(next)];
}

/** A new part begins with each message that was not said into a run, and with each call by hand
 * outside of one. */
function partsOf(all: readonly ActivitySource[], isRunning: boolean): ActivityPart[] {
  const parts: { sources: ActivitySource[]; isOpen: boolean }[] = [];
  const agents = new Set(all.flatMap((one) => (one.kind === "agent" ? [one.agentRunId] : [])));
  let run: string | null = null;
  for (const source of all) {
    const isLoose = source.kind === "tool" && source.runId === null && run === null;
    const begins = isLoose || (source.kind === "message" && !source.steers);
    const last = parts.at(-1);
    if (begins || !last) parts.push({ sources: [source], isOpen: false });
    else last.sources.push(source);
    if (source.kind === "run_start" && !agents.has(source.runId)) run = source.runId;
    if (source.kind === "run_end" && source.runId === run) run = null;
  }
  const last = parts.findLast(({ sources }) => sources.some(({ kind }) => kind === "run_start"));
  if (last) last.isOpen = isRunning;
  return parts;
}
