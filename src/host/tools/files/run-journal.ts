// What a program changed in the workspace, as effects that a rewind can take back. Nobody knows before
// what it will touch, so a small workspace is kept as it is right before the program runs; of a large
// one only what it made is known, and what it changed or deleted is `unkept`.
import { lstat, readdir } from "node:fs/promises";
import type { FileEffect, FileState } from "../../../contract/tool.ts";
import type { FileChanged } from "../../../core/sandbox-ports.ts";
import { effect, type FileJournal, type Seen } from "./file-journal.ts";
import { systemCode } from "./file-problem.ts";
import { resolveInWorkspace } from "./workspace-path.ts";

/** A workspace with more than this is not kept: reading it would cost more than the run. */
const maxFiles = 200;
const maxFileBytes = 2_000_000;
const maxNewBytes = 10_000_000;
/** Of what a run changed, at most so much is looked at. */
const maxEffects = 300;
/** Made by programs, and made again by them. */
const leftOut: ReadonlySet<string> = new Set([".git", "node_modules", "__pycache__"]);
const rememberedWorkspaces = 8;

export interface RunJournal {
  /** Call right before the program runs. Never throws: what cannot be read is not known. */
  before(workspace: string): Promise<Before>;
}

export type Before = {
  /** Call right after. What leads out of the workspace by now is left out. */
  effects(changed: readonly FileChanged[]): Promise<FileEffect[]>;
};

type Known = { stamp: string; seen: Seen };
type Found = { files: Map<string, Known>; folders: Set<string> };

export function createRunJournal(
  journal: FileJournal,
  hides: (workspace: string, path: string) => Promise<boolean>,
): RunJournal {
  const kept = new Map<string, Map<string, Known>>();

  async function look(workspace: string): Promise<Found | null> {
    const place = await resolveInWorkspace(workspace, ".");
    const known = kept.get(place.root) ?? new Map<string, Known>();
    const found = await walk(place.root, known, async (path) => {
      const { real, root, ...rest } = await resolveInWorkspace(workspace, path, noFollow);
      if (await hides(root, real)) return { state: "unkept" };
      return journal.lookAt({ real, root, ...rest });
    });
    kept.delete(place.root);
    if (found) kept.set(place.root, found.files);
    const [oldest] = kept.keys();
    if (kept.size > rememberedWorkspaces && oldest !== undefined) kept.delete(oldest);
    return found;
  }

  return {
    async before(workspace) {
      const found = await look(workspace).catch(() => null);
      return { effects: (changed) => effectsOf(workspace, journal, found, changed) };
    },
  };
}

const noFollow = { followLast: false } as const;

/** null: too much to keep. */
async function walk(
  root: string,
  known: ReadonlyMap<string, Known>,
  keep: (path: string) => Promise<Seen>,
): Promise<Found | null> {
  const files = new Map<string, Known>();
  const folders = new Set<string>();
  let newBytes = 0;
  const waiting = [""];
  for (let folder = waiting.shift(); folder !== undefined; folder = waiting.shift()) {
    const entries = await readdir(`${root}/${folder}`, { withFileTypes: true });
    for (const entry of entries) {
      if (leftOut.has(entry.name)) continue;
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (files.size + folders.size >= maxFiles) return null;
      if (entry.isDirectory()) {
        folders.add(path);
        waiting.push(path);
        continue;
      }
      const { stamp, sizeBytes } = await stampOf(`${root}/${path}`);
      const before = known.get(path);
      if (before?.stamp === stamp) {
        files.set(path, before);
        continue;
      }
      if (sizeBytes > maxFileBytes) files.set(path, { stamp, seen: { state: "unkept" } });
      else {
        newBytes += sizeBytes;
        if (newBytes > maxNewBytes) return null;
        files.set(path, { stamp, seen: await keep(path) });
      }
    }
  }
  return { files, folders };
}

async function stampOf(path: string): Promise<{ stamp: string; sizeBytes: number }> {
  const { mtimeNs, ctimeNs, size, ino } = await lstat(path, { bigint: true });
  return { stamp: [mtimeNs, ctimeNs, size, ino].join(" "), sizeBytes: Number(size) };
}

async function effectsOf(
  workspace: string,
  journal: FileJournal,
  found: Found | null,
  changed: readonly FileChanged[],
): Promise<FileEffect[]> {
  const effects: FileEffect[] = [];
  const folders = new Set(found?.folders);
  for (const { path, change } of changed.slice(0, maxEffects)) {
    const one = await effectOf(workspace, journal, found, { path, change });
    if (one === null) continue;
    if (found && change === "created")
      for (const folder of foldersAbove(path).filter((name) => !folders.has(name))) {
        folders.add(folder);
        effects.push({ root: one.root, path: folder, before: "absent", after: "folder" });
      }
    effects.push(one);
  }
  return [...effects, ...(found ? await goneFolders(effects, found) : [])];
}

async function effectOf(
  workspace: string,
  journal: FileJournal,
  found: Found | null,
  { path, change }: FileChanged,
): Promise<FileEffect | null> {
  try {
    const place = await resolveInWorkspace(workspace, path, noFollow);
    // Where a link stands on the way, it is not what was changed.
    if (place.shown !== path) return null;
    const after: FileState = (await journal.lookAt(place)).state;
    const before: Seen =
      change === "created" ? { state: "absent" } : (found?.files.get(path)?.seen ?? unknown);
    return before.state === after && after !== "unkept" ? null : effect(place, before, after);
  } catch {
    // Gone again, or led out of the workspace: nothing that a rewind could take back.
    return null;
  }
}

const unknown: Seen = { state: "unkept" };

/** `a`, `a/b` of `a/b/c.txt`. */
function foldersAbove(path: string): string[] {
  const names = path.split("/").slice(0, -1);
  return names.map((_, index) => names.slice(0, index + 1).join("/"));
}

/** Deepest first, as they went. */
async function goneFolders(
  effects: readonly FileEffect[],
  { folders }: Found,
): Promise<FileEffect[]> {
  const deleted = effects.filter(({ after }) => after === "absent");
  const above = new Map(
    deleted.flatMap(({ root, path }) =>
      foldersAbove(path).map((folder) => [folder, root] as const),
    ),
  );
  const gone: FileEffect[] = [];
  for (const [path, root] of [...above].sort(([a], [b]) => b.length - a.length))
    if (folders.has(path) && (await isMissing(`${root}/${path}`)))
      gone.push({ root, path, before: "folder", after: "absent" });
  return gone;
}

async function isMissing(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return false;
  } catch (error) {
    return systemCode(error) === "ENOENT";
  }
}
