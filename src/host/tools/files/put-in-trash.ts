// Moves something to the trash and tells exactly what went: it is looked at where nobody else
// changes it any more.
import { dirname } from "node:path";
import type { FileEffect } from "../../../contract/tool.ts";
import { gone } from "./file-journal.ts";
import type { FileJournal, SeenWithin } from "./file-journal.ts";
import type { Trash, TrashItem } from "./trash.ts";
import type { WorkspacePath } from "./workspace-path.ts";

export async function putInTrash(
  { trash, journal }: { trash: Trash; journal: FileJournal },
  sessionId: string,
  place: WorkspacePath,
): Promise<{ item: TrashItem; effects: FileEffect[] }> {
  const item = await trash.put(sessionId, place);
  const real = trash.contentOf(sessionId, item.trashId);
  // It is gone from where it was, whatever can be kept of it.
  const seen = await journal.lookThrough({ root: dirname(real), real }).catch(() => [unkept]);
  return { item, effects: gone(place, seen) };
}

const unkept: SeenWithin = { path: "", state: "unkept", unkept: "unreadable" };
