// write_file: makes a file or replaces a whole one, in one step. Shows what changes before it does.
import * as z from "zod";
import type { Tool, ToolContext } from "../../../core/ports.ts";
import { defineTool } from "../define-tool.ts";
import { count, lineCount, sizeText } from "../amounts.ts";
import { effect } from "./file-journal.ts";
import type { FileJournal } from "./file-journal.ts";
import { filePlan } from "./file-plan.ts";
import { loadText } from "./load-text.ts";
import { saveFile } from "./save-file.ts";
import { textDiff } from "./text-diff.ts";
import { resolveInWorkspace } from "./workspace-path.ts";

const input = z.object({
  path: z.string().min(1).describe("File to write, relative to the workspace"),
  content: z.string().describe("The whole new content"),
});

export function writeFileTool(journal: FileJournal): Tool {
  return defineTool({
    name: "write_file",
    family: "files",
    title: "Write a file",
    description:
      "Makes a file with the given content, or replaces a whole file. Makes missing folders. " +
      "To change a part of a file, edit_file is safer.",
    effect: "write_workspace",
    input,
    async plan({ path, content }, context) {
      const { place, isNew, diff, before } = await compare(path, content, context);
      const verb = isNew ? "Make" : "Replace";
      return filePlan({
        effect: "write_workspace",
        summary: `write ${place.shown}`,
        sentence: `${verb} the file ${place.shown} (${sizeText(Buffer.byteLength(content))}).`,
        paths: [place.real],
        fields: { path: place.real, replaces: before },
        diff,
      });
    },
    async foresee({ path, content }, { workspace }) {
      const place = await resolveInWorkspace(workspace, path);
      const after = await journal.keep(Buffer.from(content, "utf8"));
      return [effect(place, await journal.lookAt(place), after)];
    },
    async run({ path, content }, context) {
      const { place, isNew, diff } = await compare(path, content, context);
      await saveFile(place, Buffer.from(content, "utf8"), { journal, ...context });
      const size = `${count(lineCount(content), "line")}, ${sizeText(Buffer.byteLength(content))}`;
      return {
        text: `${isNew ? "Made" : "Replaced"} ${place.shown} (${size}).`,
        view: { kind: "diff", path: place.shown, diff },
        labels: ["private"],
      };
    },
  });
}

async function compare(path: string, content: string, context: ToolContext) {
  const place = await resolveInWorkspace(context.workspace, path);
  const old = place.exists ? await loadText(place) : null;
  const isComparable = old === null || old.decoded !== null;
  const diff = isComparable
    ? await textDiff(place.shown, old?.decoded?.text ?? "", content)
    : `--- a/${place.shown}\n+++ b/${place.shown}\n\\ The old content is not text.\n`;
  const before = old === null ? undefined : `the present file, ${sizeText(old.sizeBytes)}`;
  return { place, isNew: old === null, diff, before };
}
