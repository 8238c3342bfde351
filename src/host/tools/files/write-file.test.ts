import { chmod, mkdir, readFile, readdir, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { fileProblem } from "./file-problem.ts";
import { makeFolderTool } from "./make-folder.ts";
import { memoryJournal, runTool, temporaryWorkspace } from "./temporary-workspace.fixture.ts";
import { writeFileTool } from "./write-file.ts";

const tool = writeFileTool(memoryJournal());

describe("write_file", () => {
  it("makes a file and the folders above it", async () => {
    const { root, context } = await temporaryWorkspace();
    const { text, view } = await runTool(tool, { path: "a/b/c.txt", content: "grün\n" }, context);
    expect(await readFile(join(root, "a/b/c.txt"), "utf8")).toBe("grün\n");
    expect(text).toBe("Made a/b/c.txt (1 line, 6 bytes).");
    expect(view).toEqual({
      kind: "diff",
      path: "a/b/c.txt",
      diff: "--- /dev/null\n+++ b/a/b/c.txt\n@@ -0,0 +1,1 @@\n+grün\n",
    });
    expect(await readdir(join(root, "a/b"))).toEqual(["c.txt"]);
  });

  it("plans without touching anything, with a diff and what it replaces", async () => {
    const { root, context } = await temporaryWorkspace({ "a.txt": "one\ntwo\n" });
    const plan = await tool.plan({ path: "a.txt", content: "one\n2\n" }, context);
    expect(plan).toMatchObject({
      summary: "write a.txt",
      effect: "write_workspace",
      paths: [join(root, "a.txt")],
      hosts: [],
      sentence: "Replace the file a.txt (6 bytes).",
      fields: [
        { name: "path", value: join(root, "a.txt") },
        { name: "replaces", value: "the present file, 8 bytes" },
      ],
      diff: expect.stringContaining("-two\n+2\n"),
    });
    expect(await readFile(join(root, "a.txt"), "utf8")).toBe("one\ntwo\n");
    const fresh = await tool.plan({ path: "new/x", content: "" }, context);
    expect(fresh.paths).toEqual([join(root, "new/x")]);
    expect(await readdir(root)).toEqual(["a.txt"]);
  });

  it("keeps a file's permissions, and the link that leads to it", async () => {
    const { root, context } = await temporaryWorkspace({ "run.sh": "old", link: "->run.sh" });
    await chmod(join(root, "run.sh"), 0o750);
    await runTool(tool, { path: "link", content: "new" }, context);
    expect(await readFile(join(root, "run.sh"), "utf8")).toBe("new");
    expect((await stat(join(root, "run.sh"))).mode & 0o777).toBe(0o750);
    expect(await readdir(root)).toEqual(["link", "run.sh"]);
  });

  it("does not change what a hard link outside shares", async () => {
    const { base, root, context } = await temporaryWorkspace();
    await writeFile(join(base, "outside.txt"), "theirs");
    const { link } = await import("node:fs/promises");
    await link(join(base, "outside.txt"), join(root, "in.txt"));
    await runTool(tool, { path: "in.txt", content: "mine" }, context);
    expect(await readFile(join(base, "outside.txt"), "utf8")).toBe("theirs");
  });

  it("refuses folders, ways out, and dangling links that lead out", async () => {
    const { base, root, context } = await temporaryWorkspace({ "d/x": "" });
    await symlink(join(base, "made.txt"), join(root, "ahead"));
    const refused = (path: string) => runTool(tool, { path, content: "x" }, context);
    await expect(refused("d")).rejects.toMatchObject({ code: "bad_input" });
    await expect(refused(".")).rejects.toMatchObject({ code: "bad_input" });
    await expect(refused("ahead")).rejects.toMatchObject({ code: "outside_workspace" });
    await expect(refused("../made.txt")).rejects.toMatchObject({ code: "outside_workspace" });
    await expect(refused("d/x/y")).rejects.toMatchObject({ code: "bad_input" });
    expect(await readdir(base)).toEqual(["workspace"]);
  });

  it("says in one line that a binary file or a very different one is replaced", async () => {
    const { context } = await temporaryWorkspace({ b: Buffer.alloc(20) });
    expect((await tool.plan({ path: "b", content: "x" }, context)).diff).toContain("is not text");
  });

  it("leaves no temporary file behind when it fails", async () => {
    const { root, context } = await temporaryWorkspace({ "d/x": "" });
    await expect(runTool(tool, { path: "d", content: "x" }, context)).rejects.toMatchObject({
      message: expect.stringContaining("is a folder"),
    });
    expect(await readdir(root)).toEqual(["d"]);
  });

  it("says that the disk is full, and that nothing was changed", () => {
    const full = Object.assign(new Error("no space"), { code: "ENOSPC" });
    expect(fileProblem(full, "a.txt")).toMatchObject({
      code: "disk_full",
      message: "“a.txt” could not be written: the disk is full.",
      hint: "Free some space and try again; nothing was changed.",
    });
  });
});

describe("make_folder", () => {
  it("makes folders, also twice, but not over a file", async () => {
    const { root, context } = await temporaryWorkspace({ f: "x" });
    const make = async (path: string) => (await runTool(makeFolderTool(), { path }, context)).text;
    expect(await make("a/b")).toBe("Made the folder a/b.");
    expect(await make("a/b")).toBe("a/b was there already.");
    expect(await readdir(root)).toEqual(["a", "f"]);
    await expect(make("f")).rejects.toMatchObject({ code: "conflict" });
    await expect(make("../x")).rejects.toMatchObject({ code: "outside_workspace" });
    await mkdir(join(root, "late"));
    expect(await make("late")).toBe("late was there already.");
  });
});
