import { execFileSync } from "node:child_process";
import {
  chmod,
  lstat,
  mkdir,
  readFile,
  readdir,
  realpath,
  rename,
  rm,
  symlink,
  writeFile,
} from "node:fs/promises";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SessionId } from "../../../contract/ids.ts";
import type { FileEffect } from "../../../contract/tool.ts";
import type { Tool } from "../../../core/ports.ts";
import { targetsAt, type PlacedEffect } from "../../../core/session/file-effects.ts";
import { createMemoryStore } from "../../../testing/memory-store.ts";
import { createFileTools } from "./create-file-tools.ts";
import { createTakeBack } from "./take-back.ts";
import {
  contextFor,
  fixedClock,
  runTool,
  temporaryWorkspace,
} from "./temporary-workspace.fixture.ts";
import { createTrash } from "./trash.ts";

const sessionId = SessionId.parse("session-1");
const never = new AbortController().signal;

/** A workspace with all its tools; `moment` is what `back` takes it back to. */
async function setUp(files: Record<string, string | Uint8Array> = {}) {
  const { base, root } = await temporaryWorkspace(files);
  const clock = fixedClock();
  const { attachments } = createMemoryStore({ clock });
  const dataDir = join(base, "data");
  const needs = { dataDir, trashDir: join(dataDir, "trash"), attachments, clock };
  const tools = new Map<string, Tool>(
    createFileTools(needs).map((tool) => [tool.description.name, tool]),
  );
  const takeBack = createTakeBack(needs);
  const effects: PlacedEffect[] = [];
  let seq = 0;
  const note = (changes: readonly FileEffect[]) =>
    effects.push(...changes.map((one) => ({ ...one, seq, at: seq, doubtful: false })));

  async function run(name: string, input: object): Promise<string> {
    seq += 1;
    const tool = tools.get(name);
    if (!tool) throw new Error(`no tool ${name}`);
    return (await runTool(tool, input, { ...contextFor(root), changed: note })).text;
  }
  const preview = (toSeq: number) => takeBack.preview(root, targetsAt(effects, toSeq));
  async function back(toSeq: number, workspace = root) {
    const targets = targetsAt(effects, toSeq);
    seq += 1;
    const taken = await takeBack.takeBack(sessionId, workspace, targets, never);
    note(taken.changes);
    return taken;
  }
  const trash = createTrash(needs.trashDir, clock);
  const trashed = async () =>
    Promise.all(
      (await trash.list("session-1")).map(async ({ trashId }) =>
        readFile(trash.contentOf("session-1", trashId), "utf8"),
      ),
    );
  return { base, root, run, preview, back, effects, attachments, trashed, now: () => seq };
}

/** Every path with what it is: a folder, a link and where to, or a file with content and mode. */
async function treeOf(root: string): Promise<Record<string, string>> {
  const tree: Record<string, string> = {};
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const { mode } = await lstat(path);
    tree[path.slice(root.length + 1)] = entry.isDirectory()
      ? "folder"
      : entry.isFile()
        ? `${(mode & 0o777).toString(8)} ${await readFile(path, "latin1")}`
        : "other";
  }
  return tree;
}

const text = (...path: string[]) => readFile(join(...path), "utf8");

