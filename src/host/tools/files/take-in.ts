// The way of files into and out of the workspace for other families: what comes is copied beside what
// is there and never over it, not to be run, and can be taken back by a rewind.
import { constants, createReadStream } from "node:fs";
import { lstat, open, rm, stat } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";
import { AetheriaError } from "../../../contract/errors.ts";
import type { ToolContext } from "../../../core/ports.ts";
import { effect, folderMade, type FileJournal } from "./file-journal.ts";
import { systemCode, told } from "./file-problem.ts";
import { ensureFolder, inFolder, openInside } from "./guarded-open.ts";
import { refuseOwn, type OwnFolder } from "./own-folder.ts";
import { resolveInWorkspace, shownPath, type WorkspacePath } from "./workspace-path.ts";

export type Coming = { from: string } | { bytes: Uint8Array };
type Taken = Pick<WorkspacePath, "real" | "shown">;

export interface TakeIn {
  /** Where a new file would come to lie. Throws conflict when a folder is there, `exact` also when
   * anything is. */
  placeFor(workspace: string | null, path: string, options: { exact: boolean }): Promise<Taken>;
  /** A name that is taken gets a number, unless it is to be `exact`: then it throws conflict. */
  takeIn(
    what: Coming,
    path: string,
    options: { exact: boolean },
    context: Pick<ToolContext, "workspace" | "signal" | "changed">,
  ): Promise<Taken>;
  /** A plain file that is there. */
  fileAt(workspace: string | null, path: string): Promise<Taken & { sizeBytes: number }>;
}

/** To read and write for its owner, to read for others as the system has it; never to run. */
const newMode = 0o644;
const maxNumber = 999;

export function createTakeIn(journal: FileJournal, own: Pick<OwnFolder, "hides">): TakeIn {
  const resolve = async (workspace: string | null, path: string): Promise<WorkspacePath> => {
    const place = await resolveInWorkspace(workspace, path);
    await refuseOwn(own, place);
    if (place.real === place.root) throw notAName(path);
    return place;
  };

  return {
    async placeFor(workspace, path, { exact }) {
      const place = await resolve(workspace, path);
      if (place.exists && (exact || (await stat(place.real)).isDirectory()))
        throw isThere(place.shown);
      return place;
    },
    async fileAt(workspace, path) {
      const place = await resolve(workspace, path);
      const handle = await openInside(place);
      try {
        const { size } = await handle.stat();
        return { real: place.real, shown: place.shown, sizeBytes: size };
      } finally {
        await handle.close();
      }
    },
    async takeIn(what, path, { exact }, { workspace, signal, changed }) {
      const { root, real, shown } = await resolve(workspace, path);
      const folder = dirname(real);
      await ensureFolder(root, folder, (made) => changed([folderMade(root, made)]));
      return inFolder(root, folder, async (entry) => {
        const name = await makeBeside(basename(real), { exact, shown, entry }, (handle) =>
          fill(handle, what, signal),
        );
        const place = { root, shown: shownPath(root, join(folder, name)) };
        const after = await journal.look(entry(name));
        changed([effect(place, { state: "absent" }, after.state)]);
        return { real: join(folder, name), shown: place.shown };
      });
    },
  };
}

type Beside = { exact: boolean; shown: string; entry(name: string): string };

/** Made new (`wx`), so that nothing that is there, a link neither, is ever written to. What was begun
 * and not finished is taken away. Returns its name. */
async function makeBeside(
  wanted: string,
  { exact, shown, entry }: Beside,
  write: (handle: FileHandle) => Promise<void>,
): Promise<string> {
  for (let number = 1; number <= maxNumber; number++) {
    const name = number === 1 ? wanted : numbered(wanted, number);
    const handle = await openNew(entry(name), shown);
    if (handle === null && exact) throw isThere(shown);
    if (handle === null) continue;
    try {
      await told(shown, () => write(handle));
      return name;
    } catch (error) {
      await rm(entry(name), { force: true });
      throw error;
    } finally {
      await handle.close();
    }
  }
  throw isThere(shown);
}

/** null: something is there. */
async function openNew(path: string, shown: string): Promise<FileHandle | null> {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;
  try {
    return await open(path, flags, newMode);
  } catch (error) {
    if (systemCode(error) === "EEXIST") return null;
    return told(shown, () => Promise.reject(error));
  }
}

async function fill(handle: FileHandle, what: Coming, signal: AbortSignal): Promise<void> {
  if ("bytes" in what) await handle.writeFile(what.bytes, { signal });
  else {
    const { isFile } = await lstat(what.from).then((stats) => ({ isFile: stats.isFile() }));
    if (!isFile) throw new Error("what comes is not a plain file");
    // Leaving the loop closes the stream.
    for await (const piece of createReadStream(what.from, { signal }))
      await handle.writeFile(piece as Uint8Array);
  }
  await handle.datasync();
}

/** `report.pdf`, 2 → `report (2).pdf`. */
function numbered(name: string, number: number): string {
  const ending = extname(name);
  return `${name.slice(0, name.length - ending.length)} (${number})${ending}`;
}

const isThere = (shown: string) =>
  new AetheriaError("conflict", `“${shown}” is there already.`, { hint: "Choose another name." });

const notAName = (path: string) =>
  new AetheriaError("bad_input", `“${path.slice(0, 200)}” names no file.`, {
    hint: "Give a path relative to the session's folder, like downloads/report.pdf.",
  });
