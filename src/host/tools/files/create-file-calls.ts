// The file and trash calls of the contract: what a person's client asks about folders, names and
// deleted files. Owns no state; the trash is the one on the disk.
import { readdir } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import type { CallInput, CallName, CallOutput } from "../../../contract/calls.ts";
import { AetheriaError } from "../../../contract/errors.ts";
import type { SessionId } from "../../../contract/ids.ts";
import type { Attachments, Clock } from "../../../core/ports.ts";
import type { PlacedEffect } from "../../../core/session/file-effects.ts";
import { listFolder, readPiece } from "./browse.ts";
import { createChangedFiles } from "./changed-files.ts";
import { told } from "./file-problem.ts";
import { fuzzyScore } from "./fuzzy-match.ts";
import { createOwnFolder } from "./own-folder.ts";
import { ripgrep } from "./ripgrep.ts";
import { createTrash } from "./trash.ts";
import type { Trash, TrashItem } from "./trash.ts";
import { realWorkspace } from "./workspace-path.ts";

type FileCallName = Extract<CallName, `file.${string}` | `trash.${string}`>;
export type FileCalls = {
  [Name in FileCallName]: (input: CallInput<Name>) => Promise<CallOutput<Name>>;
};

export type FileCallsNeeds = {
  dataDir: string;
  clock: Clock;
  attachments: Attachments;
  /** What the session's calls and rewinds did to files, in order. */
  effectsOf(sessionId: SessionId): PlacedEffect[];
  /** Files of the session's workspace are others now. */
  changed(sessionId: SessionId): void;
  /** null: the session has none. Throws not_found for an unknown session. */
  workspaceOf(sessionId: SessionId): string | null;
};

const findTimeoutMs = 5_000;
const maxFound = 200;

/** Where deleted files wait, within the data folder. */
export function trashDirIn(dataDir: string): string {
  return join(dataDir, "trash");
}

export function createFileCalls(needs: FileCallsNeeds): FileCalls {
  const { dataDir, clock, attachments, workspaceOf, effectsOf } = needs;
  const trash = createTrash(trashDirIn(dataDir), clock);
  const own = createOwnFolder(dataDir);
  const changedFiles = createChangedFiles(attachments, own);
  return {
    "file.folders": ({ path }) => folders(path ?? homedir()),
    "file.find": ({ sessionId, query, limit }) => find(workspaceOf(sessionId), query, limit),
    "file.list": ({ sessionId, path }) => listFolder(workspaceOf(sessionId), path, own),
    "file.read": ({ sessionId, ...asked }) => readPiece(workspaceOf(sessionId), asked, own),
    "file.changes": async ({ sessionId }) =>
      changedFiles.changes(workspaceOf(sessionId), effectsOf(sessionId)),
    "file.diff": async ({ sessionId, path }) =>
      changedFiles.diff(workspaceOf(sessionId), effectsOf(sessionId), path),
    "trash.list": async ({ sessionId }) => ({
      items: (await trash.list(sessionId)).map(toListed),
    }),
    "trash.restore": async ({ sessionId, trashId }) => {
      const restored = await restore(trash, sessionId, trashId);
      needs.changed(sessionId);
      return restored;
    },
  };
}

async function folders(asked: string): Promise<CallOutput<"file.folders">> {
  if (asked.includes("\0")) throw new AetheriaError("bad_input", "That path cannot exist.");
  const path = resolve(asked);
  const entries = await told(path, () => readdir(path, { withFileTypes: true }));
  const shown = entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
    .map(({ name }) => ({ name, path: join(path, name) }))
    .sort((a, b) => a.name.localeCompare(b.name, "en", { numeric: true }));
  const parent = dirname(path);
  return { path, parent: parent === path ? null : parent, folders: shown };
}

async function find(
  workspace: string | null,
  query: string,
  limit: number,
): Promise<CallOutput<"file.find">> {
  if (workspace === null) return { paths: [] };
  const root = await realWorkspace(workspace);
  const signal = AbortSignal.timeout(findTimeoutMs);
  const scored: { path: string; score: number }[] = [];
  try {
    for await (const line of ripgrep(["--files"], root, signal)) {
      const path = line.replaceAll("\\", "/");
      const score = fuzzyScore(path, query);
      if (score !== null) scored.push({ path, score });
    }
  } catch (error) {
    // A huge folder: what was found in time is better than nothing.
    if (!signal.aborted) throw error;
  }
  scored.sort((a, b) => b.score - a.score || a.path.localeCompare(b.path));
  return { paths: scored.slice(0, Math.min(Math.max(limit, 0), maxFound)).map(({ path }) => path) };
}

/** A person restores to where it was, even when the session has moved to another folder. */
async function restore(trash: Trash, sessionId: SessionId, trashId: string) {
  const item = (await trash.list(sessionId)).find((one) => one.trashId === trashId);
  const { real } = await trash.restore(sessionId, trashId, item?.root ?? null);
  return { path: real };
}

function toListed({ trashId, path, sizeBytes, deletedAt }: TrashItem) {
  return { trashId, path, sizeBytes, deletedAt };
}
