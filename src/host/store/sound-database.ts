// Opens the database whatever state it is in: damaged ones are salvaged first, and where even that
// is impossible the store begins empty. Only what a person must mend stops it.
import { existsSync, renameSync } from "node:fs";
import Database from "better-sqlite3";
import type { ErrorData } from "../../contract/errors.ts";
import type { Clock } from "../../core/ports.ts";
import { openDatabase, type Db } from "./database.ts";
import type { Report } from "./event-rows.ts";
import { migrate, migrations } from "./migrations/migrate.ts";
import { finishSalvage, salvage } from "./salvage/salvage.ts";
import { codeOf, isDamage } from "./storage-error.ts";
import { createStoreParts, type StoreParts } from "./store-parts.ts";

export type SoundDatabase = { parts: StoreParts; notice: ErrorData | null };

export function openSoundDatabase(
  path: string,
  clock: Pick<Clock, "now">,
  report: Report,
): SoundDatabase {
  finishSalvage(path);
  try {
    return { parts: openParts(path, clock, report), notice: null };
  } catch (error) {
    if (!isDamage(error) && !isStrange(error)) throw error;
    report(`the database cannot be used as it is: ${String(error)}`);
    return openSalvaged(path, clock, report);
  }
}

/** Saves what can be read of the file and opens the new one. */
export function openSalvaged(
  path: string,
  clock: Pick<Clock, "now">,
  report: Report,
): SoundDatabase {
  try {
    const notice = salvage(path, clock.now());
    report(notice.message);
    return { parts: openParts(path, clock, report), notice };
  } catch (error) {
    if (!isDamage(error) && !isStrange(error)) throw error;
    report(`the database could not be salvaged: ${String(error)}`);
    return { parts: openParts(setAside(path, clock), clock, report), notice: startedEmpty };
  }
}

function openParts(path: string, clock: Pick<Clock, "now">, report: Report): StoreParts {
  const db = openDatabase(path);
  try {
    const copy = migrate(db, migrations, clock.now());
    if (copy) report(`copied the database to ${copy} before bringing it up to date`);
    refuseRules(db);
    return createStoreParts(db, clock, report);
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Nothing of ours writes by itself: rules in a file from elsewhere would undo what is decided here. */
function refuseRules(db: Db): void {
  const rules = "SELECT 1 FROM sqlite_schema WHERE type IN ('trigger', 'view') LIMIT 1";
  if (db.prepare(rules).get() === undefined) return;
  throw new Database.SqliteError("the database holds triggers or views", "SQLITE_ERROR");
}

/** Tables that are not there or not as they were made: damage by another name. */
function isStrange(error: unknown): boolean {
  return error instanceof Database.SqliteError && codeOf(error) === "SQLITE_ERROR";
}

function setAside(path: string, clock: Pick<Clock, "now">): string {
  const time = new Date(clock.now()).toISOString().replaceAll(":", "-");
  for (const end of ["", "-wal", "-shm"])
    if (existsSync(path + end)) renameSync(path + end, `${path}.unreadable-${time}${end}`);
  return path;
}

const startedEmpty: ErrorData = {
  code: "store_damaged",
  message: "The database was damaged and nothing in it could be read, so Aetheria starts empty.",
  hint: "The damaged file is kept in the data folder. Check the disk's health.",
  retryable: false,
};
