// Makes a sound database of a damaged one: every row of the truth that can still be read, found
// page by page without trusting any structure above them. The damaged file is kept beside it.
import { existsSync, renameSync, rmSync } from "node:fs";
import { basename } from "node:path";
import { randomUUID } from "node:crypto";
import * as z from "zod/mini";
import type { ErrorData } from "../../../contract/errors.ts";
import { createTransaction, openDatabase, type Db } from "../database.ts";
import { parseJson } from "../event-rows.ts";
import { migrate, migrations } from "../migrations/migrate.ts";
import { openDamagedPages, type DamagedPages } from "./damaged-pages.ts";
import { rowsOfLeaf } from "./leaf-rows.ts";
import { createRowSorter } from "./row-sorter.ts";

const pagesPerTransaction = 2_000;
const freelistAt = 32;

/** Replaces the file at `path`; returns what to tell the person. Throws only when it cannot write. */
export function salvage(path: string, nowMs: number): ErrorData {
  const salvaging = `${path}.salvaging`;
  removeDatabase(salvaging);
  const db = openDatabase(salvaging);
  try {
    migrate(db, migrations, nowMs);
    copyRows(path, db);
    nameSessions(db);
    const counts = countRows(db);
    db.close();
    const kept = putInPlace(path, salvaging, nowMs);
    return notice(counts, basename(kept));
  } finally {
    db.close();
  }
}

/** A salvage that was cut off after its work was done, but before its file was in place. */
export function finishSalvage(path: string): void {
  if (!existsSync(path) && existsSync(`${path}.salvaged`)) renameSync(`${path}.salvaged`, path);
}

function copyRows(path: string, db: Db): void {
  const pages = openDamagedPages(path);
  try {
    const free = freePages(pages);
    const sorter = createRowSorter(db);
    const transaction = createTransaction(db);
    for (let from = 1; from <= pages.count; from += pagesPerTransaction)
      transaction(() => {
        const to = Math.min(pages.count, from + pagesPerTransaction - 1);
        for (let page = from; page <= to; page += 1)
          if (!free.has(page)) for (const row of rowsOfLeaf(pages, page)) sorter.take(row);
      });
  } finally {
    pages.close();
  }
}

/** Pages that hold nothing any more, as far as the list of them can be read. */
function freePages(pages: DamagedPages): Set<number> {
  const free = new Set<number>();
  const header = pages.read(1);
  if (header.length < 100 || header.toString("latin1", 0, 15) !== "SQLite format 3") return free;
  let trunk = header.readUInt32BE(freelistAt);
  while (trunk > 0 && trunk <= pages.count && !free.has(trunk)) {
    free.add(trunk);
    const page = pages.read(trunk);
    if (page.length < 8) break;
    const leaves = Math.min(page.readUInt32BE(4), page.length / 4 - 2);
    for (let leaf = 0; leaf < leaves; leaf += 1) {
      const number = page.readUInt32BE(8 + 4 * leaf);
      if (number > 0 && number <= pages.count) free.add(number);
    }
    trunk = page.readUInt32BE(0);
  }
  return free;
}

/** The id of a session is in its row and in its first event; a session that lost both gets a new
 * one, so that what was said in it is not lost. */
function nameSessions(db: Db): void {
  const nameless = z.array(z.number()).parse(
    db
      .prepare(
        `SELECT DISTINCT session_key FROM events
         WHERE session_key NOT IN (SELECT key FROM session_keys)`,
      )
      .pluck()
      .all(),
  );
  const first = db
    .prepare("SELECT data FROM events WHERE session_key = ? AND type = 'session.created' LIMIT 1")
    .pluck();
  const add = db.prepare("INSERT OR IGNORE INTO session_keys VALUES (?, ?)");
  const Named = z.object({ sessionId: z.string().check(z.minLength(1), z.maxLength(64)) });
  createTransaction(db)(() => {
    for (const key of nameless) {
      const data = first.get(key);
      const named = Named.safeParse(typeof data === "string" ? parseJson(data) : undefined);
      const isNew = named.success && add.run(key, named.data.sessionId).changes > 0;
      if (!isNew) add.run(key, randomUUID());
    }
  });
}

const Counts = z.object({ saved: z.number(), lost: z.number() });

/** Numbers that are missing between a session's first and last event were surely lost. */
function countRows(db: Db): z.infer<typeof Counts> {
  return Counts.parse(
    db
      .prepare(
        `SELECT coalesce(sum(found), 0) AS saved, coalesce(sum(last - found), 0) AS lost
         FROM (SELECT count(*) AS found, max(seq) AS last FROM events GROUP BY session_key)`,
      )
      .get(),
  );
}

/** At every moment either the damaged file or the finished one can be found. */
function putInPlace(path: string, salvaging: string, nowMs: number): string {
  const time = new Date(nowMs).toISOString().replaceAll(":", "-");
  let kept = `${path}.damaged-${time}`;
  for (let count = 2; existsSync(kept); count += 1) kept = `${path}.damaged-${time}-${count}`;
  const salvaged = `${path}.salvaged`;
  renameSync(salvaging, salvaged);
  if (existsSync(`${path}-wal`)) renameSync(`${path}-wal`, `${kept}-wal`);
  rmSync(`${path}-shm`, { force: true });
  renameSync(path, kept);
  renameSync(salvaged, path);
  return kept;
}

function removeDatabase(path: string): void {
  for (const end of ["", "-wal", "-shm"]) rmSync(path + end, { force: true });
}

function notice({ saved, lost }: z.infer<typeof Counts>, kept: string): ErrorData {
  const total = saved + lost;
  const numbers =
    total === 0
      ? "Nothing in it could be read, so Aetheria starts empty."
      : `${saved.toLocaleString("en")} of ${total.toLocaleString("en")} entries were saved.`;
  return {
    code: "store_damaged",
    message: `The database was damaged. ${numbers}`,
    hint: `The damaged file is kept as ${kept} in the data folder. Check the disk's health.`,
    retryable: false,
  };
}
