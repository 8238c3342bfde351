// Writes a file in one step: a temporary file beside it, on the disk, then renamed over it. A crash
// or a full disk leaves the old file whole.
import { constants } from "node:fs";
import { access, lstat, open, rename, rm } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { uuidv7 } from "uuidv7";
import { AetheriaError } from "../../../contract/errors.ts";
import type { FileEffect } from "../../../contract/tool.ts";
import { effect, folderMade } from "./file-journal.ts";
import type { FileJournal } from "./file-journal.ts";
import { systemCode, told } from "./file-problem.ts";
import { ensureFolder, inFolder } from "./guarded-open.ts";
import { outside } from "./workspace-path.ts";
import type { WorkspacePath } from "./workspace-path.ts";

export type Saving = {
  journal: FileJournal;
  signal: AbortSignal;
  /** Hears of each change right after it was made. */
  changed(effects: readonly FileEffect[]): void;
  /** Permissions of a file that is not there yet. */
  newMode?: number | undefined;
};

/** Makes missing folders. Keeps the permissions of a file that is replaced, and what it held. */
export async function saveFile(
  place: WorkspacePath,
  bytes: Uint8Array,
  { journal, signal, changed, newMode }: Saving,
): Promise<void> {
  const { root, real, shown } = place;
  if (real === root) throw isFolder(shown);
  const folder = dirname(real);
  await ensureFolder(root, folder, (made) => changed([folderMade(root, made)]));
  await inFolder(root, folder, async (entry) => {
    const target = entry(basename(real));
    const mode = await modeToKeep(target, shown);
    const before = await told(shown, () => journal.look(target));
    const after = await journal.keep(bytes);
    signal.throwIfAborted();
    const temporary = entry(`.${uuidv7()}.tmp`);
    await told(shown, () => replace(target, temporary, bytes, mode ?? newMode ?? null));
    changed([effect(place, before, after)]);
  });
}

async function replace(target: string, temporary: string, bytes: Uint8Array, mode: number | null) {
  try {
    const handle = await open(temporary, "wx", mode ?? 0o666);
    await fill(handle, bytes, mode);
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

async function fill(handle: FileHandle, bytes: Uint8Array, mode: number | null): Promise<void> {
  try {
    await handle.writeFile(bytes);
    if (mode !== null) await handle.chmod(mode);
    await handle.datasync();
  } finally {
    await handle.close();
  }
}

/** null: there is no file yet. */
async function modeToKeep(target: string, shown: string): Promise<number | null> {
  try {
    const stats = await lstat(target);
    if (stats.isSymbolicLink()) throw outside(shown);
    if (!stats.isFile()) throw isFolder(shown);
    await access(target, constants.W_OK);
    return stats.mode & 0o777;
  } catch (error) {
    if (systemCode(error) === "ENOENT") return null;
    return told(shown, () => Promise.reject(error));
  }
}

function isFolder(shown: string): AetheriaError {
  return new AetheriaError("bad_input", `“${shown}” is a folder, not a file.`, {
    hint: "Name a file in it.",
  });
}
