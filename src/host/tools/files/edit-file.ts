// edit_file: replaces exact pieces of a text file, all or none, keeping its encoding and line ends.
import * as z from "zod";
import { AetheriaError } from "../../../contract/errors.ts";
import type { Tool, ToolContext } from "../../../core/ports.ts";
import { encodeText, encodingTitles } from "../documents/text-encoding.ts";
import type { Encoding } from "../documents/text-encoding.ts";
import { defineTool } from "../define-tool.ts";
import { count } from "../amounts.ts";
import { applyEdits } from "./apply-edits.ts";
import { effect } from "./file-journal.ts";
import type { FileJournal } from "./file-journal.ts";
import { filePlan } from "./file-plan.ts";
import { loadTextToEdit } from "./load-text.ts";
import { saveFile } from "./save-file.ts";
import { textDiff } from "./text-diff.ts";
import { resolveInWorkspace } from "./workspace-path.ts";

const edit = z.object({
  old_text: z.string().describe("The exact text to replace, as it is in the file"),
  new_text: z.string().describe("What to put in its place"),
  replace_all: z.boolean().default(false).describe("Replace every occurrence"),
});
const input = z.object({
  path: z.string().min(1).describe("File to change, relative to the workspace"),
  edits: z.array(edit).min(1).max(200).describe("Replacements, made in order; all or none"),
});
type Input = z.output<typeof input>;

export function editFileTool(journal: FileJournal): Tool {
  return defineTool({
    name: "edit_file",
    family: "files",
    title: "Edit a file",
    description:
      "Changes parts of a text file by exact match. Each old_text must be in the file exactly once, " +
      "unless replace_all is set. Read the file first.",
    effect: "write_workspace",
    input,
    async plan(asked, context) {
      const { place, diff, replacements } = await prepare(asked, context);
      return filePlan({
        effect: "write_workspace",
        summary: `edit ${place.shown}`,
        sentence: `Change ${count(replacements, "place")} in the file ${place.shown}.`,
        paths: [place.real],
        fields: { path: place.real },
        diff,
      });
    },
    async foresee(asked, context) {
      const { place, text, encoding } = await prepare(asked, context);
      const after = await journal.keep(encode(text, encoding, place.shown));
      return [effect(place, await journal.lookAt(place), after)];
    },
    async run(asked, context) {
      const { place, diff, replacements, text, encoding } = await prepare(asked, context);
      await saveFile(place, encode(text, encoding, place.shown), { journal, ...context });
      return {
        text: `Changed ${count(replacements, "place")} in ${place.shown}.`,
        view: { kind: "diff", path: place.shown, diff },
        labels: ["private"],
      };
    },
  });
}

async function prepare({ path, edits }: Input, context: ToolContext) {
  const place = await resolveInWorkspace(context.workspace, path);
  const before = await loadTextToEdit(place);
  const { text, replacements } = applyEdits(before.text, edits, place.shown);
  const diff = await textDiff(place.shown, before.text, text);
  return { place, diff, replacements, text, encoding: before.encoding };
}

function encode(text: string, encoding: Encoding, shown: string): Uint8Array {
  const bytes = encodeText(text, encoding);
  if (bytes !== null) return bytes;
  throw new AetheriaError(
    "bad_input",
    `${shown} is written in ${encodingTitles[encoding]}, which has no room for some of the new characters.`,
    { hint: "write_file replaces the whole file and writes it as UTF-8." },
  );
}
