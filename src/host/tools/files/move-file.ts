// move_file: renames or moves. What it would overwrite is refused, or goes to the trash when asked.
import { lstat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import * as z from "zod";
import { AetheriaError } from "../../../contract/errors.ts";
import type { Tool, ToolContext } from "../../../core/ports.ts";
import { defineTool } from "../define-tool.ts";
import { come, folderMade, gone } from "./file-journal.ts";
import type { FileJournal } from "./file-journal.ts";
import { filePlan } from "./file-plan.ts";
import { told } from "./file-problem.ts";
import { ensureFolder, inFolder } from "./guarded-open.ts";
import { moveEntry } from "./move-entry.ts";
import { putInTrash } from "./put-in-trash.ts";
import type { Trash } from "./trash.ts";
import { isInside, resolveInWorkspace } from "./workspace-path.ts";
import type { WorkspacePath } from "./workspace-path.ts";

const input = z.object({
  from: z.string().min(1).describe("File or folder to move, relative to the workspace"),
  to: z.string().min(1).describe("Its new path; an existing folder receives it under its own name"),
  overwrite: z.boolean().default(false).describe("Move what is at `to` now to the trash first"),
});
type Input = z.output<typeof input>;

export function moveFileTool(trash: Trash, journal: FileJournal): Tool {
  const replace = async (to: WorkspacePath, { sessionId, changed }: ToolContext) => {
    const { item, effects } = await putInTrash({ trash, journal }, sessionId, to);
    changed(effects);
    return item;
  };
  return defineTool({
    name: "move_file",
    family: "files",
    title: "Move or rename",
    description: "Renames or moves a file or folder within the workspace. Makes missing folders.",
    effect: "write_workspace",
    input,
    async plan(asked, context) {
      const { from, to } = await prepare(asked, context);
      return filePlan({
        effect: "write_workspace",
        summary: `move ${from.shown} to ${to.shown}`,
        sentence: `Move ${from.shown} to ${to.shown}.`,
        paths: [from.real, to.real],
        fields: {
          from: from.real,
          to: to.real,
          replaces: to.exists ? "what is there now, which goes to the trash" : undefined,
        },
      });
    },
    async foresee(asked, context) {
      const { from, to } = await prepare(asked, context);
      const moved = await told(from.shown, () => journal.lookThrough(from));
      const replaced = to.exists ? await told(to.shown, () => journal.lookThrough(to)) : [];
      return [...gone(to, replaced), ...gone(from, moved), ...come(to, moved)];
    },
    async run(asked, context) {
      const { from, to } = await prepare(asked, context);
      const replaced = to.exists ? await replace(to, context) : null;
      await move(from, to, context);
      const moved = await journal.lookThrough(to);
      context.changed([...gone(from, moved), ...come(to, moved)]);
      const note =
        replaced === null ? "" : ` What was there is in the trash (trash_id ${replaced.trashId}).`;
      return {
        text: `Moved ${from.shown} to ${to.shown}.${note}`,
        view: { kind: "text" },
        labels: ["private"],
      };
    },
  });
}

async function prepare(asked: Input, { workspace }: ToolContext) {
  const from = await resolveInWorkspace(workspace, asked.from, { followLast: false });
  if (from.real === from.root) throw refused("The session's folder itself cannot be moved.");
  if (!from.exists) throw missing(from.shown);
  const to = await destination(from, asked.to, workspace);
  if (to.real === from.real) throw refused(`“${from.shown}” is there already.`);
  if (isInside(from.real, to.real)) throw refused("A folder cannot be moved into itself.");
  if (isInside(to.real, from.real)) throw refused(`“${to.shown}” holds what would be moved.`);
  if (to.exists && !asked.overwrite)
    throw new AetheriaError("conflict", `“${to.shown}” is there already; nothing was moved.`, {
      hint: "Choose another name, or set overwrite to move what is there to the trash.",
    });
  return { from, to };
}

/** Like `mv`: an existing folder takes it in. */
async function destination(from: WorkspacePath, path: string, workspace: string | null) {
  const to = await resolveInWorkspace(workspace, path);
  const isFolder = to.exists && (await told(to.shown, () => lstat(to.real))).isDirectory();
  if (!isFolder || to.real === from.real) return to;
  const within = join(to.real, basename(from.real));
  return resolveInWorkspace(workspace, within, { followLast: false });
}

async function move(
  from: WorkspacePath,
  to: WorkspacePath,
  { changed }: ToolContext,
): Promise<void> {
  await ensureFolder(to.root, dirname(to.real), (made) => changed([folderMade(to.root, made)]));
  await inFolder(from.root, dirname(from.real), (source) =>
    inFolder(to.root, dirname(to.real), (target) =>
      told(from.shown, () => moveEntry(source(basename(from.real)), target(basename(to.real)))),
    ),
  );
}

function refused(message: string): AetheriaError {
  return new AetheriaError("bad_input", message, { hint: "Choose another path." });
}

function missing(shown: string): AetheriaError {
  return new AetheriaError("not_found", `“${shown}” does not exist.`, {
    hint: "List the folder to see what is there.",
  });
}
