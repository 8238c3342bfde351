import { execFileSync } from "node:child_process";
import { mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { maxChunkBytes } from "../../../contract/calls.ts";
import { SessionId } from "../../../contract/ids.ts";
import type { FileEffect } from "../../../contract/tool.ts";
import type { PlacedEffect } from "../../../core/session/file-effects.ts";
import { createMemoryStore } from "../../../testing/memory-store.ts";
import { maxListed } from "./browse.ts";
import { createFileCalls } from "./create-file-calls.ts";
import { createFileTools } from "./create-file-tools.ts";
import {
  contextFor,
  fixedClock,
  runTool,
  temporaryWorkspace,
} from "./temporary-workspace.fixture.ts";

const sessionId = SessionId.parse("session-1");

async function setUp(files: Record<string, string | Uint8Array> = {}) {
  const { base, root } = await temporaryWorkspace(files);
  const clock = fixedClock();
  const { attachments } = createMemoryStore({ clock });
  const dataDir = join(root, "aetheria");
  const effects: PlacedEffect[] = [];
  const told: string[] = [];
  const calls = createFileCalls({
    ...{ dataDir, clock, attachments },
    effectsOf: () => effects,
    changed: (id) => void told.push(id),
    workspaceOf: () => root,
  });
  const tools = createFileTools({ ...{ dataDir, attachments, clock }, trashDir: join(base, "t") });
  const note = (changes: readonly FileEffect[]) => {
    const at = effects.length + 1;
    effects.push(...changes.map((one) => ({ ...one, seq: at, at, doubtful: false })));
  };
  const run = (name: string, input: object) => {
    const tool = tools.find(({ description }) => description.name === name);
    if (!tool) throw new Error(`no tool ${name}`);
    return runTool(tool, input, { ...contextFor(root), changed: note });
  };
  const list = (path = "") => calls["file.list"]({ sessionId, path });
  const read = (path: string, offset = 0, length = 100) =>
    calls["file.read"]({ sessionId, path, offset, length });
  const diff = (path: string) => calls["file.diff"]({ sessionId, path });
  const changes = async () => (await calls["file.changes"]({ sessionId })).changes;
  return { base, root, dataDir, run, list, read, diff, changes, effects };
}

describe("file.list", () => {
  it("shows folders first in natural order, links as links, and every odd name as it is", async () => {
    const at = await setUp({
      ...{ f10: "x", f9: "", "z/x": "", ".h": "", "a\nb": "", "\u202egnp.exe": "" },
      ...{ out: "->../..", loop: "->loop" },
    });
    execFileSync("mkfifo", [join(at.root, "pipe")]);
    const { entries, truncated } = await at.list();
    expect(truncated).toBe(false);
    expect(entries.map(({ name, type }) => [name, type])).toEqual([
      ["z", "folder"],
      [".h", "file"],
      ["a\nb", "file"],
      ["f9", "file"],
      ["f10", "file"],
      ["\u202egnp.exe", "file"],
      ["loop", "link"],
      ["out", "link"],
      ["pipe", "other"],
    ]);
    expect(entries.find(({ name }) => name === "f10")).toMatchObject({ path: "f10", sizeBytes: 1 });
    expect((await at.list("z")).entries).toMatchObject([{ name: "x", path: "z/x" }]);
  });

  it("tells the first part of a huge folder, and that there is more", async () => {
    const at = await setUp();
    await mkdir(join(at.root, "huge"));
    const names = Array.from({ length: 10_000 }, (_, i) => `${i}`);
    await Promise.all(names.map((name) => writeFile(join(at.root, "huge", name), "")));
    const { entries, truncated } = await at.list("huge");
    expect(truncated).toBe(true);
    expect(entries.map(({ name }) => name)).toEqual(names.slice(0, maxListed));
  });

  it("says what is wrong with a path: gone, a file, outside, Aetheria's own", async () => {
    const at = await setUp({ f: "", out: "->../..", "aetheria/keys": "secret" });
    await expect(at.list("nope")).rejects.toMatchObject({ code: "not_found" });
    await expect(at.list("f")).rejects.toMatchObject({ code: "bad_input" });
    for (const path of ["out", "..", "/etc"])
      await expect(at.list(path)).rejects.toMatchObject({ code: "outside_workspace" });
    await expect(at.list("aetheria")).rejects.toMatchObject({ code: "refused" });
    await expect(at.read("aetheria/keys")).rejects.toMatchObject({ code: "refused" });
    await rm(at.root, { recursive: true });
    await expect(at.list()).rejects.toMatchObject({ code: "workspace_missing" });
  });
});

describe("file.read", () => {
  it("gives any piece and the kind of the file", async () => {
    const png = Uint8Array.from(Buffer.from("89504e470d0a1a0a0102", "hex"));
    const at = await setUp({ "a.md": "0123456789", pic: png });
    const piece = await at.read("a.md", 3, 4);
    expect(Buffer.from(piece.bytes).toString()).toBe("3456");
    expect(piece).toMatchObject({ sizeBytes: 10, mime: "text/markdown" });
    expect(await at.read("pic")).toMatchObject({ mime: "image/png", bytes: png });
    expect((await at.read("a.md", 99)).bytes).toHaveLength(0);
    expect((await at.read("a.md", -5, NaN)).bytes).toHaveLength(0);
  });

  it("never gives more than a piece, nor anything but a plain file inside", async () => {
    const at = await setUp({ big: "x".repeat(maxChunkBytes + 10), "d/x": "", secret: "->../s" });
    await writeFile(join(at.base, "s"), "outside");
    execFileSync("mkfifo", [join(at.root, "pipe")]);
    expect((await at.read("big", 0, 1e9)).bytes).toHaveLength(maxChunkBytes);
    for (const path of ["d", "pipe"])
      await expect(at.read(path)).rejects.toMatchObject({ code: "bad_input" });
    await expect(at.read("secret")).rejects.toMatchObject({ code: "outside_workspace" });
    await expect(at.read("gone")).rejects.toMatchObject({ code: "not_found" });
  });
});

describe("file.changes and file.diff", () => {
  it("sum up what was done from before the first change to now", async () => {
    const at = await setUp({
      "a.txt": "one\ntwo\n",
      "b.txt": "b\n",
      "c.txt": "c\n",
      bin: Uint8Array.of(0),
    });
    await at.run("write_file", { path: "a.txt", content: "one\n2\n" });
    await at.run("write_file", { path: "a.txt", content: "one\n2\n3\n" });
    await at.run("write_file", { path: "new/n.txt", content: "n\n" });
    await at.run("delete_file", { path: "b.txt" });
    await at.run("write_file", { path: "c.txt", content: "other\n" });
    await at.run("write_file", { path: "c.txt", content: "c\n" });
    await at.run("write_file", { path: "bin", content: "text\n" });
    await writeFile(join(at.root, "new/n.txt"), "mine\n");
    const change = { seq: expect.any(Number), at: expect.any(Number), changedSince: false };
    expect(await at.changes()).toEqual([
      { ...change, path: "a.txt", change: "modified", addedLines: 2, removedLines: 1 },
      { ...change, path: "b.txt", change: "deleted", addedLines: 0, removedLines: 1 },
      { ...change, path: "bin", change: "modified", addedLines: 0, removedLines: 0 },
      {
        ...{ ...change, path: "new/n.txt", change: "added", addedLines: 1, removedLines: 0 },
        changedSince: true,
      },
    ]);
    expect(await at.diff("a.txt")).toMatchObject({ binary: false });
    expect((await at.diff("a.txt")).diff).toContain("-two\n+2\n+3");
    expect((await at.diff("new/n.txt")).diff).toContain("+mine");
    expect((await at.diff("b.txt")).diff).toContain("-b");
    expect(await at.diff("bin")).toEqual({ diff: "", binary: true });
    expect(await at.diff("c.txt")).toEqual({ diff: "", binary: false });
    expect(await at.diff("untouched")).toEqual({ diff: "", binary: false });
  });

  it("follow no link that came in the place of a changed file", async () => {
    const at = await setUp({ f: "old\n" });
    await at.run("write_file", { path: "f", content: "new\n" });
    await writeFile(join(at.base, "secret"), "secret\n");
    await rm(join(at.root, "f"));
    await symlink("../secret", join(at.root, "f"));
    expect(await at.changes()).toMatchObject([{ path: "f", changedSince: true }]);
    expect(await at.diff("f")).toEqual({ diff: "", binary: true });
  });

  it("do not count a change in doubt that never happened", async () => {
    const at = await setUp({ f: "old\n" });
    await at.run("write_file", { path: "f", content: "new\n" });
    for (const one of at.effects) one.doubtful = true;
    expect(await at.changes()).toHaveLength(1);
    await writeFile(join(at.root, "f"), "old\n");
    expect(await at.changes()).toEqual([]);
  });
});
