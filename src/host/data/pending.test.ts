import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { renameSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { applyPending, planName, sweepReplaced } from "./pending.ts";

let dir = "";
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "aetheria-pending-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function put(path: string, text = path): void {
  mkdirSync(join(dir, path, ".."), { recursive: true });
  writeFileSync(join(dir, path), text);
}

/** Every file below the folder, with what it holds. */
function all(below = ""): Record<string, string> {
  return Object.fromEntries(
    readdirSync(join(dir, below), { withFileTypes: true }).flatMap((entry) => {
      const path = join(below, entry.name);
      return entry.isDirectory()
        ? Object.entries(all(path))
        : [[path, readFileSync(join(dir, path), "utf8")]];
    }),
  );
}

const old = [
  "aetheria.db",
  "aetheria.db-wal",
  "aetheria.db-shm",
  "attachments/aa/old",
  "trash/s/old",
];
const stays = ["token", "secrets.key", "backups/mine.zip"];

function pendingRestore(): void {
  for (const path of old) put(path, `old ${path}`);
  for (const path of stays) put(path);
  put("restore-pending/aetheria.db", "new db");
  put("restore-pending/attachments/bb/new", "new attachment");
  mkdirSync(join(dir, "restore-pending/trash"));
  const plan = {
    replaced: "2026-01-01T00-00-00-000Z",
    parts: ["aetheria.db", "attachments", "trash"],
  };
  put(`restore-pending/${planName}`, JSON.stringify(plan));
}

const restored = {
  "aetheria.db": "new db",
  "attachments/bb/new": "new attachment",
  ...Object.fromEntries(
    old.map((path) => [`replaced-2026-01-01T00-00-00-000Z/${path}`, `old ${path}`]),
  ),
  ...Object.fromEntries(stays.map((path) => [path, path])),
};

describe("a restore that waits for the start", () => {
  it("puts the new in place and keeps the old, journal and all", () => {
    pendingRestore();
    const applied = applyPending(dir);
    expect(applied.restored).toBe(true);
    applied.settled();
    expect(all()).toEqual(restored);
    expect(existsSync(join(dir, "trash"))).toBe(true);
    expect(applyPending(dir).restored).toBe(false);
  });

  it.each([0, 1, 2, 3, 4, 5, 6, 7])(
    "is finished by the next start when it died at move %i",
    (at) => {
      pendingRestore();
      let moves = 0;
      const dying = (from: string, to: string) => {
        if (moves++ === at) throw new Error("dead");
        renameSync(from, to);
      };
      expect(() => applyPending(dir, dying)).toThrow("dead");
      const applied = applyPending(dir);
      expect(applied.restored).toBe(true);
      applied.settled();
      expect(all()).toEqual(restored);
    },
  );

  it("is told again until its runs were ended", () => {
    pendingRestore();
    expect(applyPending(dir).restored).toBe(true);
    expect(applyPending(dir).restored).toBe(true);
  });

  it.each([
    "",
    "{",
    '{"replaced":"../../x","parts":["aetheria.db"]}',
    '{"replaced":"x","parts":["token"]}',
  ])("does nothing with the plan %j", (plan) => {
    pendingRestore();
    put(`restore-pending/${planName}`, plan);
    expect(applyPending(dir).restored).toBe(false);
    expect(all()["aetheria.db"]).toBe("old aetheria.db");
    expect(existsSync(join(dir, "restore-pending"))).toBe(false);
  });
});

describe("every start", () => {
  it("clears what a crash left half-written", () => {
    for (const path of ["restore-staging/aetheria.db", "backup-work/aetheria.db"]) put(path);
    for (const path of ["backups/a.zip", "backups/b.zip.part", "exports/c.zip.part"]) put(path);
    expect(applyPending(dir).restored).toBe(false);
    expect(Object.keys(all())).toEqual(["backups/a.zip"]);
  });

  it("removes what was replaced long ago, and nothing else", () => {
    put("replaced-2026-01-01T00-00-00-000Z/aetheria.db");
    put("replaced-2026-02-20T00-00-00-000Z/aetheria.db");
    put("replaced-by-me/notes.txt");
    sweepReplaced(dir, 30, Date.parse("2026-03-01T00:00:00Z"));
    expect(readdirSync(dir)).toEqual(["replaced-2026-02-20T00-00-00-000Z", "replaced-by-me"]);
  });
});

describe("a deletion that waits for the start", () => {
  const mine = ["notes.txt", "token", "host.json", "host.lock", "photos/me.jpg", "Local State"];

  it("deletes what is Aetheria's and not a file more", () => {
    for (const path of [...old, ...mine]) put(path);
    for (const path of ["secrets.json.enc", "secrets.key", "aetheria.log", "aetheria.log.1"])
      put(path);
    for (const path of [
      "backups/b.zip",
      "exports/e.zip",
      "replaced-2026-01-01T00-00-00-000Z/aetheria.db",
    ])
      put(path);
    put("aetheria.db.damaged-2026");
    put("secrets.json.enc.unreadable-1");
    put("delete-pending", "");
    expect(applyPending(dir).restored).toBe(false);
    expect(Object.keys(all()).sort()).toEqual([...mine].sort());
  });

  it("comes before a restore that waits as well", () => {
    pendingRestore();
    put("delete-pending", "");
    expect(applyPending(dir).restored).toBe(false);
    expect(Object.keys(all())).toEqual(["token"]);
  });
});
