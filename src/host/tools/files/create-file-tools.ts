// The files family: what an agent or a person can do with the files of the granted workspace.
// Add a verb: one file with its definition, one line here.
import type { Attachments, Clock, Tool } from "../../../core/ports.ts";
import { deleteFileTool } from "./delete-file.ts";
import { editFileTool } from "./edit-file.ts";
import { createFileJournal } from "./file-journal.ts";
import { listFilesTool } from "./list-files.ts";
import { makeFolderTool } from "./make-folder.ts";
import { moveFileTool } from "./move-file.ts";
import { createOwnFolder } from "./own-folder.ts";
import { readFileTool } from "./read-file.ts";
import { restoreFileTool } from "./restore-file.ts";
import { searchFilesTool } from "./search-files.ts";
import { createTrash } from "./trash.ts";
import { writeFileTool } from "./write-file.ts";

export type FileToolsNeeds = {
  dataDir: string;
  trashDir: string;
  attachments: Attachments;
  clock: Clock;
};

export function createFileTools(needs: FileToolsNeeds): Tool[] {
  const { dataDir, trashDir, attachments, clock } = needs;
  const trash = createTrash(trashDir, clock);
  const journal = createFileJournal(attachments);
  const own = createOwnFolder(dataDir);
  const tools = [
    listFilesTool(),
    readFileTool(attachments),
    writeFileTool(journal),
    editFileTool(journal),
    moveFileTool(trash, journal),
    searchFilesTool(own.hides),
    deleteFileTool(trash, journal),
    restoreFileTool(trash, journal),
    makeFolderTool(),
  ];
  return tools.map(own.guard);
}
