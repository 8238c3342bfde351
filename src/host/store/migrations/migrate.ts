// Brings a database to the newest version, one numbered step at a time, each in a transaction.
// Refuses a database that a newer Aetheria made. An existing file is copied first.
import { copyFileSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { AetheriaError } from "../../../contract/errors.ts";
import { createTransaction, type Db } from "../database.ts";
import { log } from "./0001-log.ts";
import { mirror } from "./0002-mirror.ts";
import type { Migration } from "./migration.ts";

/** In order, without a hole; the last one's version is what this Aetheria writes. */
export const migrations: readonly Migration[] = [log, mirror];

const backupsKept = 3;

/** Returns the path of the copy made, or null when nothing had to be migrated or it was new. */
export function migrate(db: Db, steps: readonly Migration[], nowMs: number): string | null {
  const version = userVersion(db);
  const newest = steps.at(-1)?.version ?? 0;
  if (version > newest)
    throw new AetheriaError(
      "conflict",
      `The data in ${dirname(db.name)} was written by a newer Aetheria (format ${version}, this one knows ${newest}).`,
      { hint: "Update Aetheria, or start it with another data folder." },
    );
  const missing = steps.filter((step) => step.version > version);
  if (missing.length === 0) return null;
  const copy = version > 0 ? backUp(db, version, nowMs) : null;
  for (const step of missing) apply(db, step);
  return copy;
}

function apply(db: Db, step: Migration): void {
  createTransaction(db)(() => {
    db.exec(step.sql);
    db.pragma(`user_version = ${step.version}`);
  });
}

function userVersion(db: Db): number {
  return Number(db.pragma("user_version", { simple: true }));
}

function backUp(db: Db, version: number, nowMs: number): string {
  db.pragma("wal_checkpoint(TRUNCATE)");
  const folder = join(dirname(db.name), "backups");
  mkdirSync(folder, { recursive: true });
  const time = new Date(nowMs).toISOString().replaceAll(":", "-");
  const copy = join(folder, `${basename(db.name)}.v${version}.${time}`);
  copyFileSync(db.name, copy);
  // The person's own backups lie in the same folder.
  const copies = readdirSync(folder).filter((name) => name.startsWith(`${basename(db.name)}.v`));
  const older = copies.sort().slice(0, -backupsKept);
  for (const name of older) rmSync(join(folder, name));
  return copy;
}
