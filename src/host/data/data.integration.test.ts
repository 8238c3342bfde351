import { spawnSync } from "node:child_process";
import {
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
} from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import Database from "better-sqlite3";
import { afterEach, describe, expect, it } from "vitest";
import { openStreamingServer } from "../../../bench/streaming-server.ts";
import type { Push } from "../../contract/calls.ts";
import type { DataFile } from "../../contract/data.ts";
import type { AetheriaError } from "../../contract/errors.ts";
import { bytesToSend, putAttachment } from "../../rpc/put-attachment.ts";
import { openRealHost, temporaryFolder, type RealHost } from "../../testing/real-host.ts";
import { addFile, putTogether, sumOf, takeApart, type Parts } from "./backup.fixture.ts";

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

async function folder(): Promise<string> {
  const dir = await temporaryFolder("data");
  undo.push(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

type Living = RealHost & { restarted: Promise<void>; end(): Promise<void> };

async function open(dataDir: string, env: Record<string, string> = {}): Promise<Living> {
  const asked = Promise.withResolvers<void>();
  const at = await openRealHost({ dataDir, env, restart: () => asked.resolve() });
  let isOpen = true;
  const end = async () => {
    if (isOpen) await at.close();
    isOpen = false;
  };
  undo.push(end);
  return { ...at, restarted: asked.promise, end };
}

/** What its entry does when a host asks for a restart. */
async function again(at: Living): Promise<Living> {
  await at.restarted;
  await at.end();
  return open(at.dataDir);
}

const titles = async (at: RealHost) =>
  (await at.client.call("session.list", {})).sessions.map(({ title }) => title).sort();
const attach = (at: RealHost, name: string, bytes: Buffer) =>
  putAttachment(at.client, bytesToSend(name, name, "application/octet-stream", bytes));
const backupsIn = (dataDir: string) => join(dataDir, "backups");

/** A host with a session, an attachment, a deleted file, a setting and a lasting answer. */
async function lived(): Promise<Living> {
  const at = await open(await folder());
  await at.client.call("session.create", { title: "Before" });
  await attach(at, "notes.txt", Buffer.from("my notes"));
  const item = join(at.dataDir, "trash", "s1", "t1");
  await mkdir(join(item, "content", "empty"), { recursive: true });
  await writeFile(join(item, "content", "a\\b%.sh"), "echo hi", { mode: 0o755 });
  await at.client.call("settings.set", { instructions: "Be brief.", closeToTray: false });
  await at.client.call("grant.add", {
    grant: { verdict: "allow", tool: "read_file", sessionId: null },
  });
  return at;
}

const failure = (promise: Promise<unknown>): Promise<AetheriaError> =>
  promise.then(
    () => {
      throw new Error("It did not fail.");
    },
    (error: AetheriaError) => error,
  );

describe("a backup", () => {
  it("holds the database, attachments and trash with their sums, and no secret", async () => {
    const at = await lived();
    await writeFile(join(at.dataDir, "secrets.key"), "secret");
    await writeFile(join(at.dataDir, "token"), "secret");
    const file = await at.client.call("data.backup", {});
    expect(file.name).toMatch(/^aetheria-backup-\d{4}-\d\d-\d\d-\d{4}\.zip$/);
    expect(statSync(file.path).mode & 0o777).toBe(0o600);
    const { entries, manifest } = await takeApart(file.path);
    const sum = sumOf(Buffer.from("my notes"));
    expect([...entries.keys()].sort()).toEqual([
      "aetheria.db",
      `attachments/${sum.slice(0, 2)}/${sum}`,
      "trash/s1/t1/content/a%5Cb%25.sh",
    ]);
    for (const { path, sizeBytes, sha256 } of manifest.files) {
      const name = path.replaceAll("%", "%25").replaceAll("\\", "%5C");
      expect(sumOf(entries.get(name) ?? Buffer.alloc(0))).toBe(sha256);
      expect(entries.get(name)?.length).toBe(sizeBytes);
    }
    expect(manifest.folders).toEqual(["trash/s1/t1/content/empty"]);
    expect(readdirSync(at.dataDir)).not.toContain("backup-work");
    expect(await at.client.call("data.list", {})).toEqual({ files: [file] });
  });

  it("is consistent while runs write", async () => {
    const at = await open(await folder());
    const { sessionId } = await at.client.call("session.create", { title: "Busy" });
    let writes = 0;
    const renaming = (async () => {
      for (; writes < 200; writes += 1)
        await at.client.call("session.rename", {
          sessionId,
          title: `Busy ${writes} ${"x".repeat(150)}`,
        });
    })();
    const { path } = await at.client.call("data.backup", {});
    await renaming;
    const { entries } = await takeApart(path);
    const copy = join(at.dataDir, "copy.db");
    await writeFile(copy, entries.get("aetheria.db") ?? "");
    const db = new Database(copy, { readonly: true });
    expect(db.pragma("integrity_check", { simple: true })).toBe("ok");
    db.close();
  });

  it("tells how far it is with real numbers, and gets a name of its own", async () => {
    const at = await lived();
    const first = await at.client.call("data.backup", {});
    const second = await at.client.call("data.backup", {});
    expect(second.name).not.toBe(first.name);
    const last = told(at.pushes).filter(({ finished }) => finished);
    expect(last).toHaveLength(2);
    for (const { doneBytes, totalBytes } of last) {
      expect(totalBytes).toBeGreaterThan(0);
      expect(doneBytes).toBe(totalBytes);
    }
  });

  it("leaves links out: they could lead anywhere", async () => {
    const at = await lived();
    const secret = join(at.dataDir, "elsewhere");
    await writeFile(secret, "not yours");
    symlinkSync(secret, join(at.dataDir, "trash", "s1", "t1", "content", "link"));
    const { path } = await at.client.call("data.backup", {});
    const { entries } = await takeApart(path);
    expect([...entries.keys()].some((name) => name.includes("link"))).toBe(false);
    expect(at.logged.some((line) => line.includes("content/link"))).toBe(true);
  });

  it("stops when told, and leaves nothing behind", async () => {
    const at = await lived();
    await attach(at, "large", Buffer.alloc(60_000_000, 7));
    const backup = failure(at.client.call("data.backup", {}));
    await at.pushed((push) => (push.type === "data.progress" ? true : undefined));
    const busy = await failure(at.client.call("data.exportAll", {}));
    expect(busy).toMatchObject({ code: "conflict", message: "A backup is under way already." });
    await at.client.call("data.stop", {});
    expect((await backup).code).toBe("cancelled");
    expect(readdirSync(backupsIn(at.dataDir))).toEqual([]);
    expect(readdirSync(at.dataDir)).not.toContain("backup-work");
    await at.client.call("data.backup", {});
  });

  it("streams 200 MB of attachments: what it holds in memory does not grow with them", async () => {
    const at = await open(await folder());
    for (let n = 0; n < 20; n += 1) {
      const bytes = Buffer.alloc(10_000_000, n);
      const path = join(at.dataDir, "attachments", sumOf(bytes).slice(0, 2), sumOf(bytes));
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, bytes);
    }
    let most = 0;
    const before = process.memoryUsage().arrayBuffers;
    at.client.onPush(() => (most = Math.max(most, process.memoryUsage().arrayBuffers - before)));
    const { sizeBytes } = await at.client.call("data.backup", {});
    expect(sizeBytes).toBeGreaterThan(200_000_000);
    expect(told(at.pushes).at(-1)?.doneBytes).toBeGreaterThan(200_000_000);
    expect(most).toBeLessThan(60_000_000);
  });
});

const told = (pushes: readonly Push[]) =>
  pushes.flatMap((push) => (push.type === "data.progress" ? [push.progress] : []));

describe("a restore", () => {
  it("brings everything back as it was, and keeps aside what was there", async () => {
    const at = await lived();
    await writeFile(join(at.dataDir, "secrets.key"), "my keys");
    const { name } = await at.client.call("data.backup", {});
    const [session] = (await at.client.call("session.list", {})).sessions;
    await at.client.call("session.rename", {
      sessionId: session?.sessionId ?? ("" as never),
      title: "After",
    });
    await at.client.call("settings.set", { instructions: "Be long.", closeToTray: true });
    await rm(join(at.dataDir, "trash"), { recursive: true });
    await at.client.call("data.restore", { from: { name } });

    const next = await again(at);
    expect(await titles(next)).toEqual(["Before"]);
    const settings = await next.client.call("settings.get", {});
    expect(settings.instructions).toBe("Be brief.");
    // Of the machine, not of the work.
    expect(settings.closeToTray).toBe(true);
    expect((await next.client.call("grant.list", {})).grants).toHaveLength(1);
    const script = join(at.dataDir, "trash/s1/t1/content/a\\b%.sh");
    expect(readFileSync(script, "utf8")).toBe("echo hi");
    expect(statSync(script).mode & 0o100).toBe(0o100);
    expect(existsSync(join(at.dataDir, "trash/s1/t1/content/empty"))).toBe(true);
    expect(readFileSync(join(at.dataDir, "secrets.key"), "utf8")).toBe("my keys");
    const notes = { sha256: sumOf(Buffer.from("my notes")) as never, offset: 0, length: 99 };
    const kept = await next.client.call("attachment.get", notes);
    expect(Buffer.from(kept.bytes).toString()).toBe("my notes");
    const aside = readdirSync(at.dataDir).filter((one) => one.startsWith("replaced-"));
    expect(readdirSync(join(at.dataDir, aside[0] ?? ""))).toContain("aetheria.db");
    expect(readdirSync(at.dataDir)).not.toContain("restore-pending");
    expect(next.host.notices).toEqual([]);
  });

  it("from a file of another machine brings no lasting answers and no permission along", async () => {
    const there = await lived();
    await there.client.call("settings.set", {
      mode: "autonomous",
      allowedPrivateHosts: ["10.0.0.1"],
    });
    const { path } = await there.client.call("data.backup", {});
    const here = await open(await folder());
    const file = await attach(here, "backup.zip", readFileSync(path));
    await here.client.call("data.restore", { from: { file } });
    const next = await again(here);
    expect(await titles(next)).toEqual(["Before"]);
    expect((await next.client.call("grant.list", {})).grants).toEqual([]);
    const settings = await next.client.call("settings.get", {});
    expect(settings).toMatchObject({ mode: "balanced", allowedPrivateHosts: [] });
    expect(settings.instructions).toBe("Be brief.");
  });

  it("ends the runs that the backup was made in: nobody wishes them today", async () => {
    const release = Promise.withResolvers<void>();
    const model = await openStreamingServer(() => ({
      pieces: ["Once ", "upon"],
      everyMs: 300_000,
    }));
    undo.push(() => model.close());
    undo.push(() => release.resolve());
    const at = await open(await folder(), { OPENAI_BASE_URL: model.url });
    const session = await at.start();
    await session.send("Tell me a story");
    await session.untilShown("Once");
    const { name } = await at.client.call("data.backup", {});
    await at.client.call("data.restore", { from: { name } });
    const next = await again(at);
    const { sessions } = await next.client.call("session.list", {});
    expect(sessions[0]).toMatchObject({ phase: "idle" });
    const { events } = await next.client.call("session.open", { sessionId: session.sessionId });
    expect(events.at(-1)?.type).toBe("run.finished");
  });

  /** The backup of a host that lived, changed, in the folder of the same host. */
  async function changed(
    change: (parts: Parts, file: DataFile) => void | Promise<void>,
    rename = {},
  ) {
    const at = await lived();
    const file = await at.client.call("data.backup", {});
    const parts = await takeApart(file.path);
    await change(parts, file);
    const name = "changed.zip";
    await putTogether(join(backupsIn(at.dataDir), name), parts, rename);
    const before = readdirSync(at.dataDir).sort();
    const error = await failure(at.client.call("data.restore", { from: { name } }));
    expect(readdirSync(at.dataDir).sort()).toEqual(before);
    expect(await titles(at)).toEqual(["Before"]);
    expect(error.hint).toBeTruthy();
    return error;
  }

  const damaged = "This backup is damaged: it does not hold what it should.";
  const strange = /^This backup holds something that no backup has/;

  it("refuses wrong sums, sizes, and files that are missing", async () => {
    const wrongSum = await changed(({ entries }) => {
      const db = Buffer.from(entries.get("aetheria.db") ?? "");
      db[5_000] = (db[5_000] ?? 0) ^ 1;
      entries.set("aetheria.db", db);
    });
    expect(wrongSum.message).toBe(damaged);
    const wrongSize = await changed(({ manifest }) => {
      const [first] = manifest.files;
      if (first) first.sizeBytes += 1;
    });
    expect(wrongSize.message).toBe(damaged);
    const missing = await changed(
      ({ entries }) => void entries.delete("trash/s1/t1/content/a%5Cb%25.sh"),
    );
    expect(missing.message).toBe(damaged);
  });

  it("refuses a database that its sum is right about and SQLite is not", async () => {
    const error = await changed((parts) => {
      const db = Buffer.from(parts.entries.get("aetheria.db") ?? "");
      db.fill(0xee, 4_096, 3 * 4_096);
      parts.manifest.files = parts.manifest.files.filter(({ path }) => path !== "aetheria.db");
      addFile(parts, "aetheria.db", db);
    });
    expect(error.message).toBe(damaged);
    const empty = await changed((parts) => {
      parts.manifest.files = parts.manifest.files.filter(({ path }) => path !== "aetheria.db");
      addFile(parts, "aetheria.db", Buffer.from("this is a shopping list\n".repeat(500)));
    });
    expect(empty.message).toBe(damaged);
  });

  it("refuses what a newer Aetheria made, in the database or in the manifest", async () => {
    const newer = "This backup was made by a newer Aetheria.";
    const database = await changed(async (parts, file) => {
      const path = `${file.path}.db`;
      await writeFile(path, parts.entries.get("aetheria.db") ?? "");
      const db = new Database(path);
      db.pragma("journal_mode = DELETE");
      db.pragma("user_version = 999");
      db.close();
      parts.manifest.files = parts.manifest.files.filter((one) => one.path !== "aetheria.db");
      addFile(parts, "aetheria.db", readFileSync(path));
    });
    expect(database.message).toBe(newer);
    const manifest = await changed(
      (parts) => void Object.assign(parts.manifest, { version: 2, files: "otherwise" }),
    );
    expect(manifest.message).toBe(newer);
  });

  it("refuses every name that leads elsewhere, or that no backup has", async () => {
    const evil = Buffer.from("evil");
    for (const path of [
      "token",
      "secrets.key",
      "trash/../token",
      "attachments/aa/token",
      "backups/x.zip",
    ]) {
      const error = await changed((parts) => {
        // yazl itself refuses `..`: named so only in the manifest, and below in the zip too.
        const given = path.includes("..") ? "trash/xx/token" : path;
        addFile(parts, given, evil);
        const last = parts.manifest.files.at(-1);
        if (last) last.path = path;
      });
      expect(error.message).toMatch(strange);
    }
    for (const to of ["../token", "/etc/xx", "trash\\x"].map((name) => name.padEnd(8, "x"))) {
      const error = await changed((parts) => addFile(parts, "trash/xx", evil), { "trash/xx": to });
      expect(error.code).toBe("bad_input");
    }
    const unnamed = await changed(({ entries }) => void entries.set("trash/unnamed", evil));
    expect(unnamed.message).toMatch(strange);
  });

  it("refuses what is no backup, is cut off, or unpacks without end", async () => {
    const at = await lived();
    const { name, path, sizeBytes } = await at.client.call("data.backup", {});
    const restore = (file: string) =>
      failure(at.client.call("data.restore", { from: { name: file } }));
    await writeFile(join(backupsIn(at.dataDir), "diary.zip"), "Dear diary");
    expect((await restore("diary.zip")).message).toBe(
      "This file is not a backup made by Aetheria.",
    );
    const claim = async (sizeBytes: number) => {
      const parts = await takeApart(path);
      addFile(parts, "trash/bomb", Buffer.alloc(100_000));
      const last = parts.manifest.files.at(-1);
      if (last) last.sizeBytes = sizeBytes;
      const to = join(backupsIn(at.dataDir), "bomb.zip");
      await putTogether(to, parts, {}, { "trash/bomb": sizeBytes });
      return (await restore("bomb.zip")).message;
    };
    expect(await claim(1_100_000_000)).toBe("This file unpacks to far more than a backup holds.");
    expect(await claim(50)).toBe("This backup is damaged: it does not hold what it should.");
    truncateSync(path, sizeBytes - 40);
    expect((await restore(name)).code).toBe("bad_input");
    expect(await titles(at)).toEqual(["Before"]);
  });

  it("killed in the middle of putting it in place is finished by the next start", async () => {
    const at = await lived();
    const { name } = await at.client.call("data.backup", {});
    await at.client.call("session.create", { title: "Later" });
    await at.client.call("data.restore", { from: { name } });
    await at.restarted;
    await at.end();
    for (const moves of [1, 1, 2]) {
      const { signal } = spawnSync(process.execPath, ["--input-type=module", "-e", dying], {
        env: { DATA: at.dataDir, MOVES: String(moves), PENDING: pendingModule },
      });
      expect(signal).toBe("SIGKILL");
    }
    const next = await open(at.dataDir);
    expect(await titles(next)).toEqual(["Before"]);
    expect(next.host.notices).toEqual([]);
  });

  const pendingModule = fileURLToPath(new URL("./pending.ts", import.meta.url));
  const dying = `
    import { renameSync } from "node:fs";
    const { applyPending } = await import(process.env.PENDING);
    let left = Number(process.env.MOVES);
    applyPending(process.env.DATA, (from, to) => {
      if (left-- === 0) process.kill(process.pid, "SIGKILL");
      renameSync(from, to);
    });
  `;
});

describe("an export of everything", () => {
  it("has each session twice, under a name of its own, and the attachments", async () => {
    const at = await open(await folder());
    for (const title of ["Same", "same", "con", "a/../b", "عربي ‮txt", ""])
      await at.client.call("session.create", { title });
    const { path, kind } = await at.client.call("data.exportAll", {});
    expect(kind).toBe("export");
    const zip = await namesOf(path);
    const sessions = zip.filter((name) => name.startsWith("sessions/"));
    expect(new Set(sessions.map((name) => name.toLowerCase())).size).toBe(12);
    for (const name of sessions)
      expect(name).toMatch(/^sessions\/[\p{L}\p{N} _-]+ \w{8}\.(md|aetheria\.json)$/u);
    const name = path.split("/").at(-1) ?? "";
    const refused = await failure(at.client.call("data.restore", { from: { name } }));
    expect(refused.message).toBe("An export cannot be restored: it is made to be read.");
  });

  it("has each attachment once, under a name that is safe", async () => {
    const at = await open(await folder());
    const file = await attach(at, "report ../\u202egnp.exe.txt", Buffer.from("my report"));
    const sent = { messageId: "m1", text: "Look", attachments: [file, file], delivery: "auto" };
    const first = { title: "With a file", workspace: null, model: null, mode: "ask" };
    const events = [
      { seq: 1, at: 1, type: "session.created", data: first },
      { seq: 2, at: 2, type: "message.sent", data: sent },
    ];
    const session = { format: "aetheria-session", version: 1, events, attachments: [] };
    const json = await attach(at, "session.json", Buffer.from(JSON.stringify(session)));
    await at.client.call("session.import", { file: json });
    const { path } = await at.client.call("data.exportAll", {});
    const attachments = (await namesOf(path)).filter((name) => name.startsWith("attachments/"));
    expect(attachments).toEqual([`attachments/${file.sha256.slice(0, 16)} gnp.exe.txt`]);
  });
});

async function namesOf(path: string): Promise<string[]> {
  const { openPromise } = (await import("yauzl")).default;
  const names: string[] = [];
  for await (const entry of (await openPromise(path)).eachEntry()) names.push(entry.fileName);
  return names;
}

describe("the list of files", () => {
  it("gives pieces of what is in it, and nothing else", async () => {
    const at = await lived();
    await writeFile(join(at.dataDir, "token"), "secret");
    const { name, sizeBytes, path } = await at.client.call("data.backup", {});
    symlinkSync(join(at.dataDir, "token"), join(backupsIn(at.dataDir), "link.zip"));
    const pieces: Uint8Array[] = [];
    for (let offset = 0; offset < sizeBytes;) {
      const { bytes } = await at.client.call("data.read", { name, offset, length: 7_000 });
      pieces.push(bytes);
      offset += bytes.length;
    }
    expect(Buffer.concat(pieces).equals(readFileSync(path))).toBe(true);
    for (const wrong of ["../token", "token", "link.zip", "", path, "..", "constructor"]) {
      for (const call of [
        () => at.client.call("data.read", { name: wrong, offset: 0, length: 9 }),
        () => at.client.call("data.remove", { name: wrong }),
        () => at.client.call("data.restore", { from: { name: wrong } }),
      ])
        expect((await failure(call())).code).toBe("not_found");
    }
    await at.client.call("data.remove", { name });
    expect(existsSync(path)).toBe(false);
    expect(await at.client.call("data.list", {})).toEqual({ files: [] });
  });
});

describe("deleting everything", () => {
  it("starts again empty, with nothing of before in the folder", async () => {
    const at = await lived();
    await at.client.call("data.backup", {});
    await writeFile(join(at.dataDir, "secrets.key"), "key");
    await writeFile(join(at.dataDir, "diary.txt"), "not Aetheria's");
    const refused = await failure(
      at.client.call("data.deleteAll", { confirm: "yes" as "delete everything" }),
    );
    expect(refused.code).toBe("bad_input");
    await at.client.call("data.deleteAll", { confirm: "delete everything" });
    const next = await again(at);
    expect(await titles(next)).toEqual([]);
    expect((await next.client.call("settings.get", {})).guided).toBe(false);
    expect((await next.client.call("grant.list", {})).grants).toEqual([]);
    expect(
      readdirSync(at.dataDir).filter((name) => !/^(aetheria\.db|host\.lock)/.test(name)),
    ).toEqual(["diary.txt"]);
  });
});

const mountable = process.platform === "linux" && process.getuid?.() === 0 && canMount();

function canMount(): boolean {
  const probe = spawnSync("sh", [
    "-c",
    "d=$(mktemp -d) && mount -t tmpfs -o size=64k tmpfs $d && umount $d && rmdir $d",
  ]);
  return probe.status === 0;
}

describe.skipIf(!mountable)("a disk with no room", () => {
  async function smallDisk(sizeMb: number): Promise<string> {
    const dir = await folder();
    spawnSync("mount", ["-t", "tmpfs", "-o", `size=${sizeMb}m`, "tmpfs", dir]);
    undo.push(() => spawnSync("umount", [dir]));
    return dir;
  }
  const full = { code: "disk_full", retryable: true };

  it("for a backup or an export leaves no half file", async () => {
    const at = await open(await smallDisk(5));
    const noise = Buffer.from(
      Array.from({ length: 3_000_000 }, (_, n) => (n * 2_654_435_761) >>> 13),
    );
    const file = await attach(at, "noise", noise);
    const session = await at.client.call("session.create", { title: "Here" });
    expect(await failure(at.client.call("data.backup", {}))).toMatchObject(full);
    expect(readdirSync(backupsIn(at.dataDir))).toEqual([]);
    expect(readdirSync(at.dataDir)).not.toContain("backup-work");
    expect(await titles(at)).toEqual([session.title]);
    expect(file.sizeBytes).toBe(3_000_000);
  });

  it("for a restore changes nothing", async () => {
    const there = await lived();
    await attach(there, "zeros", Buffer.alloc(20_000_000));
    const { path } = await there.client.call("data.backup", {});
    const here = await open(await smallDisk(30));
    await here.client.call("session.create", { title: "Mine" });
    await mkdir(backupsIn(here.dataDir));
    const parts = await takeApart(path);
    await putTogether(join(backupsIn(here.dataDir), "small.zip"), parts);
    const error = await failure(here.client.call("data.restore", { from: { name: "small.zip" } }));
    expect(error).toMatchObject(full);
    expect(await titles(here)).toEqual(["Mine"]);
    expect(readdirSync(here.dataDir)).not.toContain("restore-staging");
  });
});
