// A consistent copy of the open database in a file of its own, while others go on writing to it.
import { rm } from "node:fs/promises";
import { pageSize, type Db } from "./database.ts";

const pagesPerStep = 500;

/** Leaves no part of a copy behind when it fails or is aborted. */
export async function copyDatabase(
  db: Db,
  path: string,
  onProgress: (doneBytes: number, totalBytes: number) => void,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  try {
    await db.backup(path, {
      progress: ({ totalPages, remainingPages }) => {
        signal.throwIfAborted();
        onProgress((totalPages - remainingPages) * pageSize, totalPages * pageSize);
        return pagesPerStep;
      },
    });
  } catch (error) {
    for (const end of ["", "-journal", "-wal", "-shm"]) await rm(path + end, { force: true });
    throw error;
  }
}
