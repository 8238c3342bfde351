import { mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { FileChanged } from "../../../core/sandbox-ports.ts";
import { createMemoryStore } from "../../../testing/memory-store.ts";
import { createFileJournal, hashOf } from "./file-journal.ts";
import { createRunJournal } from "./run-journal.ts";
import { temporaryWorkspace } from "./temporary-workspace.fixture.ts";

async function setup(files: Record<string, string | Uint8Array> = {}) {
  const { root, base } = await temporaryWorkspace(files);
  const { attachments } = createMemoryStore({ clock: { now: () => 0 } });
  const journal = createRunJournal(createFileJournal(attachments), () => Promise.resolve(false));
  const content = async (sha256: string) =>
    Buffer.from((await attachments.get(sha256, 0, 1e6)).bytes).toString();
  return { root, base, journal, content };
}
const hash = (text: string) => hashOf(Buffer.from(text));
const change = (path: string, kind: FileChanged["change"]): FileChanged => ({ path, change: kind });

describe("what a program changed", () => {
  it("can be taken back in a small workspace: what was there before is kept", async () => {
    const { root, journal, content } = await setup({ "a.txt": "old", "b/c.txt": "gone soon" });
    const before = await journal.before(root);
    await writeFile(join(root, "a.txt"), "new");
    await rm(join(root, "b"), { recursive: true });
    await mkdir(join(root, "out"));
    await writeFile(join(root, "out/chart.png"), "png");
    const effects = await before.effects([
      change("a.txt", "modified"),
      change("b/c.txt", "deleted"),
      change("out/chart.png", "created"),
    ]);
    expect(effects).toMatchObject([
      { root, path: "a.txt", before: hash("old"), after: hash("new") },
      { root, path: "b/c.txt", before: hash("gone soon"), after: "absent" },
      { root, path: "out", before: "absent", after: "folder" },
      { root, path: "out/chart.png", before: "absent", after: hash("png") },
      { root, path: "b", before: "folder", after: "absent" },
    ]);
    expect(await content(hash("old"))).toBe("old");
  });

  it("is known across runs without reading what did not change", async () => {
    const { root, journal } = await setup({ "a.txt": "one" });
    await journal.before(root);
    await writeFile(join(root, "a.txt"), "two, by the person");
    const before = await journal.before(root);
    await writeFile(join(root, "a.txt"), "three");
    expect(await before.effects([change("a.txt", "modified")])).toMatchObject([
      { before: hash("two, by the person"), after: hash("three") },
    ]);
  });

  it("is only half known in a large workspace", async () => {
    const many = Object.fromEntries(Array.from({ length: 250 }, (_, n) => [`f${n}.txt`, `${n}`]));
    const { root, journal } = await setup(many);
    const before = await journal.before(root);
    await writeFile(join(root, "f1.txt"), "new");
    await writeFile(join(root, "made.txt"), "made");
    const effects = await before.effects([
      change("f1.txt", "modified"),
      change("made.txt", "created"),
    ]);
    expect(effects).toMatchObject([
      { path: "f1.txt", before: "unkept", after: hash("new") },
      { path: "made.txt", before: "absent", after: hash("made") },
    ]);
  });

  it("never leads out of the workspace, whatever names come from inside", async () => {
    const { root, base, journal } = await setup({ "a.txt": "a" });
    await writeFile(join(base, "secret.txt"), "secret");
    const before = await journal.before(root);
    await symlink(base, join(root, "way-out"));
    await symlink(join(base, "secret.txt"), join(root, "link.txt"));
    const effects = await before.effects([
      change("../secret.txt", "modified"),
      change(join(base, "secret.txt"), "modified"),
      change("way-out/secret.txt", "created"),
      change("link.txt", "created"),
      change("a\0b", "created"),
    ]);
    expect(effects).toMatchObject([{ path: "link.txt", before: "absent", after: "unkept" }]);
    expect(JSON.stringify(effects)).not.toContain(hash("secret"));
    expect(await readFile(join(base, "secret.txt"), "utf8")).toBe("secret");
  });

  it("is told as far as it is known where the workspace went away", async () => {
    const { root, journal } = await setup({ "a.txt": "a" });
    const before = await journal.before(root);
    await rm(root, { recursive: true });
    expect(await before.effects([change("a.txt", "modified")])).toEqual([]);
    await expect(journal.before(root)).resolves.toBeDefined();
  });
});
