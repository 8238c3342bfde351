import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { openDatabase } from "../database.ts";
import { log } from "./0001-log.ts";
import { mirror } from "./0002-mirror.ts";
import { migrate } from "./migrate.ts";

it("0002 adds the mirror's tables to a log that is there, keeps its rows and makes a copy", () => {
  const folder = mkdtempSync(join(tmpdir(), "aetheria-0002-"));
  const db = openDatabase(join(folder, "test.db"));
  migrate(db, [log], 0);
  db.exec(
    "INSERT INTO session_keys VALUES (1, 'a'); INSERT INTO events VALUES (1, 1, 1, 5, 't', '{}')",
  );
  expect(migrate(db, [log, mirror], 0)).toContain("test.db.v1.");
  expect(db.prepare("SELECT count(*) FROM events").pluck().get()).toBe(1);
  db.exec(
    `INSERT INTO mirror_sessions VALUES ('a', NULL, 0, NULL, 0, 0);
     INSERT INTO command_answers VALUES ('c', 1, 'd', 1, 1)`,
  );
  expect(() => db.exec("INSERT INTO command_answers VALUES ('c', 1, 'd', 2, 1)")).toThrow("UNIQUE");
  expect(db.pragma("user_version", { simple: true })).toBe(2);
  db.close();
  rmSync(folder, { recursive: true });
});