describe("taking files back on a real disk", () => {
  it("undoes what every tool did, to any moment, and undoes that again", async () => {
    const at = await setUp({ "a.txt": "one\n", "d/b.bin": Uint8Array.of(0, 255, 1), "d/e/c": "c" });
    await chmod(join(at.root, "d/b.bin"), 0o750);
    const moments = [await treeOf(at.root)];
    const steps: [string, object][] = [
      ["write_file", { path: "new/deep/x.txt", content: "x" }],
      ["edit_file", { path: "a.txt", edits: [{ old_text: "one", new_text: "two" }] }],
      ["move_file", { from: "d", to: "moved/here" }],
      ["write_file", { path: "moved/here/b.bin", content: "now text" }],
      ["delete_file", { path: "moved" }],
      ["make_folder", { path: "empty/inside" }],
      ["write_file", { path: "d", content: "a file where a folder was" }],
      ["restore_file", { path: "moved" }],
      ["move_file", { from: "a.txt", to: "d", overwrite: true }],
    ];
    for (const [name, input] of steps) {
      await at.run(name, input);
      moments.push(await treeOf(at.root));
    }
    const order = [0, steps.length, 4, 0, 7, 5, steps.length, 1, 3];
    for (const moment of order) {
      const { failed } = await at.back(moment);
      expect(failed).toEqual([]);
      expect(await treeOf(at.root)).toEqual(moments[moment]);
      moments.push(await treeOf(at.root));
    }
    for (const moment of [at.now() - 1, steps.length + 2, 2]) {
      await at.back(moment);
      expect(await treeOf(at.root)).toEqual(moments[moment]);
    }
  });

  it("shows before what it would do, and does just that", async () => {
    const at = await setUp({ "a.txt": "old\n", "pic.bin": Uint8Array.of(0, 1, 2), same: "s" });
    await at.run("write_file", { path: "a.txt", content: "new\n" });
    await at.run("write_file", { path: "n/added.txt", content: "added\n" });
    await at.run("delete_file", { path: "pic.bin" });
    await at.run("write_file", { path: "same", content: "t" });
    await at.run("write_file", { path: "same", content: "s" });
    await writeFile(join(at.root, "a.txt"), "mine\n");
    const files = await at.preview(0);
    expect(files.map(({ diff: _, ...file }) => file)).toEqual([
      { path: "n/added.txt", action: "remove", changedSince: false },
      { path: "a.txt", action: "restore", changedSince: true },
      { path: "pic.bin", action: "restore", changedSince: false },
    ]);
    expect(files[0]?.diff).toContain("-added");
    expect(files[1]?.diff).toContain("-mine\n+old");
    expect(files[2]?.diff).toBe("");
    expect(await at.back(0)).toMatchObject({
      restored: ["a.txt", "pic.bin"],
      removed: ["n/added.txt"],
      failed: [],
    });
    expect(await at.preview(0)).toEqual([]);
    expect((await at.trashed()).sort()).toEqual(["\0\x01\x02", "added\n", "mine\n"]);
    expect(await readdir(at.root)).toEqual(["a.txt", "pic.bin", "same"]);
  });

  it("does the rest when one file cannot be taken back, and says why", async () => {
    const at = await setUp({ ro: "1", linked: "1", folder: "1", gone: "1", ok: "1", unkept: "1" });
    for (const path of ["ro", "linked", "folder", "gone", "ok", "unkept"])
      await at.run("write_file", { path, content: "2" });
    const paths = (name: string) => join(at.root, name);
    await writeFile(join(at.base, "outside"), "theirs");
    await rm(paths("linked"));
    await symlink(join(at.base, "outside"), paths("linked"));
    await rm(paths("folder"));
    await mkdir(join(paths("folder"), "x"), { recursive: true });
    await rm(paths("gone"));
    await rm(paths("ro"));
    execFileSync("mkfifo", [paths("ro")]);
    const kept = at.effects.find(({ path }) => path === "unkept");
    if (kept) kept.before = "unkept";
    const taken = await at.back(0);
    expect(taken.restored).toEqual(["gone", "ok"]);
    expect(taken.failed).toEqual([
      { path: "ro", why: "There is no plain file in its place now; it was left alone." },
      { path: "linked", why: "There is a link in its place now; it was left alone." },
      { path: "folder", why: "There is a folder in its place now, which holds files." },
      {
        path: "unkept",
        why: "What was there was not kept: it was too large, or no plain file.",
      },
    ]);
    expect(await text(at.base, "outside")).toBe("theirs");
    expect(await text(at.root, "ok")).toBe("1");
    expect((await at.preview(0)).map(({ path, problem }) => [path, problem !== undefined])).toEqual(
      [
        ["ro", true],
        ["linked", true],
        ["folder", false],
        ["unkept", true],
      ],
    );
  });

  it("leaves another folder than the one that was changed alone, and says so when it is gone", async () => {
    const at = await setUp({ f: "1" });
    await at.run("write_file", { path: "f", content: "2" });
    const other = join(at.base, "other");
    await mkdir(other);
    await writeFile(join(other, "f"), "other");
    const taken = await at.back(0, other);
    expect(taken.failed[0]?.why).toContain("in another folder");
    expect(await text(other, "f")).toBe("other");
    await rm(at.root, { recursive: true });
    await expect(at.back(0)).rejects.toMatchObject({ code: "workspace_missing" });
    await expect(at.preview(0)).rejects.toMatchObject({ code: "workspace_missing" });
  });

  it("is done again without harm after it was cut off, and loses nothing", async () => {
    const names = ["a", "b", "c", "d", "e"];
    const at = await setUp(Object.fromEntries(names.map((name) => [name, `old ${name}`])));
    for (const path of names) await at.run("write_file", { path, content: `new ${path}` });
    const stop = new AbortController();
    const targets = targetsAt(at.effects, 0);
    let trashed = 0;
    const clock = { ...fixedClock(), now: () => (++trashed > 2 ? (stop.abort(), 0) : 0) };
    const dataDir = join(at.base, "data");
    const { attachments } = at;
    const needs = { dataDir, trashDir: join(dataDir, "trash"), attachments, clock };
    const cut = await createTakeBack(needs).takeBack(sessionId, at.root, targets, stop.signal);
    expect(cut.failed).toEqual([]);
    expect(cut.restored).toEqual(["a", "b"]);
    const rest = await at.back(0);
    expect([...cut.restored, ...rest.restored].sort()).toEqual(names);
    for (const name of names) expect(await text(at.root, name)).toBe(`old ${name}`);
    const trashedTexts = await at.trashed();
    expect(trashedTexts).toEqual(expect.arrayContaining(names.map((name) => `new ${name}`)));
  });

  it("writes nothing outside while somebody swaps the folder for a link again and again", async () => {
    const names = Array.from({ length: 40 }, (_, i) => `d/${i}`);
    const at = await setUp(Object.fromEntries(names.map((name) => [name, "old"])));
    for (const path of names) await at.run("write_file", { path, content: "new" });
    const outside = join(at.base, "outside");
    await mkdir(outside);
    for (const name of names) await writeFile(join(outside, name.slice(2)), "theirs");
    const theirs = await treeOf(outside);
    const [folder, aside] = [join(at.root, "d"), join(at.root, "aside")];
    let isOver = false;
    const swapping = (async () => {
      while (!isOver) {
        await rename(folder, aside);
        // A folder that is missing for a moment may be made anew.
        await symlink(outside, folder).catch(() => "made anew");
        await rm(folder, { recursive: true });
        await rename(aside, folder);
      }
    })();
    const { restored, failed } = await at.back(0);
    isOver = true;
    await swapping;
    expect(restored.length + failed.length).toBe(names.length);
    expect(await treeOf(outside)).toEqual(theirs);
    await at.back(0);
    for (const name of names) expect(await text(at.root, name)).toBe("old");
  });

  it("keeps what is too large or too much out of the journal, and leaves it where it is", async () => {
    const at = await setUp({});
    await mkdir(join(at.root, "many"));
    for (let i = 0; i < 510; i++) await writeFile(join(at.root, `many/${i}`), "");
    await at.run("move_file", { from: "many", to: "much" });
    expect(at.effects.map(({ path, before, after }) => [path, before, after])).toEqual([
      ["many", "unkept", "absent"],
      ["much", "absent", "unkept"],
    ]);
    const { failed, removed } = await at.back(0);
    expect(failed.map(({ path }) => path)).toEqual(["much", "many"]);
    expect(removed).toEqual([]);
    expect(await readdir(join(at.root, "much"))).toHaveLength(510);
  });
});

