// The trash: where deleted files wait, per session, until they are restored or expire. Each item is
// `<trashDir>/<sessionId>/<trashId>/` with `record.json` and `content`. Refuses to overwrite anything.
import { lstat, mkdir, readFile, readdir, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join, parse } from "node:path";
import { uuidv7 } from "uuidv7";
import * as z from "zod";
import { AetheriaError } from "../../../contract/errors.ts";
import type { Clock } from "../../../core/ports.ts";
import { systemCode, told } from "./file-problem.ts";
import { ensureFolder, inFolder } from "./guarded-open.ts";
import { copyEntry, extentOf, moveEntry } from "./move-entry.ts";
import { isInside, resolveInWorkspace } from "./workspace-path.ts";
import type { WorkspacePath } from "./workspace-path.ts";

const TrashItem = z.object({
  trashId: z.string(),
  /** Where it was: absolute, and relative to its workspace. */
  path: z.string(),
  shown: z.string(),
  root: z.string(),
  isFolder: z.boolean(),
  files: z.number(),
  sizeBytes: z.number(),
  deletedAt: z.number(),
});
export type TrashItem = z.infer<typeof TrashItem>;

export interface Trash {
  /** Moves what is there into the trash. */
  put(sessionId: string, place: WorkspacePath): Promise<TrashItem>;
  /** Puts a copy of what is there into the trash: it is about to be replaced. */
  putCopy(sessionId: string, place: WorkspacePath): Promise<TrashItem>;
  /** Where an item's content lies. */
  contentOf(sessionId: string, trashId: string): string;
  /** Youngest first. */
  list(sessionId: string): Promise<TrashItem[]>;
  /** Puts an item back inside `workspace`, beside what has taken its name meanwhile. `onMade` hears of
   * folders that were made for it. */
  restore(
    sessionId: string,
    trashId: string,
    workspace: string | null,
    onMade?: (real: string) => void,
  ): Promise<WorkspacePath>;
  /** Removes for good what was deleted more than `days` ago; returns how many items. */
  sweep(days: number): Promise<number>;
}

const dayMs = 86_400_000;

export function createTrash(trashDir: string, clock: Clock): Trash {
  const itemDir = (sessionId: string, trashId: string) =>
    join(trashDir, safeName(sessionId), safeName(trashId));
  return {
    put: (sessionId, place) =>
      put(itemDir(sessionId, uuidv7()), place, trashDir, clock.now(), moveEntry),
    putCopy: (sessionId, place) =>
      put(itemDir(sessionId, uuidv7()), place, trashDir, clock.now(), copyEntry),
    contentOf: (sessionId, trashId) => join(itemDir(sessionId, trashId), "content"),
    list: (sessionId) => list(join(trashDir, safeName(sessionId))),
    restore: (sessionId, trashId, workspace, onMade = () => {}) =>
      restore(itemDir(sessionId, trashId), workspace, onMade),
    sweep: (days) => sweep(trashDir, clock.now() - days * dayMs),
  };
}

async function put(
  dir: string,
  place: WorkspacePath,
  trashDir: string,
  now: number,
  bring: typeof moveEntry,
) {
  refuseRoots(place, trashDir);
  const { root, real: path, shown } = place;
  await told(shown, () => mkdir(dir, { recursive: true }));
  return inFolder(root, dirname(path), (entry) =>
    told(shown, async () => {
      const source = entry(basename(path));
      const item = {
        trashId: basename(dir),
        path,
        shown,
        root,
        deletedAt: now,
        ...(await extentOf(source)),
      };
      // The record first: content without a record could never be found again.
      await writeFile(join(dir, "record.json"), JSON.stringify(item));
      await bring(source, join(dir, "content"));
      return item;
    }),
  ).catch(async (error: unknown) => {
    await dropUnlessHoldsContent(dir);
    throw error;
  });
}

