// A person's look at the workspace: one folder's entries, a piece of a file. Reads only, never leaves
// the workspace, and shows links as links.
import { lstat, readdir } from "node:fs/promises";
import type { Dirent } from "node:fs";
import { basename } from "node:path";
import { maxChunkBytes, type CallInput, type CallOutput } from "../../../contract/calls.ts";
import type { FileEntry } from "../../../contract/data.ts";
import { kindOf } from "../documents/file-kind.ts";
import { told } from "./file-problem.ts";
import { inFolder, openInside } from "./guarded-open.ts";
import { readHead } from "./load-text.ts";
import { refuseOwn, type OwnFolder } from "./own-folder.ts";
import { resolveInWorkspace } from "./workspace-path.ts";

/** The most entries of one folder that are told. */
export const maxListed = 2_000;
const sideBySide = 64;

type Own = Pick<OwnFolder, "hides">;

export async function listFolder(
  workspace: string | null,
  path: string,
  own: Own,
): Promise<CallOutput<"file.list">> {
  const place = await resolveInWorkspace(workspace, path === "" ? "." : path);
  await refuseOwn(own, place);
  const { root, real, shown } = place;
  return inFolder(root, real, async (entry) => {
    const all = await told(shown, () => readdir(entry("."), { withFileTypes: true }));
    const sorted = all.sort(foldersFirst);
    const names = sorted.slice(0, maxListed).map(({ name }) => name);
    const prefix = shown === "." ? "" : `${shown}/`;
    const entries: FileEntry[] = [];
    for (let from = 0; from < names.length; from += sideBySide) {
      const looked = names
        .slice(from, from + sideBySide)
        .map((name) => entryOf(entry(name), name, `${prefix}${name}`));
      // What went away while the folder was read is left out.
      entries.push(...(await Promise.all(looked)).filter((one) => one !== null));
    }
    return { entries, truncated: sorted.length > maxListed };
  });
}

const natural = new Intl.Collator("en", { numeric: true });

const foldersFirst = (a: Dirent, b: Dirent): number =>
  Number(b.isDirectory()) - Number(a.isDirectory()) || natural.compare(a.name, b.name);

async function entryOf(real: string, name: string, path: string): Promise<FileEntry | null> {
  const stats = await lstat(real).catch(() => null);
  if (stats === null) return null;
  const type = stats.isSymbolicLink()
    ? "link"
    : stats.isDirectory()
      ? "folder"
      : stats.isFile()
        ? "file"
        : "other";
  return { name, path, type, sizeBytes: stats.size, modifiedAt: stats.mtimeMs };
}

export async function readPiece(
  workspace: string | null,
  { path, offset, length }: Omit<CallInput<"file.read">, "sessionId">,
  own: Own,
): Promise<CallOutput<"file.read">> {
  const place = await resolveInWorkspace(workspace, path);
  await refuseOwn(own, place);
  const handle = await openInside(place);
  try {
    return await told(place.shown, async () => {
      const { size: sizeBytes, mtimeMs: modifiedAt } = await handle.stat();
      const { mime } = kindOf(await readHead(handle), basename(place.real));
      const from = Math.min(sizeBytes, Math.max(0, Math.floor(offset) || 0));
      const most = Math.min(maxChunkBytes, Math.max(0, Math.floor(length) || 0), sizeBytes - from);
      const { bytesRead, buffer } = await handle.read(new Uint8Array(most), 0, most, from);
      return { bytes: buffer.subarray(0, bytesRead), sizeBytes, mime, modifiedAt };
    });
  } finally {
    await handle.close();
  }
}
