// Turns what SQLite and the file system throw into errors a person can read. It decides nothing
// about repair; it only names what happened.
import { statfsSync } from "node:fs";
import Database from "better-sqlite3";
import { AetheriaError } from "../../contract/errors.ts";

const fullCodes = ["SQLITE_FULL", "ENOSPC", "EDQUOT"];
const deniedCodes = ["SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM", "SQLITE_AUTH"];
const deniedErrnos = ["EACCES", "EPERM", "EROFS", "EISDIR", "ENOTDIR", "EEXIST"];

export function codeOf(error: unknown): string {
  if (error instanceof Database.SqliteError) return error.code;
  if (error instanceof Error && "code" in error && typeof error.code === "string")
    return error.code;
  return "";
}

export function isDamage(error: unknown): boolean {
  const code = codeOf(error);
  return code.startsWith("SQLITE_CORRUPT") || code === "SQLITE_NOTADB";
}

function isFull(error: unknown, folder: string): boolean {
  const code = codeOf(error);
  if (fullCodes.includes(code)) return true;
  return code.startsWith("SQLITE_IOERR") && freeBytes(folder) < 64 * 1024;
}

function freeBytes(folder: string): number {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return Infinity;
  }
}

/** The same error, as an AetheriaError where the reason is one a person can do something about. */
export function storageError(error: unknown, folder: string): unknown {
  if (error instanceof AetheriaError) return error;
  if (isFull(error, folder))
    return new AetheriaError("disk_full", `The disk that holds ${folder} is full.`, {
      hint: "Nothing was half-written. Free some space and try again.",
      retryable: true,
      cause: error,
    });
  if (isDamage(error))
    return new AetheriaError("store_damaged", "Aetheria's database is damaged.", {
      hint: "Restart Aetheria: it saves what can be read and keeps the damaged file.",
      cause: error,
    });
  const code = codeOf(error);
  if (deniedErrnos.includes(code) || deniedCodes.some((denied) => code.startsWith(denied)))
    return new AetheriaError("refused", `Aetheria may not read or write ${folder}.`, {
      hint: "Give your user the right to write there, or choose another data folder.",
      cause: error,
    });
  return error;
}

/** Runs a storage step and throws its failure as a person can read it. */
export function guarded<Result>(folder: string, step: () => Result): Result {
  try {
    return step();
  } catch (error) {
    throw storageError(error, folder);
  }
}
