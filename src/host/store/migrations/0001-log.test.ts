import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { openDatabase } from "../database.ts";
import { log } from "./0001-log.ts";
import { migrate } from "./migrate.ts";

it("0001 makes the tables of the log out of an empty file, with nothing in them and no copy", () => {
  const folder = mkdtempSync(join(tmpdir(), "aetheria-0001-"));
  const db = openDatabase(join(folder, "test.db"));
  expect(migrate(db, [log], 0)).toBeNull();
  db.exec(
    "INSERT INTO session_keys VALUES (1, 'a'); INSERT INTO events VALUES (1, 1, 1, 5, 't', '{}')",
  );
  expect(() => db.exec("INSERT INTO session_keys VALUES (2, 'a')")).toThrow("UNIQUE");
  expect(db.prepare("SELECT count(*) FROM events").pluck().get()).toBe(1);
  expect(db.pragma("user_version", { simple: true })).toBe(1);
  db.close();
  rmSync(folder, { recursive: true });
});
