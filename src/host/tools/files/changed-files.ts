// What the agent changed in the workspace, in sum: from before its first change of each file to now.
import type { CallOutput } from "../../../contract/calls.ts";
import type { FileChange } from "../../../contract/data.ts";
import { Sha256 } from "../../../contract/ids.ts";
import type { FileState } from "../../../contract/tool.ts";
import type { Attachments } from "../../../core/ports.ts";
import {
  netChanges,
  type NetChange,
  type PlacedEffect,
} from "../../../core/session/file-effects.ts";
import { lineCount } from "../amounts.ts";
import { stateAt } from "./file-journal.ts";
import { keptText } from "./kept-text.ts";
import { loadText } from "./load-text.ts";
import { refuseOwn, type OwnFolder } from "./own-folder.ts";
import { textDiff } from "./text-diff.ts";
import { realWorkspace, resolveInWorkspace } from "./workspace-path.ts";
import type { WorkspacePath } from "./workspace-path.ts";

type Lines = Pick<FileChange, "addedLines" | "removedLines">;

const countTimeoutMs = 300;
const maxRemembered = 2_000;

export type ChangedFiles = {
  changes(
    workspace: string | null,
    effects: readonly PlacedEffect[],
  ): Promise<CallOutput<"file.changes">>;
  diff(
    workspace: string | null,
    effects: readonly PlacedEffect[],
    path: string,
  ): Promise<CallOutput<"file.diff">>;
};

export function createChangedFiles(
  attachments: Attachments,
  own: Pick<OwnFolder, "hides">,
): ChangedFiles {
  const linesOf = createLineCounts(attachments);
  return {
    async changes(workspace, effects) {
      const root = await realWorkspace(workspace);
      const changes: FileChange[] = [];
      for (const net of netChanges(effects.filter((one) => one.root === root))) {
        const change = await fileChange(root, net, linesOf);
        if (change !== null) changes.push(change);
      }
      return { changes: changes.sort((a, b) => a.path.localeCompare(b.path, "en")) };
    },
    async diff(workspace, effects, path) {
      const place = await resolveInWorkspace(workspace, path, { followLast: false });
      await refuseOwn(own, place);
      const { root, shown } = place;
      const first = effects.find((one) => one.root === root && one.path === shown);
      if (first === undefined) return { diff: "", binary: false };
      const before = await textBefore(attachments, first.before);
      const now = await textNow(place);
      if (before === null || now === null) return { diff: "", binary: true };
      return { diff: before === now ? "" : await textDiff(shown, before, now), binary: false };
    },
  };
}

/** null: in the end there is no file that is another one than before. */
async function fileChange(
  root: string,
  { path, before, left, seq, at }: NetChange,
  linesOf: (before: FileState, after: FileState) => Promise<Lines>,
): Promise<FileChange | null> {
  const after = left[left.length - 1] ?? "absent";
  if (isNoFile(before) && isNoFile(after)) return null;
  const change = isNoFile(before) ? "added" : isNoFile(after) ? "deleted" : "modified";
  const now = await stateNow(root, path);
  const neverHappened = left.length > 1 && now === before;
  if (neverHappened) return null;
  const changedSince = now !== null && !left.includes(now);
  return { path, change, ...(await linesOf(before, after)), seq, at, changedSince };
}

const isNoFile = (state: FileState): boolean => state === "absent" || state === "folder";

/** null: it cannot be looked at. */
async function stateNow(root: string, path: string): Promise<FileState | null> {
  try {
    return (await stateAt(await resolveInWorkspace(root, path, { followLast: false }))).state;
  } catch (_unreachable) {
    return null;
  }
}

const textBefore = (attachments: Attachments, state: FileState) =>
  isNoFile(state) ? "" : keptTextOf(attachments, state);

async function keptTextOf(attachments: Attachments, state: FileState): Promise<string | null> {
  const kept = Sha256.safeParse(state);
  return kept.success ? keptText(attachments, kept.data) : null;
}

async function textNow(place: WorkspacePath): Promise<string | null> {
  const { state } = await stateAt(place);
  if (isNoFile(state)) return "";
  return state === "unkept" ? null : ((await loadText(place)).decoded?.text ?? null);
}

// ── Counting lines ───────────────────────────────────────────────────────────────────────────────

/** Contents never change under their hash, so what was counted once is remembered. */
function createLineCounts(attachments: Attachments) {
  const known = new Map<string, Lines>();
  return async (before: FileState, after: FileState): Promise<Lines> => {
    const key = `${before} ${after}`;
    const already = known.get(key);
    if (already) return already;
    const [from, to] = [
      await textBefore(attachments, before),
      await textBefore(attachments, after),
    ];
    const lines = from === null || to === null ? none : await countLines(from, to);
    if (known.size >= maxRemembered) known.clear();
    known.set(key, lines);
    return lines;
  };
}

const none: Lines = { addedLines: 0, removedLines: 0 };

/** Texts too different to compare in time count as wholly replaced. */
async function countLines(before: string, after: string): Promise<Lines> {
  const { diffLines } = await import("diff");
  const options = { timeout: countTimeoutMs, maxEditLength: 20_000 };
  const parts = diffLines(before, after, options);
  if (!parts) return { addedLines: lineCount(after), removedLines: lineCount(before) };
  const lines = { ...none };
  for (const { added, removed, count = 0 } of parts) {
    if (added) lines.addedLines += count;
    if (removed) lines.removedLines += count;
  }
  return lines;
}
