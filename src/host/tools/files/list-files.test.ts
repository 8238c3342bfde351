import { chmod } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { listFilesTool } from "./list-files.ts";
import { contextFor, runTool, temporaryWorkspace } from "./temporary-workspace.fixture.ts";

const tool = listFilesTool();

describe("list_files", () => {
  it("shows a tree with sizes, links and what is inside closed folders", async () => {
    const { context } = await temporaryWorkspace({
      "b.txt": "hello",
      "a/x/deep.txt": "1",
      "a/y.md": "12",
      "node_modules/p/index.js": "",
      ".hidden": "",
      l: "->/etc",
    });
    const { text, view } = await runTool(tool, {}, context);
    expect(text).toBe(
      [
        "The workspace:",
        "a/",
        "  x/  1 entry",
        "  y.md  2 bytes",
        "b.txt  5 bytes",
        "l  (link to /etc)",
        "node_modules/  1 entry",
      ].join("\n"),
    );
    expect(view).toMatchObject({
      kind: "entries",
      entries: expect.arrayContaining([
        expect.objectContaining({ path: "a/y.md", type: "file", sizeBytes: 2 }),
        expect.objectContaining({ path: "l", type: "link" }),
      ]),
    });
    expect((await runTool(tool, { hidden: true, depth: 1 }, context)).text).toContain(".hidden");
  });

  it("cuts a large folder and counts the rest", async () => {
    const files = Object.fromEntries(Array.from({ length: 1200 }, (_, i) => [`d/f${i}`, ""]));
    const { context } = await temporaryWorkspace(files);
    const { text } = await runTool(tool, { path: "d", max_entries: 100 }, context);
    expect(text.split("\n")).toHaveLength(102);
    expect(text).toContain("f0  0 bytes\nf1  0 bytes\nf2  0 bytes");
    expect((await runTool(tool, {}, context)).text).toMatch(
      /^ {2}f59 .*\n {2}… 1,140 more entries \(list_files d shows them\)$/m,
    );
    expect(text).toContain(
      "… 1,100 more entries (a larger max_entries or search_files shows them)",
    );
  });

  it("says when a folder is empty, a file, gone, or outside", async () => {
    const { context } = await temporaryWorkspace({ "f.txt": "x", out: "->.." });
    const problem = (path: string) => runTool(tool, { path }, context);
    await expect(problem("f.txt")).rejects.toMatchObject({ message: "“f.txt” is not a folder." });
    await expect(problem("nope")).rejects.toMatchObject({ code: "not_found" });
    await expect(problem("out")).rejects.toMatchObject({ code: "outside_workspace" });
    const { context: empty } = await temporaryWorkspace();
    expect((await runTool(tool, {}, empty)).text).toBe("The workspace is empty.");
    await expect(runTool(tool, {}, contextFor(null))).rejects.toMatchObject({
      code: "workspace_missing",
    });
  });

  it("lists the rest when one folder may not be read", async () => {
    const { base, root, context } = await temporaryWorkspace({ "locked/a": "", z: "" });
    await chmod(join(root, "locked"), 0);
    await Promise.all([chmod(base, 0o755), chmod(root, 0o755)]);
    const { text } = await asNobody(() => runTool(tool, {}, context));
    await chmod(join(root, "locked"), 0o700);
    expect(text).toContain("the system does not allow it");
    expect(text).toContain("z  0 bytes");
  });
});

/** The administrator may read everything, so that one steps down for the while. */
async function asNobody<T>(step: () => Promise<T>): Promise<T> {
  if (process.getuid?.() !== 0) return step();
  process.seteuid?.(65_534);
  try {
    return await step();
  } finally {
    process.seteuid?.(0);
  }
}
