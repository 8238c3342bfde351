// Opens the database file with the pragmas every connection of the store has.
import Database from "better-sqlite3";

export type Db = Database.Database;

/** Pages are read and salvaged by this size, so it is fixed. */
export const pageSize = 4096;

export function openDatabase(path: string): Db {
  const db = new Database(path, { timeout: 5_000 });
  try {
    db.pragma(`page_size = ${pageSize}`);
    db.pragma("journal_mode = WAL");
    db.pragma("synchronous = NORMAL");
    db.pragma("foreign_keys = ON");
    db.pragma("temp_store = MEMORY");
    db.pragma("mmap_size = 0");
    db.pragma("cache_size = -4096");
    db.pragma("wal_autocheckpoint = 4000");
    db.pragma("journal_size_limit = 16777216");
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

export type Transaction = <Result>(work: () => Result) => Result;

/** Runs work in one transaction with cached statements: all of it is kept or none. */
export function createTransaction(db: Db): Transaction {
  const begin = db.prepare("BEGIN IMMEDIATE");
  const commit = db.prepare("COMMIT");
  const rollback = db.prepare("ROLLBACK");
  return (work) => {
    if (db.inTransaction) return work();
    begin.run();
    try {
      const result = work();
      commit.run();
      return result;
    } finally {
      if (db.inTransaction) rollback.run();
    }
  };
}
