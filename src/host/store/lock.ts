// One host per data folder. The lock is a tiny SQLite file held exclusively: the system lets go of
// it when the process dies, however it dies.
import { join } from "node:path";
import Database from "better-sqlite3";
import { AetheriaError } from "../../contract/errors.ts";
import { codeOf } from "./storage-error.ts";

export type Lock = { release(): void };

/** Throws data_folder_in_use when another host, in this process or another, holds the folder. */
export function lockDataFolder(dataDir: string): Lock {
  const file = new Database(join(dataDir, "host.lock"), { timeout: 0 });
  try {
    file.pragma("locking_mode = EXCLUSIVE");
    file.pragma("journal_mode = MEMORY");
    file.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    file.close();
    if (codeOf(error).startsWith("SQLITE_BUSY"))
      throw new AetheriaError("data_folder_in_use", `Another Aetheria already uses ${dataDir}.`, {
        hint: "Use the one that is running, stop it first, or choose another data folder.",
        cause: error,
      });
    throw error;
  }
  return { release: () => void file.close() };
}