// ── Properties ───────────────────────────────────────────────────────────────────────────────────

const name = fc.constantFrom("a", "b", "d", "ab\nc", "\u202egnp.exe", "l");
const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => names.join("/"));
const content = fc.constantFrom("", "x", "y\n", "ü\r\nz");
const step = fc.oneof(
  fc.tuple(fc.constant("write_file"), fc.record({ path, content })),
  fc.tuple(fc.constant("delete_file"), fc.record({ path })),
  fc.tuple(fc.constant("make_folder"), fc.record({ path })),
  fc.tuple(fc.constant("move_file"), fc.record({ from: path, to: path, overwrite: fc.boolean() })),
  fc.tuple(fc.constant("restore_file"), fc.record({ path })),
);
/** Somebody else puts a link to the outside where something is. */
const swap = fc.tuple(fc.constant("swap"), fc.record({ path }));

describe("whatever the tools did", () => {
  it("can be undone exactly, as long as nobody else changed it", async () => {
    let wentBack = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), fc.nat(), async (steps, pick) => {
        const at = await setUp({ "d/a": "1", b: "2" });
        const moments = [await treeOf(at.root)];
        for (const [tool, input] of steps) {
          const before = at.now();
          await at.run(tool, input).catch(() => "refused");
          if (at.now() > before) moments.push(await treeOf(at.root));
        }
        const moment = pick % moments.length;
        expect((await at.back(moment)).failed).toEqual([]);
        expect(await treeOf(at.root)).toEqual(moments[moment]);
        await at.back(at.now() - 1);
        expect(await treeOf(at.root)).toEqual(moments.at(-1));
        wentBack += 1;
        await rm(at.base, { recursive: true });
      }),
      { numRuns: 60 },
    );
    expect(wentBack).toBe(60);
  });

  it("touches nothing outside when it is undone, wherever links have come in", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(step, swap), { maxLength: 12 }), async (steps) => {
        const at = await setUp({ "d/a": "1", b: "2" });
        const outside = join(at.base, "outside");
        await mkdir(join(outside, "a"), { recursive: true });
        for (const file of ["b", "d", "l"]) await writeFile(join(outside, file), "theirs");
        const theirs = await treeOf(outside);
        for (const [tool, input] of steps) {
          if (tool !== "swap") await at.run(tool, input).catch(() => "refused");
          else if ("path" in input) await putLink(at.root, join(at.root, input.path), outside);
        }
        await at.preview(0);
        await at.back(0);
        expect(await treeOf(outside)).toEqual(theirs);
        await rm(at.base, { recursive: true });
      }),
      { numRuns: 60 },
    );
  });
});

async function putLink(root: string, at: string, target: string): Promise<void> {
  const parent = await realpath(dirname(at)).catch(() => null);
  if (parent !== root && !parent?.startsWith(`${root}/`)) return;
  const aside = `${at}.aside`;
  const moved = await rename(at, aside).then(
    () => true,
    () => false,
  );
  if (moved) await symlink(target, at);
}
