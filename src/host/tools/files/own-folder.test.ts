import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createMemoryStore } from "../../../testing/memory-store.ts";
import { createFileTools } from "./create-file-tools.ts";
import {
  contextFor,
  fixedClock,
  runTool,
  temporaryWorkspace,
} from "./temporary-workspace.fixture.ts";

/** A whole home folder as the workspace, with Aetheria's own data in it. */
async function home() {
  const { root, context } = await temporaryWorkspace({
    "notes.txt": "the secret of my soup\n",
    ".local/share/aetheria/secrets.key": "the secret key\n",
    ".local/share/aetheria/work/plan.txt": "a secret plan\n",
  });
  const dataDir = join(root, ".local/share/aetheria");
  await mkdir(join(dataDir, "trash"));
  await symlink(dataDir, join(root, "shortcut"));
  const clock = fixedClock();
  const { attachments } = createMemoryStore({ clock });
  const tools = new Map(
    createFileTools({ dataDir, trashDir: join(dataDir, "trash"), attachments, clock }).map(
      (tool) => [tool.description.name, tool],
    ),
  );
  const run = async (name: string, input: object, within = context) => {
    const tool = tools.get(name);
    if (!tool) throw new Error(`There is no ${name}.`);
    return (await runTool(tool, input, within)).text;
  };
  return { root, dataDir, run };
}

const key = ".local/share/aetheria/secrets.key";

describe("Aetheria's own data, in a workspace that holds it", () => {
  it.each([
    ["read_file", { path: key }],
    ["read_file", { path: "shortcut/secrets.key" }],
    ["read_file", { path: ".local/../.local/share/aetheria/secrets.key" }],
    ["write_file", { path: key, content: "mine" }],
    ["write_file", { path: ".local/share/Aetheria/new.txt", content: "mine" }],
    ["edit_file", { path: key, edits: [{ old_text: "guess", new_text: "x" }] }],
    ["list_files", { path: ".local/share/aetheria" }],
    ["search_files", { path: ".local/share/aetheria", content: "key" }],
    ["make_folder", { path: ".local/share/aetheria/attachments/x" }],
    ["move_file", { from: key, to: "key.txt" }],
    ["move_file", { from: "notes.txt", to: ".local/share/aetheria/notes.txt" }],
    ["move_file", { from: ".local", to: "elsewhere" }],
    ["delete_file", { path: key }],
    ["delete_file", { path: ".local" }],
  ])("is refused to %s %j", async (name, input) => {
    const { root, run } = await home();
    await expect(run(name, input)).rejects.toMatchObject({
      code: "refused",
      message: expect.stringContaining("Aetheria's own data"),
    });
    expect(await readFile(join(root, key), "utf8")).toBe("the secret key\n");
  });

  it("is not found by a search either, by content or by name", async () => {
    const { run } = await home();
    const everywhere = { hidden: true, include_ignored: true };
    const found = await run("search_files", { content: "secret", ...everywhere });
    expect(found).toContain("notes.txt");
    expect(found).not.toContain("aetheria");
    expect(await run("search_files", { names: ["*.key"], ...everywhere })).toMatch(/^Nothing/);
  });

  it("leaves everything beside it alone", async () => {
    const { root, run } = await home();
    await writeFile(join(root, ".local/share/other.txt"), "other");
    expect(await run("read_file", { path: ".local/share/other.txt" })).toContain("other");
    expect(await run("delete_file", { path: "notes.txt" })).toContain("Moved notes.txt");
  });

  it("opens to a folder in it that was granted by itself", async () => {
    const { dataDir, run } = await home();
    const within = contextFor(join(dataDir, "work"));
    expect(await run("read_file", { path: "plan.txt" }, within)).toContain("a secret plan");
    expect(await run("search_files", { content: "secret" }, within)).toContain("plan.txt");
  });
});
