// restore_file: brings something back from the trash, never over what is there now.
import { dirname } from "node:path";
import * as z from "zod";
import { AetheriaError } from "../../../contract/errors.ts";
import type { Tool, ToolContext } from "../../../core/ports.ts";
import { defineTool } from "../define-tool.ts";
import { come, folderMade } from "./file-journal.ts";
import type { FileJournal } from "./file-journal.ts";
import { filePlan } from "./file-plan.ts";
import { told } from "./file-problem.ts";
import type { Trash, TrashItem } from "./trash.ts";
import { resolveInWorkspace } from "./workspace-path.ts";

const input = z.object({
  trash_id: z.string().optional().describe("The id that delete_file returned"),
  path: z.string().optional().describe("Or: where it was; the last one deleted there is taken"),
});
type Input = z.output<typeof input>;

export function restoreFileTool(trash: Trash, journal: FileJournal): Tool {
  return defineTool({
    name: "restore_file",
    family: "files",
    title: "Restore a deleted file",
    description: "Brings a deleted file or folder back from the trash to where it was.",
    effect: "write_workspace",
    input,
    async plan(asked, context) {
      const { path, shown } = await find(trash, asked, context);
      const place = await resolveInWorkspace(context.workspace, path, { followLast: false });
      return filePlan({
        effect: "write_workspace",
        summary: `restore ${shown}`,
        sentence: `Bring ${shown} back from the trash.`,
        paths: [place.real],
        fields: { path: place.real },
      });
    },
    async foresee(asked, context) {
      const { path, trashId } = await find(trash, asked, context);
      const place = await resolveInWorkspace(context.workspace, path, { followLast: false });
      const real = trash.contentOf(context.sessionId, trashId);
      const seen = await told(place.shown, () =>
        journal.lookThrough({ root: dirname(real), real }),
      );
      // What has taken its name stays, and it comes back beside it.
      return place.exists ? [] : come(place, seen);
    },
    async run(asked, context) {
      const item = await find(trash, asked, context);
      const { root } = await resolveInWorkspace(context.workspace, ".");
      const onMade = (made: string) => context.changed([folderMade(root, made)]);
      const { sessionId, workspace } = context;
      const place = await trash.restore(sessionId, item.trashId, workspace, onMade);
      context.changed(come(place, await journal.lookThrough(place)));
      const isElsewhere = place.real !== item.path;
      const why = isElsewhere ? ` (${item.shown} is taken by another file)` : "";
      return {
        text: `Restored ${place.shown}${why}.`,
        view: { kind: "text" },
        labels: ["private"],
      };
    },
  });
}

async function find(trash: Trash, { trash_id, path }: Input, { sessionId }: ToolContext) {
  const items = await trash.list(sessionId);
  const wanted = items.find((item) =>
    trash_id === undefined ? item.shown === path || item.path === path : item.trashId === trash_id,
  );
  if (wanted !== undefined) return wanted;
  throw new AetheriaError("not_found", "That is not in the trash.", { hint: inTrash(items) });
}

function inTrash(items: TrashItem[]): string {
  if (items.length === 0) return "The trash of this session is empty.";
  const names = items.slice(0, 10).map(({ shown, trashId }) => `${shown} (trash_id ${trashId})`);
  return `In the trash: ${names.join(", ")}${items.length > 10 ? " and more" : ""}.`;
}
