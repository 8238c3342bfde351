import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openDatabase } from "../database.ts";
import { migrate, migrations } from "./migrate.ts";
import type { Migration } from "./migration.ts";

const twice: Migration[] = [
  { version: 1, sql: "CREATE TABLE words (word TEXT)" },
  {
    version: 2,
    sql: "ALTER TABLE words ADD COLUMN length INTEGER; UPDATE words SET length = length(word)",
  },
];

describe("migrations", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "aetheria-migrate-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const open = () => openDatabase(join(folder, "test.db"));

  it("are numbered without a hole", () => {
    expect(migrations.map((one) => one.version)).toEqual(migrations.map((_, index) => index + 1));
  });

  it("change the rows that are there, after the file was copied as it was", () => {
    const db = open();
    migrate(db, twice.slice(0, 1), 0);
    db.exec("INSERT INTO words VALUES ('lighthouse')");
    const copy = migrate(db, twice, 1_750_000_000_000);
    expect(db.prepare("SELECT * FROM words").all()).toEqual([{ word: "lighthouse", length: 10 }]);
    expect(db.pragma("user_version", { simple: true })).toBe(2);
    db.close();
    expect(copy).toBe(join(folder, "backups", "test.db.v1.2025-06-15T15-06-40.000Z"));
    const old = new Database(copy ?? "", { readonly: true });
    expect(old.prepare("SELECT * FROM words").all()).toEqual([{ word: "lighthouse" }]);
    old.close();
  });

  it("leave everything as it was when a step fails", () => {
    const db = open();
    migrate(db, twice.slice(0, 1), 0);
    const broken = { version: 2, sql: "CREATE TABLE half (a); CREATE TABLE words (b)" };
    expect(() => migrate(db, [...twice.slice(0, 1), broken], 0)).toThrow("already exists");
    expect(db.pragma("user_version", { simple: true })).toBe(1);
    expect(db.prepare("SELECT name FROM sqlite_schema").pluck().all()).toEqual(["words"]);
    db.close();
  });

  it("keep the three youngest copies, and what else lies there", () => {
    const db = open();
    mkdirSync(join(folder, "backups"));
    writeFileSync(join(folder, "backups", "aetheria-backup-2026-01-01-1200.zip"), "mine");
    migrate(db, twice.slice(0, 1), 0);
    const steps = [1, 2, 3, 4, 5, 6].map((version) => ({ version, sql: "SELECT 1" }));
    for (let version = 2; version <= 6; version += 1)
      migrate(db, steps.slice(0, version), version * 1_000);
    db.close();
    expect(readdirSync(join(folder, "backups")).map((name) => name.slice(0, 10))).toEqual([
      "aetheria-b",
      "test.db.v3",
      "test.db.v4",
      "test.db.v5",
    ]);
  });
});
