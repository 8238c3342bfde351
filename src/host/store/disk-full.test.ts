// A disk that is really full: a small one is mounted, so it needs Linux and the right to mount.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { AetheriaError } from "../../contract/errors.ts";
import { GrantId, RunId } from "../../contract/ids.ts";
import type { Store } from "../../core/ports.ts";
import { created, said, sessionA } from "../../testing/store-suite.ts";
import { openStore } from "./store.ts";

const mountable = canMount();

describe.skipIf(!mountable)("a full disk", () => {
  let disk = "";
  let store: Store;
  const ballast = () => join(disk, "ballast");

  beforeEach(() => {
    disk = mkdtempSync(join(tmpdir(), "aetheria-full-"));
    run("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", disk);
    store = openStore({ dataDir: join(disk, "data"), clock: Date, log: () => undefined });
    store.append(sessionA, [created(), said("before")], "normal");
    store.session(sessionA);
  });
  afterEach(() => {
    store.close();
    run("umount", disk);
    rmSync(disk, { recursive: true });
  });

  function fillDisk(): void {
    const { bavail, bsize } = statfsSync(disk);
    writeFileSync(ballast(), Buffer.alloc(bavail * bsize));
  }

  const long = "nothing fits any more ".repeat(2_000);

  it("refuses an event with a sentence, keeps nothing of it, and goes on when there is space", () => {
    fillDisk();
    const error = fillUntilRefused(() => store.append(sessionA, [said(long), said(long)], "full"));
    expect(error).toMatchObject({
      code: "disk_full",
      message: `The disk that holds ${join(disk, "data")} is full.`,
      hint: "Nothing was half-written. Free some space and try again.",
      retryable: true,
    });
    const seq = store.session(sessionA)?.seq ?? 0;
    expect(seq % 2).toBe(0);
    expect(store.events(sessionA, {}).map((event) => event.seq)).toHaveLength(seq);
    expect(store.sessions({ archived: false, limit: 5 }).sessions).toHaveLength(1);
    expect(store.search("before", { limit: 5 }).hits.length).toBeLessThanOrEqual(1);
    rmSync(ballast());
    const [next] = store.append(sessionA, [said("after")], "full");
    expect(next?.seq).toBe(seq + 1);
    expect(store.search("after", { limit: 5 })).toMatchObject({
      complete: true,
      hits: [{ seq: seq + 1 }],
    });
    expect(store.search("before", { limit: 5 }).hits).toHaveLength(1);
  });

  const piece = { kind: "text" as const, runId: RunId.parse("r"), turn: 1, offset: 0, text: long };
  const grant = { verdict: "allow" as const, tool: long, sessionId: null, createdAt: 1 };
  it.each([
    ["open text", () => store.appendOpenText(sessionA, piece)],
    ["a setting", () => store.saveSettings({ workspace: `${long}${Math.random()}`.repeat(3) })],
    [
      "a standing answer",
      () => store.saveGrant({ ...grant, grantId: GrantId.parse(String(Math.random())) }),
    ],
  ])("refuses %s with the same sentence, and takes it later", (_name, write) => {
    fillDisk();
    expect(fillUntilRefused(write).code).toBe("disk_full");
    rmSync(ballast());
    write();
  });

  it("refuses an attachment and leaves no part of it behind", async () => {
    fillDisk();
    const bytes = new Uint8Array(100_000).fill(7);
    await expect(store.attachments.put(bytes, "a.bin", "x/y")).rejects.toMatchObject({
      code: "disk_full",
    });
    rmSync(ballast());
    const file = await store.attachments.put(bytes, "a.bin", "x/y");
    expect((await store.attachments.get(file.sha256, 0, 10)).sizeBytes).toBe(100_000);
    const folder = join(disk, "data", "attachments", file.sha256.slice(0, 2));
    expect(readdirSync(folder)).toEqual([file.sha256]);
  });

  it("says so when there is no space to begin with", () => {
    fillDisk();
    const error = errorOf(() =>
      openStore({ dataDir: join(disk, "other"), clock: Date, log: () => undefined }),
    );
    expect(error?.code).toBe("disk_full");
  });

  /** A file may have a little room left inside: what is refused at last is what counts. */
  function fillUntilRefused(write: () => unknown): AetheriaError {
    for (let tries = 0; tries < 500; tries += 1) {
      const error = errorOf(write);
      if (error) return error;
    }
    throw new Error("the disk never became full");
  }
});

function errorOf(work: () => unknown): AetheriaError | null {
  try {
    work();
    return null;
  } catch (error) {
    if (error instanceof AetheriaError) return error;
    throw error;
  }
}

function canMount(): boolean {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return false;
  const folder = mkdtempSync(join(tmpdir(), "aetheria-mount-"));
  const mounted =
    spawnSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", folder]).status === 0;
  if (mounted) spawnSync("umount", [folder]);
  rmSync(folder, { recursive: true });
  return mounted;
}

function run(command: string, ...args: string[]): void {
  const { status, stderr } = spawnSync(command, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${command}: ${stderr}`);
}
