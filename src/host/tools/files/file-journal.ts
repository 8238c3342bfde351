// What was where before a change, and what came of it: the content of files, kept among the
// attachments by its hash, so that a rewind can bring it back. Owns the bounds of what is kept.
import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { lstat, open, readdir } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { Sha256 } from "../../../contract/ids.ts";
import type { FileEffect, FileState } from "../../../contract/tool.ts";
import type { Attachments } from "../../../core/ports.ts";
import { systemCode } from "./file-problem.ts";
import { inFolder } from "./guarded-open.ts";
import { extentOf } from "./move-entry.ts";
import { shownPath } from "./workspace-path.ts";
import type { WorkspacePath } from "./workspace-path.ts";

/** A larger file is known to be there, and no more. */
export const maxKeptBytes = 50_000_000;
/** A folder with more than this is known to be there, and no more. */
const maxTreeEntries = 500;
const maxTreeBytes = 200_000_000;
const sideBySide = 8;

export type Seen = {
  state: FileState;
  /** Permission bits of a file. */
  mode?: number;
  /** Why its content is not kept. */
  unkept?: "large" | "link" | "special" | "unreadable";
};
/** `path`: relative to what was looked through, "" for that itself. */
export type SeenWithin = Seen & { path: string };

export interface FileJournal {
  /** What is at `path`, an entry of an open folder (guarded-open.ts); a file's content is kept. */
  look(path: string): Promise<Seen>;
  lookAt(place: WorkspacePath): Promise<Seen>;
  /** A place and everything in it, itself first. What is too much is one entry, `unkept`. */
  lookThrough(place: Pick<WorkspacePath, "root" | "real">): Promise<SeenWithin[]>;
  /** Keeps what is about to be written. */
  keep(bytes: Uint8Array): Promise<FileState>;
}

type Take = (handle: FileHandle) => Promise<FileState>;

export function createFileJournal(attachments: Attachments): FileJournal {
  const keep = async (bytes: Uint8Array): Promise<FileState> => {
    if (bytes.length > maxKeptBytes) return "unkept";
    return (await attachments.put(bytes, "file", "application/octet-stream")).sha256;
  };
  const look = (path: string) => see(path, async (handle) => keep(await handle.readFile()));
  return {
    look,
    keep,
    lookAt: (place) => at(place, look),
    lookThrough: async ({ root, real }) => {
      const extent = await extentOf(real);
      const isMuch = extent.files > maxTreeEntries || extent.sizeBytes > maxTreeBytes;
      if (extent.isFolder && isMuch) return [tooMuch];
      const seen: SeenWithin[] = [];
      await walk({ root, real, path: "", look, seen });
      return seen.length > maxTreeEntries ? [tooMuch] : seen;
    },
  };
}

const tooMuch: SeenWithin = { path: "", state: "unkept", unkept: "large" };

/** The same as FileJournal.lookAt, but keeps nothing: to compare. */
export const stateAt = (place: WorkspacePath): Promise<Seen> =>
  at(place, (path) => see(path, async (handle) => hashOf(await handle.readFile())));

export const hashOf = (bytes: Uint8Array): Sha256 =>
  Sha256.parse(createHash("sha256").update(bytes).digest("hex"));

/** A place whose folder is not there is absent. */
async function at(place: WorkspacePath, look: (path: string) => Promise<Seen>): Promise<Seen> {
  if (!place.exists) return { state: "absent" };
  if (place.real === place.root) return { state: "folder" };
  const { root, real } = place;
  return inFolder(root, dirname(real), (entry) => look(entry(basename(real))));
}

async function see(path: string, take: Take): Promise<Seen> {
  try {
    const stats = await lstat(path);
    if (stats.isDirectory()) return { state: "folder" };
    if (stats.isSymbolicLink()) return { state: "unkept", unkept: "link" };
    if (!stats.isFile()) return { state: "unkept", unkept: "special" };
    return await seeFile(path, take);
  } catch (error) {
    const code = systemCode(error) ?? "";
    if (code === "ENOENT") return { state: "absent" };
    if (code === "ELOOP") return { state: "unkept", unkept: "link" };
    if (code === "EACCES" || code === "EPERM") return { state: "unkept", unkept: "unreadable" };
    throw error;
  }
}

/** O_NONBLOCK: what was a file a moment ago may be a pipe now, and nobody may ever write to it. */
async function seeFile(path: string, take: Take): Promise<Seen> {
  const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
  const handle = await open(path, flags);
  try {
    const stats = await handle.stat();
    const mode = stats.mode & 0o777;
    if (!stats.isFile()) return { state: "unkept", unkept: "special" };
    if (stats.size > maxKeptBytes) return { state: "unkept", unkept: "large", mode };
    return { state: await take(handle), mode };
  } finally {
    await handle.close();
  }
}

type Walk = {
  root: string;
  real: string;
  path: string;
  look(path: string): Promise<Seen>;
  seen: SeenWithin[];
};

/** Goes through open folders only, so that a folder swapped for a link leads nowhere. */
async function walk({ root, real, path, look, seen }: Walk): Promise<void> {
  const here = await inFolder(root, dirname(real), (entry) => look(entry(basename(real))));
  seen.push({ path, ...here });
  if (here.state !== "folder") return;
  await inFolder(root, real, async (entry) => {
    const entries = await readdir(entry("."), { withFileTypes: true });
    const within = (name: string) => (path === "" ? name : `${path}/${name}`);
    const folders = entries.filter((one) => one.isDirectory());
    const files = entries.filter((one) => !one.isDirectory());
    for (let from = 0; from < files.length && seen.length <= maxTreeEntries; from += sideBySide) {
      const group = files.slice(from, from + sideBySide);
      const looked = group.map(async ({ name }) => ({
        path: within(name),
        ...(await look(entry(name))),
      }));
      seen.push(...(await Promise.all(looked)));
    }
    for (const { name } of folders)
      if (seen.length <= maxTreeEntries)
        await walk({ root, real: join(real, name), path: within(name), look, seen });
  });
}

// ── Effects ──────────────────────────────────────────────────────────────────────────────────────

type Place = Pick<WorkspacePath, "root" | "shown">;

export function effect(place: Place, { state: before, mode }: Seen, after: FileState): FileEffect {
  const permissions = mode === undefined ? {} : { mode };
  return { root: place.root, path: place.shown, before, after, ...permissions };
}

/** All that was seen there is no longer there. */
export const gone = (place: Place, seen: readonly SeenWithin[]): FileEffect[] =>
  seen.map((one) => effect(inside(place, one.path), one, "absent"));

/** All that is seen there was not there before. */
export const come = (place: Place, seen: readonly SeenWithin[]): FileEffect[] =>
  seen.map(({ path, state }) => effect(inside(place, path), { state: "absent" }, state));

export const folderMade = (root: string, real: string): FileEffect =>
  effect({ root, shown: shownPath(root, real) }, { state: "absent" }, "folder");

const inside = ({ root, shown }: Place, path: string): Place => ({
  root,
  shown: path === "" ? shown : `${shown}/${path}`,
});
