// delete_file: moves a file, link or folder to the trash, from where it can be restored.
import * as z from "zod";
import { AetheriaError } from "../../../contract/errors.ts";
import type { Tool, ToolContext } from "../../../core/ports.ts";
import { defineTool } from "../define-tool.ts";
import { count, sizeText } from "../amounts.ts";
import { gone } from "./file-journal.ts";
import type { FileJournal } from "./file-journal.ts";
import { filePlan } from "./file-plan.ts";
import { told } from "./file-problem.ts";
import { extentOf } from "./move-entry.ts";
import type { Extent } from "./move-entry.ts";
import { putInTrash } from "./put-in-trash.ts";
import type { Trash } from "./trash.ts";
import { resolveInWorkspace } from "./workspace-path.ts";

const input = z.object({
  path: z.string().min(1).describe("File or folder to delete, relative to the workspace"),
});

export function deleteFileTool(trash: Trash, journal: FileJournal): Tool {
  return defineTool({
    name: "delete_file",
    family: "files",
    title: "Delete a file or folder",
    description:
      "Moves a file or a folder with all it holds to the trash. restore_file brings it back.",
    effect: "delete",
    input,
    async plan({ path }, context) {
      const place = await existing(path, context);
      const extent = await told(place.shown, () => extentOf(place.real));
      const what = extent.isFolder ? "the folder" : "the file";
      return filePlan({
        effect: "delete",
        summary: `delete ${place.shown}`,
        sentence: `Move ${what} ${place.shown} (${holds(extent)}) to the trash.`,
        paths: [place.real],
        fields: { path: place.real, holds: holds(extent) },
      });
    },
    async foresee({ path }, context) {
      const place = await existing(path, context);
      return gone(place, await told(place.shown, () => journal.lookThrough(place)));
    },
    async run({ path }, context) {
      const place = await existing(path, context);
      const { item, effects } = await putInTrash({ trash, journal }, context.sessionId, place);
      context.changed(effects);
      return {
        text: `Moved ${item.shown} (${holds(item)}) to the trash. restore_file with trash_id ${item.trashId} brings it back.`,
        view: { kind: "text" },
        labels: ["private"],
      };
    },
  });
}

async function existing(path: string, context: ToolContext) {
  const place = await resolveInWorkspace(context.workspace, path, { followLast: false });
  if (place.real === place.root)
    throw new AetheriaError("refused", "The session's folder itself is never deleted.", {
      hint: "Name something inside it.",
    });
  if (place.exists) return place;
  throw new AetheriaError("not_found", `“${place.shown}” does not exist.`, {
    hint: "List the folder to see what is there.",
  });
}

function holds({ files, sizeBytes, isFolder }: Extent): string {
  return isFolder ? `${count(files, "file")}, ${sizeText(sizeBytes)}` : sizeText(sizeBytes);
}
