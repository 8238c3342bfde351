import { mkdtemp, readFile, readdir, rm, stat, symlink, writeFile } from "node:fs/promises";
import { statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { SessionId } from "../../../contract/ids.ts";
import { createMemoryStore } from "../../../testing/memory-store.ts";
import { createFileCalls } from "./create-file-calls.ts";
import { deleteFileTool } from "./delete-file.ts";
import { moveFileTool } from "./move-file.ts";
import { restoreFileTool } from "./restore-file.ts";
import {
  fixedClock,
  memoryJournal,
  runTool,
  temporaryWorkspace,
} from "./temporary-workspace.fixture.ts";
import { createTrash } from "./trash.ts";

async function setUp(files: Record<string, string>, trashBase?: string) {
  const workspace = await temporaryWorkspace(files);
  const clock = fixedClock();
  const journal = memoryJournal();
  const trash = createTrash(join(trashBase ?? workspace.base, "trash"), clock);
  const remove = (path: string) =>
    runTool(deleteFileTool(trash, journal), { path }, workspace.context);
  const restore = (input: object) =>
    runTool(restoreFileTool(trash, journal), input, workspace.context);
  const move = (input: object) => runTool(moveFileTool(trash, journal), input, workspace.context);
  return { ...workspace, clock, trash, remove, restore, move };
}

const callsNeeds = (dataDir: string, workspaceOf: () => string | null) => ({
  ...{ dataDir, workspaceOf, clock: fixedClock() },
  attachments: createMemoryStore({ clock: fixedClock() }).attachments,
  effectsOf: () => [],
  changed: () => {},
});

const read = (...path: string[]) => readFile(join(...path), "utf8");

describe("delete_file and restore_file", () => {
  it("brings a folder back with everything in it", async () => {
    const { root, remove, restore, trash } = await setUp({
      "d/a.txt": "a",
      "d/e/b": "bb",
      l: "->d",
    });
    const { text } = await remove("d");
    expect(text).toMatch(
      /^Moved d \(2 files, 3 bytes\) to the trash\. restore_file with trash_id /,
    );
    expect(await readdir(root)).toEqual(["l"]);
    const [item] = await trash.list("session-1");
    expect(item).toMatchObject({
      path: join(root, "d"),
      sizeBytes: 3,
      deletedAt: 1_700_000_000_000,
    });
    expect((await restore({ trash_id: item?.trashId })).text).toBe("Restored d.");
    expect(await read(root, "d/e/b")).toBe("bb");
    expect(await trash.list("session-1")).toEqual([]);
  });

  it("deletes a link, not what it leads to", async () => {
    const { base, root, remove, restore } = await setUp({ l: "->../outside.txt" });
    await writeFile(join(base, "outside.txt"), "theirs");
    await remove("l");
    expect(await read(base, "outside.txt")).toBe("theirs");
    await restore({ path: "l" });
    expect(await read(root, "l")).toBe("theirs");
  });

  it("never restores over what is there now", async () => {
    const { root, remove, restore } = await setUp({ "d/a.txt": "old" });
    await remove("d/a.txt");
    await writeFile(join(root, "d/a.txt"), "new");
    expect((await restore({ path: "d/a.txt" })).text).toBe(
      "Restored d/a (restored).txt (d/a.txt is taken by another file).",
    );
    expect(await read(root, "d/a.txt")).toBe("new");
    expect(await read(root, "d/a (restored).txt")).toBe("old");
  });

  it("makes the folder again that is gone, but does not follow a link put in its place", async () => {
    const { base, root, remove, restore } = await setUp({ "d/a": "a", "e/b": "b" });
    await remove("d/a");
    await rm(join(root, "d"), { recursive: true });
    await restore({ path: "d/a" });
    expect(await read(root, "d/a")).toBe("a");
    await remove("e/b");
    await rm(join(root, "e"), { recursive: true });
    await symlink(base, join(root, "e"));
    await expect(restore({ path: "e/b" })).rejects.toMatchObject({ code: "outside_workspace" });
  });

  it("says what is in the trash when asked for what is not", async () => {
    const { remove, restore } = await setUp({ a: "" });
    await expect(restore({ path: "x" })).rejects.toMatchObject({
      code: "not_found",
      hint: "The trash of this session is empty.",
    });
    await remove("a");
    await expect(restore({})).rejects.toMatchObject({
      hint: expect.stringContaining("a (trash_id"),
    });
  });

  it("refuses the workspace itself, what is missing and what is outside", async () => {
    const { remove } = await setUp({});
    await expect(remove(".")).rejects.toMatchObject({ code: "refused" });
    await expect(remove("nope")).rejects.toMatchObject({ code: "not_found" });
    await expect(remove("../trash")).rejects.toMatchObject({ code: "outside_workspace" });
  });

  it("refuses a folder that holds the trash", async () => {
    const { root, context } = await temporaryWorkspace({ "data/x": "" });
    const trash = createTrash(join(root, "data/trash"), fixedClock());
    const deleting = runTool(deleteFileTool(trash, memoryJournal()), { path: "data" }, context);
    await expect(deleting).rejects.toMatchObject({ code: "refused" });
  });

  const otherDisk = "/dev/shm";
  it.skipIf(!differs(otherDisk))(
    "works across disks, with permissions and links kept",
    async () => {
      const elsewhere = await mkdtemp(join(otherDisk, "aetheria-trash-"));
      onTestFinished(() => rm(elsewhere, { recursive: true, force: true }));
      const { root, remove, restore } = await setUp({ "d/a": "a", "d/l": "->a" }, elsewhere);
      await remove("d");
      expect(await readdir(root)).toEqual([]);
      await restore({ path: "d" });
      expect(await readdir(join(root, "d"))).toEqual(["a", "l"]);
      expect(await read(root, "d/l")).toBe("a");
    },
  );
});

function differs(path: string): boolean {
  try {
    return statSync(path).dev !== statSync(tmpdir()).dev;
  } catch (_missing) {
    return false;
  }
}

describe("the trash", () => {
  it("forgets what is older than its days, and only that", async () => {
    const { trash, clock, remove } = await setUp({ a: "", b: "" });
    const day = 86_400_000;
    await remove("a");
    clock.set(clock.now() + 20 * day);
    await remove("b");
    clock.set(clock.now() + 11 * day);
    expect(await trash.sweep(30)).toBe(1);
    expect((await trash.list("session-1")).map(({ shown }) => shown)).toEqual(["b"]);
    expect(await trash.sweep(30)).toBe(0);
  });

  it("passes over a damaged record", async () => {
    const { base, trash, remove } = await setUp({ a: "", b: "" });
    await remove("a");
    await remove("b");
    const [item] = await trash.list("session-1");
    await writeFile(join(base, "trash/session-1", item?.trashId ?? "", "record.json"), "{");
    expect(await trash.list("session-1")).toHaveLength(1);
  });

  it("takes no id for a path", async () => {
    const { trash } = await setUp({});
    await expect(async () => trash.list("../..")).rejects.toMatchObject({ code: "bad_input" });
    await expect(async () => trash.restore("s", "../x", "/")).rejects.toMatchObject({
      code: "bad_input",
    });
  });
});

describe("move_file", () => {
  it("renames, moves into a folder and makes missing folders", async () => {
    const { root, move } = await setUp({ "a.txt": "a", "d/x": "", "b.txt": "b" });
    expect((await move({ from: "a.txt", to: "c.txt" })).text).toBe("Moved a.txt to c.txt.");
    expect((await move({ from: "c.txt", to: "d" })).text).toBe("Moved c.txt to d/c.txt.");
    await move({ from: "b.txt", to: "new/deep/b.md" });
    expect(await read(root, "d/c.txt")).toBe("a");
    expect(await read(root, "new/deep/b.md")).toBe("b");
    expect((await stat(join(root, "new"))).isDirectory()).toBe(true);
  });

  it("refuses to overwrite, or moves what was there to the trash", async () => {
    const { root, move, restore } = await setUp({ a: "new", b: "old" });
    await expect(move({ from: "a", to: "b" })).rejects.toMatchObject({ code: "conflict" });
    expect(await read(root, "b")).toBe("old");
    const { text } = await move({ from: "a", to: "b", overwrite: true });
    expect(text).toMatch(/^Moved a to b\. What was there is in the trash \(trash_id .+\)\.$/);
    expect(await read(root, "b")).toBe("new");
    await restore({ path: "b" });
    expect(await read(root, "b (restored)")).toBe("old");
  });

  it("refuses circles, the workspace itself and ways out", async () => {
    const { move } = await setUp({ "d/e/x": "", out: "->.." });
    const refused = (from: string, to: string) => move({ from, to, overwrite: true });
    await expect(refused("d", "d/e/f")).rejects.toMatchObject({ code: "bad_input" });
    await expect(refused("d/e", "d")).rejects.toMatchObject({ code: "bad_input" });
    await expect(refused("d/e/x", "d/e/x")).rejects.toMatchObject({ code: "bad_input" });
    await expect(refused(".", "d/e")).rejects.toMatchObject({ code: "bad_input" });
    await expect(refused("nope", "d")).rejects.toMatchObject({ code: "not_found" });
    await expect(refused("d", "out/d")).rejects.toMatchObject({ code: "outside_workspace" });
    await expect(refused("out/secret", "d")).rejects.toMatchObject({ code: "outside_workspace" });
  });
});

describe("the file and trash calls", () => {
  it("lists and restores what the tools deleted, also when the session has moved on", async () => {
    const { base, root, remove } = await setUp({ "d/a": "a" });
    await remove("d/a");
    const calls = createFileCalls(callsNeeds(base, () => null));
    const sessionId = SessionId.parse("session-1");
    const { items } = await calls["trash.list"]({ sessionId });
    expect(items).toMatchObject([{ path: join(root, "d/a"), sizeBytes: 1 }]);
    const trashId = items[0]?.trashId ?? "";
    expect(await calls["trash.restore"]({ sessionId, trashId })).toEqual({
      path: join(root, "d/a"),
    });
    await expect(calls["trash.restore"]({ sessionId, trashId })).rejects.toMatchObject({
      code: "not_found",
      message: "That is not in the trash any more.",
    });
  });

  it("shows the folders of this machine to choose from", async () => {
    const { base, root } = await setUp({ "b/x": "", "a/x": "", ".h/x": "", f: "" });
    const calls = createFileCalls(callsNeeds(base, () => root));
    expect(await calls["file.folders"]({ path: root })).toEqual({
      path: root,
      parent: base,
      folders: [
        { name: "a", path: join(root, "a") },
        { name: "b", path: join(root, "b") },
      ],
    });
    expect((await calls["file.folders"]({ path: "/" })).parent).toBeNull();
    expect((await calls["file.folders"]({})).path).toBeTruthy();
    await expect(calls["file.folders"]({ path: join(root, "nope") })).rejects.toMatchObject({
      code: "not_found",
    });
  });

  it("finds files by a few letters, best first, without what is ignored", async () => {
    const { base, root } = await setUp({
      "src/report.ts": "",
      "docs/yearly-report.md": "",
      "docs/other.md": "",
      "out/report.ts": "",
      ".gitignore": "out",
    });
    const calls = createFileCalls(callsNeeds(base, () => root));
    const sessionId = SessionId.parse("session-1");
    const find = async (query: string, limit = 10) =>
      (await calls["file.find"]({ sessionId, query, limit })).paths;
    expect(await find("report")).toEqual(["src/report.ts", "docs/yearly-report.md"]);
    expect(await find("yrep")).toEqual(["docs/yearly-report.md"]);
    expect(await find("", 1)).toHaveLength(1);
    expect(await find("zzz")).toEqual([]);
    const none = createFileCalls(callsNeeds(base, () => null));
    expect(await none["file.find"]({ sessionId, query: "a", limit: 5 })).toEqual({ paths: [] });
  });
});
