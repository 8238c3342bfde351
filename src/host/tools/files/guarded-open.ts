// Opens what workspace-path.ts resolved, and makes sure it is still that: between check and use
// somebody may swap a folder for a link. On Linux everything goes through an open folder, so a swap
// has no effect; elsewhere the real path is compared again after opening.
import { constants } from "node:fs";
import { lstat, mkdir, open, readlink, realpath } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { basename, dirname, join, relative, sep } from "node:path";
import { AetheriaError } from "../../../contract/errors.ts";
import { systemCode, told } from "./file-problem.ts";
import { isInside, shownPath } from "./workspace-path.ts";
import type { WorkspacePath } from "./workspace-path.ts";

const noFollow = constants.O_NOFOLLOW ?? 0;
const hasOpenFolders = process.platform === "linux";

/** A plain file, open for reading. The caller closes it. Refuses folders, pipes and devices. */
export async function openInside(place: WorkspacePath): Promise<FileHandle> {
  if (!place.exists) await told(place.shown, () => Promise.reject(missing()));
  if (place.real === place.root) throw notPlain(place.shown, "a folder");
  return inFolder(place.root, dirname(place.real), async (entry) => {
    const path = entry(basename(place.real));
    // O_NONBLOCK: opening a pipe nobody writes to would wait for ever.
    const flags = constants.O_RDONLY | noFollow | (constants.O_NONBLOCK ?? 0);
    const handle = await told(place.shown, () => open(path, flags));
    try {
      await checkPlainFile(handle, place);
      await checkStillInside(handle, place.root, place.real);
      return handle;
    } catch (error) {
      await handle.close();
      throw error;
    }
  });
}

/** Runs `use` with a way to name entries of a folder that stays that very folder. The folder itself
 * must be a real path inside `root`. */
export async function inFolder<T>(
  root: string,
  folder: string,
  use: (entry: (name: string) => string) => Promise<T>,
): Promise<T> {
  const shown = shownPath(root, folder);
  if (!hasOpenFolders) {
    if (!isInside(root, await told(shown, () => realpath(folder)))) throw moved(shown);
    return use((name) => join(folder, name));
  }
  const flags = constants.O_RDONLY | constants.O_DIRECTORY | noFollow;
  const handle = await told(shown, () => open(folder, flags));
  try {
    await checkStillInside(handle, root, folder);
    return await use((name) => `/proc/self/fd/${handle.fd}/${name}`);
  } finally {
    await handle.close();
  }
}

/** Makes a folder and what is missing above it, one level at a time, never through a link. `onMade`
 * hears of each one right after it was made. */
export async function ensureFolder(
  root: string,
  folder: string,
  onMade: (real: string) => void,
): Promise<void> {
  let at = root;
  for (const name of relative(root, folder).split(sep).filter(Boolean)) {
    const next = join(at, name);
    if (await inFolder(root, at, (entry) => makeOne(entry(name), shownPath(root, next))))
      onMade(next);
    at = next;
  }
}

/** False when it was there already. */
async function makeOne(path: string, shown: string): Promise<boolean> {
  try {
    await mkdir(path);
    return true;
  } catch (error) {
    if (systemCode(error) === "EEXIST") return false;
    return told(shown, () => Promise.reject(error));
  }
}

async function checkPlainFile(handle: FileHandle, place: WorkspacePath): Promise<void> {
  const stats = await handle.stat();
  if (stats.isFile()) return;
  throw notPlain(place.shown, stats.isDirectory() ? "a folder" : "a device or a pipe");
}

function notPlain(shown: string, what: string): AetheriaError {
  return new AetheriaError("bad_input", `“${shown}” is ${what}, not a file.`, {
    hint: "Name a plain file; list_files shows what is in a folder.",
  });
}

function missing(): Error {
  return Object.assign(new Error("missing"), { code: "ENOENT" });
}

async function checkStillInside(handle: FileHandle, root: string, path: string): Promise<void> {
  const actual = await realPathOf(handle, path);
  if (actual === null || !isInside(root, actual)) throw moved(shownPath(root, path));
}

/** Where an open handle really is; null when the path no longer leads to it. */
async function realPathOf(handle: FileHandle, path: string): Promise<string | null> {
  if (hasOpenFolders) return readlink(`/proc/self/fd/${handle.fd}`);
  const actual = await realpath(path);
  const [held, named] = [
    await handle.stat({ bigint: true }),
    await lstat(actual, { bigint: true }),
  ];
  return held.ino === named.ino && held.dev === named.dev ? actual : null;
}

function moved(shown: string): AetheriaError {
  return new AetheriaError(
    "outside_workspace",
    `“${shown}” was swapped for something outside the session's folder while it was being opened.`,
    { hint: "Nothing was read or changed. Look at the folder before trying again." },
  );
}
