// make_folder: makes a folder and what is missing above it.
import { stat } from "node:fs/promises";
import * as z from "zod";
import { AetheriaError } from "../../../contract/errors.ts";
import type { Tool, ToolContext } from "../../../core/ports.ts";
import { defineTool } from "../define-tool.ts";
import { folderMade } from "./file-journal.ts";
import { filePlan } from "./file-plan.ts";
import { ensureFolder } from "./guarded-open.ts";
import { resolveInWorkspace } from "./workspace-path.ts";

const input = z.object({
  path: z.string().min(1).describe("Folder to make, relative to the workspace"),
});

export function makeFolderTool(): Tool {
  return defineTool({
    name: "make_folder",
    family: "files",
    title: "Make a folder",
    description: "Makes a folder, with missing folders above it. write_file does so by itself.",
    effect: "write_workspace",
    input,
    async plan({ path }, context) {
      const place = await folderPlace(path, context);
      return filePlan({
        effect: "write_workspace",
        summary: `make folder ${place.shown}`,
        sentence: `Make the folder ${place.shown}.`,
        paths: [place.real],
        fields: { path: place.real },
      });
    },
    async run({ path }, context) {
      const place = await folderPlace(path, context);
      const { root } = place;
      const onMade = (made: string) => context.changed([folderMade(root, made)]);
      await ensureFolder(root, place.real, onMade);
      return {
        text: place.exists
          ? `${place.shown} was there already.`
          : `Made the folder ${place.shown}.`,
        view: { kind: "text" },
        labels: ["private"],
      };
    },
  });
}

async function folderPlace(path: string, context: ToolContext) {
  const place = await resolveInWorkspace(context.workspace, path);
  if (!place.exists || (await stat(place.real)).isDirectory()) return place;
  throw new AetheriaError("conflict", `“${place.shown}” is a file already.`, {
    hint: "Choose another name.",
  });
}
