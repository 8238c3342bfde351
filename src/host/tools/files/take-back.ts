// Brings files back to what they were, one by one: each is whole at any time, what is there now goes
// to the trash first, and what cannot be done is told while the rest goes on.
import { rmdir } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { AetheriaError } from "../../../contract/errors.ts";
import type { FileEffect } from "../../../contract/tool.ts";
import type { Attachments, TakenBack, WorkspaceFiles } from "../../../core/ports.ts";
import type { FileTarget } from "../../../core/session/file-effects.ts";
import type { FileToolsNeeds } from "./create-file-tools.ts";
import { createFileJournal, effect, folderMade, hashOf, maxKeptBytes } from "./file-journal.ts";
import type { FileJournal } from "./file-journal.ts";
import { systemCode, told } from "./file-problem.ts";
import { ensureFolder, inFolder } from "./guarded-open.ts";
import { createOwnFolder, type OwnFolder } from "./own-folder.ts";
import { putInTrash } from "./put-in-trash.ts";
import { previewTargets } from "./rewind-preview.ts";
import { saveFile } from "./save-file.ts";
import { checkTarget, whyOf } from "./take-back-check.ts";
import { createTrash, type Trash } from "./trash.ts";
import { realWorkspace } from "./workspace-path.ts";
import type { WorkspacePath } from "./workspace-path.ts";

type Needs = {
  trash: Trash;
  journal: FileJournal;
  attachments: Attachments;
  own: Pick<OwnFolder, "hides">;
};
type Change = {
  sessionId: string;
  target: FileTarget;
  place: WorkspacePath;
  isFolderNow: boolean;
  signal: AbortSignal;
  changed(effects: readonly FileEffect[]): void;
};
type Done = "restored" | "removed" | "nothing";

export function createTakeBack(made: FileToolsNeeds): WorkspaceFiles {
  const { attachments } = made;
  const needs: Needs = {
    trash: createTrash(made.trashDir, made.clock),
    journal: createFileJournal(attachments),
    attachments,
    own: createOwnFolder(made.dataDir),
  };
  return {
    preview: async (workspace, targets) =>
      previewTargets(await realWorkspace(workspace), targets, needs),
    async takeBack(sessionId, workspace, targets, signal) {
      const root = await realWorkspace(workspace);
      const taken: TakenBack = { changes: [], restored: [], removed: [], failed: [] };
      const changed = (effects: readonly FileEffect[]) => void taken.changes.push(...effects);
      for (const target of targets) {
        if (signal.aborted) break;
        const { path } = target;
        const checked = await checkTarget(root, target, needs);
        if (checked.kind === "same") continue;
        if (checked.kind === "problem") {
          taken.failed.push({ path, why: checked.why });
          continue;
        }
        const { place, now } = checked;
        const isFolderNow = now.state === "folder";
        try {
          const change = { sessionId, target, place, isFolderNow, signal, changed };
          const done = await bringBack(change, needs);
          if (done !== "nothing") taken[done].push(path);
        } catch (error) {
          if (!signal.aborted) taken.failed.push({ path, why: whyOf(error) });
        }
      }
      return taken;
    },
  };
}

async function bringBack(change: Change, needs: Needs): Promise<Done> {
  const { target, place, isFolderNow } = change;
  if (target.to === "absent" && isFolderNow) return removeFolder(change);
  if (target.to === "absent") return removeFile(change, needs);
  if (target.to === "folder") {
    const done = place.exists ? await removeFile(change, needs) : "nothing";
    const { root, real } = place;
    await ensureFolder(root, real, (made) => change.changed([folderMade(root, made)]));
    return done;
  }
  if (isFolderNow) await removeFolder(change);
  return restoreFile(change, needs);
}

async function removeFile({ sessionId, place, changed }: Change, needs: Needs): Promise<Done> {
  const { effects } = await putInTrash(needs, sessionId, place);
  changed(effects);
  return "removed";
}

/** Only an empty one: what somebody else put into it stays, and the folder with it. */
async function removeFolder({ place, target, changed }: Change): Promise<Done> {
  const { root, real, shown } = place;
  try {
    await inFolder(root, dirname(real), (entry) => rmdir(entry(basename(real))));
    changed([effect(place, { state: "folder" }, "absent")]);
    return "nothing";
  } catch (error) {
    const isFull = ["ENOTEMPTY", "EEXIST"].includes(systemCode(error) ?? "");
    if (!isFull) return told(shown, () => Promise.reject(error));
    if (target.to === "absent" && target.left.includes("folder")) return "nothing";
    throw new AetheriaError("conflict", "There is a folder in its place now, which holds files.");
  }
}

async function restoreFile(change: Change, needs: Needs): Promise<Done> {
  const { sessionId, target, place, isFolderNow, signal, changed } = change;
  const { bytes } = await needs.attachments.get(target.to, 0, maxKeptBytes);
  if (hashOf(bytes) !== target.to)
    throw new AetheriaError("not_found", "What was kept of it is damaged.");
  signal.throwIfAborted();
  if (place.exists && !isFolderNow) await needs.trash.putCopy(sessionId, place);
  const { journal } = needs;
  await saveFile(place, bytes, { journal, signal, changed, newMode: target.mode });
  return "restored";
}