/** A copy that could not remove its original stays: better twice than not at all. */
async function dropUnlessHoldsContent(dir: string): Promise<void> {
  if (!(await exists(join(dir, "content")))) await rm(dir, { recursive: true, force: true });
}

function refuseRoots(place: WorkspacePath, trashDir: string): void {
  if (place.real === place.root)
    throw new AetheriaError("refused", "The session's folder itself is never deleted.", {
      hint: "Name something inside it.",
    });
  if (isInside(place.real, trashDir))
    throw new AetheriaError("refused", `“${place.shown}” holds Aetheria's own data.`, {
      hint: "Name something else.",
    });
}

async function list(sessionDir: string): Promise<TrashItem[]> {
  const items: TrashItem[] = [];
  for (const trashId of await namesIn(sessionDir)) {
    const item = await load(join(sessionDir, trashId));
    if (item !== null) items.push(item);
  }
  return items.sort((a, b) => b.deletedAt - a.deletedAt || b.trashId.localeCompare(a.trashId));
}

async function restore(
  dir: string,
  workspace: string | null,
  onMade: (real: string) => void,
): Promise<WorkspacePath> {
  const item = await load(dir);
  if (item === null)
    throw new AetheriaError("not_found", "That is not in the trash any more.", {
      hint: "It was restored before, or it was older than the trash keeps things.",
    });
  const wanted = await resolveInWorkspace(workspace, item.path, { followLast: false });
  const folder = dirname(wanted.real);
  await ensureFolder(wanted.root, folder, onMade);
  const name = await inFolder(wanted.root, folder, (entry) =>
    told(wanted.shown, async () => {
      const free = await freeName(basename(wanted.real), (name) => exists(entry(name)));
      await moveEntry(join(dir, "content"), entry(free));
      return free;
    }),
  );
  await rm(dir, { recursive: true, force: true });
  return resolveInWorkspace(workspace, join(folder, name), { followLast: false });
}

/** `report.txt`, `report (restored).txt`, `report (restored 2).txt` … */
async function freeName(name: string, isTaken: (name: string) => Promise<boolean>) {
  const { name: stem, ext } = parse(name);
  for (let i = 0; ; i++) {
    const mark = i === 0 ? "" : i === 1 ? " (restored)" : ` (restored ${i})`;
    const candidate = mark === "" ? name : `${stem.slice(0, 60)}${mark}${ext}`;
    if (!(await isTaken(candidate))) return candidate;
  }
}

async function sweep(trashDir: string, olderThan: number): Promise<number> {
  let removed = 0;
  for (const sessionId of await namesIn(trashDir)) {
    for (const trashId of await namesIn(join(trashDir, sessionId))) {
      const dir = join(trashDir, sessionId, trashId);
      const deletedAt = (await load(dir))?.deletedAt ?? (await stat(dir)).mtimeMs;
      if (deletedAt >= olderThan) continue;
      await rm(dir, { recursive: true, force: true });
      removed++;
    }
  }
  return removed;
}

/** null: no such item, or one whose record is damaged. */
async function load(dir: string): Promise<TrashItem | null> {
  try {
    const record: unknown = JSON.parse(await readFile(join(dir, "record.json"), "utf8"));
    const item = TrashItem.parse(record);
    return (await exists(join(dir, "content"))) ? item : null;
  } catch (_missingOrDamaged) {
    return null;
  }
}

async function namesIn(dir: string): Promise<string[]> {
  try {
    const entries = await readdir(dir, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  } catch (error) {
    if (systemCode(error) === "ENOENT") return [];
    throw error;
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (systemCode(error) === "ENOENT") return false;
    throw error;
  }
}

/** Ids become folder names, so they may hold nothing that means something in a path. */
function safeName(id: string): string {
  if (/^[A-Za-z0-9_-]{1,64}$/.test(id)) return id;
  throw new AetheriaError("bad_input", "That id is not one of Aetheria's.");
}
