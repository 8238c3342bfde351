// The algebra of changed files: from what calls and rewinds did, in order, to what each path held at
// any moment. Pure; it knows no disk and never asks what is there now.
import type { CallId } from "../../contract/ids.ts";
import type { SessionEvent } from "../../contract/events.ts";
import type { FileEffect, FileState } from "../../contract/tool.ts";

/** `doubtful`: the host died before anybody could say whether it happened. */
export type PlacedEffect = FileEffect & { seq: number; at: number; doubtful: boolean };

/** What a path is to hold again. */
export type FileTarget = {
  root: string;
  path: string;
  to: FileState;
  mode?: number;
  /** What the agent left there; more than one where that is in doubt. */
  left: readonly FileState[];
};

/** The sum of what was done to one path. */
export type NetChange = {
  root: string;
  path: string;
  before: FileState;
  left: readonly FileState[];
  /** Of the last effect. */
  seq: number;
  at: number;
};

export type Counts = { restores: number; removes: number };

/** The effects that a log tells of, in order. What came with an imported file is not believed: a
 * rewind would write wherever that file says. */
export function fileEffects(events: readonly SessionEvent[]): PlacedEffect[] {
  const effects: PlacedEffect[] = [];
  const foreseen = new Map<CallId, PlacedEffect[]>();
  let importedSeq = 0;
  for (const event of events) {
    if (event.type === "session.created") importedSeq = event.data.importedSeq ?? 0;
    if (event.seq <= importedSeq || !("changes" in event.data)) continue;
    const { changes = [] } = event.data;
    if (event.type === "tool.started") {
      effects.push(...(foreseen.get(event.data.callId) ?? []));
      foreseen.set(event.data.callId, placed(changes, event, true));
    } else {
      if (event.type === "tool.finished") foreseen.delete(event.data.callId);
      effects.push(...placed(changes, event, false));
    }
  }
  effects.push(...[...foreseen.values()].flat());
  return effects.sort((a, b) => a.seq - b.seq);
}

const placed = (changes: readonly FileEffect[], { seq, at }: SessionEvent, doubtful: boolean) =>
  changes.map((effect) => ({ ...effect, seq, at, doubtful }));

/** Names one path of one workspace. */
export const pathKey = ({ root, path }: { root: string; path: string }): string =>
  `${root}\0${path}`;

/** What the paths held at `toSeq` that were changed since; those that hold it again already, as far as
 * the log can tell, are left out. In the order in which they can be brought back. */
export function targetsAt(effects: readonly PlacedEffect[], toSeq: number): FileTarget[] {
  const targets = new Map<string, FileTarget>();
  for (const effect of effects) {
    if (effect.seq <= toSeq) continue;
    const { root, path, before, mode } = effect;
    const first = targets.get(pathKey(effect));
    const target = first ?? { root, path, to: before, ...(mode === undefined ? {} : { mode }) };
    targets.set(pathKey(effect), { ...target, left: leftBy(effect) });
  }
  return inOrder([...targets.values()].filter(({ to, left }) => !isOnly(left, to)));
}

const leftBy = ({ before, after, doubtful }: PlacedEffect): FileState[] =>
  doubtful && before !== after ? [before, after] : [after];

const isOnly = (left: readonly FileState[], state: FileState): boolean =>
  left.length === 1 && left[0] === state;

/** What must go makes room first, the deepest first; folders are made before what lies in them. */
export function inOrder(targets: readonly FileTarget[]): FileTarget[] {
  const depth = ({ path }: FileTarget) => path.split("/").length;
  const gone = targets.filter(({ to }) => to === "absent").sort((a, b) => depth(b) - depth(a));
  const folders = targets.filter(({ to }) => to === "folder").sort((a, b) => depth(a) - depth(b));
  const files = targets.filter(({ to }) => to !== "absent" && to !== "folder");
  return [...gone, ...folders, ...files];
}

/** From before the first effect on each path to after its last; no entry where that is the same. */
export function netChanges(effects: readonly PlacedEffect[]): NetChange[] {
  const changes = new Map<string, NetChange>();
  for (const effect of effects) {
    const { root, path, before, seq, at } = effect;
    const first = changes.get(pathKey(effect))?.before ?? before;
    const left = leftBy(effect);
    changes.set(pathKey(effect), { root, path, before: first, left, seq, at });
  }
  return [...changes.values()].filter(({ before, left }) => !isOnly(left, before));
}

/** How many files would be restored and removed for each of these moments, which come newest first.
 * One pass over the effects. Folders go with their files and do not count. */
export function countsAt(
  effects: readonly PlacedEffect[],
  newestFirst: readonly number[],
): Counts[] {
  const states = new Map<string, { to: FileState; left: readonly FileState[] }>();
  const counts: Counts = { restores: 0, removes: 0 };
  let next = effects.length - 1;
  return newestFirst.map((toSeq) => {
    for (let effect = effects[next]; effect && effect.seq > toSeq; effect = effects[--next]) {
      const state = states.get(pathKey(effect));
      if (state) add(counts, state, -1);
      const earlier = { to: effect.before, left: state?.left ?? leftBy(effect) };
      states.set(pathKey(effect), earlier);
      add(counts, earlier, 1);
    }
    return { ...counts };
  });
}

function add(counts: Counts, { to, left }: Pick<FileTarget, "to" | "left">, by: number): void {
  if (isOnly(left, to)) return;
  const last = left[left.length - 1];
  if (to !== "absent" && to !== "folder") counts.restores += by;
  else if (last !== "absent" && last !== "folder") counts.removes += by;
}
