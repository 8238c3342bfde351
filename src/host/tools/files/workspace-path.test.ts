import {
  mkdir,
  readFile,
  readdir,
  realpath,
  rename,
  rm,
  symlink,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { inFolder, openInside } from "./guarded-open.ts";
import { saveFile } from "./save-file.ts";
import { memoryJournal, temporaryWorkspace } from "./temporary-workspace.fixture.ts";
import { resolveInWorkspace } from "./workspace-path.ts";
import type { WorkspacePath } from "./workspace-path.ts";

const saving = {
  journal: memoryJournal(),
  signal: new AbortController().signal,
  changed: () => {},
};

async function readAll(place: WorkspacePath): Promise<string> {
  const handle = await openInside(place);
  try {
    return await handle.readFile("utf8");
  } finally {
    await handle.close();
  }
}

describe("resolveInWorkspace", () => {
  it("resolves links on the way and names files that are not there yet", async () => {
    const { root } = await temporaryWorkspace({
      "docs/a.txt": "a",
      alias: "->docs",
      ahead: "->docs/later.txt",
    });
    expect(await resolveInWorkspace(root, "alias/a.txt")).toEqual({
      root,
      real: join(root, "docs/a.txt"),
      shown: "docs/a.txt",
      exists: true,
    });
    const later = { real: join(root, "docs/later.txt"), exists: false };
    expect(await resolveInWorkspace(root, "ahead")).toMatchObject(later);
    expect(await resolveInWorkspace(root, "alias/later.txt")).toMatchObject(later);
    expect(await resolveInWorkspace(root, join(root, "docs/./x/../later.txt"))).toMatchObject(
      later,
    );
    expect(await resolveInWorkspace(root, "alias", { followLast: false })).toMatchObject({
      real: join(root, "alias"),
    });
  });

  it("accepts an absolute path through a link to the workspace itself", async () => {
    const { base, root } = await temporaryWorkspace({ "a.txt": "a" });
    await symlink(root, join(base, "short"));
    const place = await resolveInWorkspace(join(base, "short"), join(base, "short/a.txt"));
    expect(place.real).toBe(join(root, "a.txt"));
  });

  it("refuses every way out", async () => {
    const { base, root } = await temporaryWorkspace({
      "d/up": "->../..",
      etc: "->/etc",
      dangling: "->../not-there-yet.txt",
      chain: "->chain2",
      chain2: "->/etc/passwd",
      proc: "->/proc/self/root",
    });
    await writeFile(join(base, "secret.txt"), "secret");
    const ways = ["..", "../secret.txt", "d/up/secret.txt", "etc/passwd", "etc/nothing/there"];
    ways.push("dangling", "chain", "proc/etc/passwd", "/etc/passwd", "/", base, `${root}-twin/x`);
    for (const way of ways) {
      const refused = resolveInWorkspace(root, way);
      await expect(refused, way).rejects.toMatchObject({ code: "outside_workspace" });
    }
  });

  it("says in a sentence what is wrong with a path nobody can open", async () => {
    const { root } = await temporaryWorkspace({ a: "->b", b: "->a", "f.txt": "x" });
    const problem = async (path: string) =>
      resolveInWorkspace(root, path).then(
        () => "fine",
        (error: unknown) => error,
      );
    expect(await problem("a")).toMatchObject({
      code: "bad_input",
      message: "“a” is a link that leads in a circle.",
    });
    expect(await problem("f.txt/x")).toMatchObject({
      code: "bad_input",
      message: "“f.txt” is a file, not a folder.",
    });
    expect(await problem("a\0b")).toMatchObject({ code: "bad_input" });
    expect(await problem("~/notes")).toMatchObject({ code: "bad_input" });
    expect(await problem("x".repeat(10_000))).toMatchObject({
      code: "bad_input",
      message: expect.stringMatching(/^The name “x+…x+” is too long: it has 10,000 characters/),
    });
    expect(await problem("x/".repeat(5000))).toMatchObject({ code: "bad_input" });
  });

  it("says that there is no workspace, or that it is gone, and what to do", async () => {
    const { root } = await temporaryWorkspace();
    await expect(resolveInWorkspace(null, "a")).rejects.toMatchObject({
      code: "workspace_missing",
      hint: "Choose a folder for the session, then ask again.",
    });
    await rm(root, { recursive: true });
    await expect(resolveInWorkspace(root, "a")).rejects.toMatchObject({
      code: "workspace_missing",
      message: `The folder “${root}” is gone.`,
      hint: expect.stringContaining("choose another folder"),
    });
    await writeFile(root, "now a file");
    await expect(resolveInWorkspace(root, "a")).rejects.toMatchObject({
      code: "workspace_missing",
    });
  });
});

describe("the boundary between check and use", () => {
  it("does not read through a file or a folder that was swapped for a link", async () => {
    const { base, root } = await temporaryWorkspace({ "d/a.txt": "mine", "f.txt": "mine" });
    await mkdir(join(base, "outside"));
    await writeFile(join(base, "outside/a.txt"), "secret");
    const inFolderPlace = await resolveInWorkspace(root, "d/a.txt");
    const filePlace = await resolveInWorkspace(root, "f.txt");
    await rename(join(root, "d"), join(root, "d2"));
    await symlink(join(base, "outside"), join(root, "d"));
    await rm(join(root, "f.txt"));
    await symlink(join(base, "outside/a.txt"), join(root, "f.txt"));
    await expect(openInside(inFolderPlace)).rejects.toThrow();
    await expect(openInside(filePlace)).rejects.toThrow();
  });

  it("does not write through a swapped folder, at any depth", async () => {
    const { base, root } = await temporaryWorkspace({ "d/e/a.txt": "mine" });
    await mkdir(join(base, "outside/e"), { recursive: true });
    const place = await resolveInWorkspace(root, "d/e/new.txt");
    await rename(join(root, "d"), join(root, "d2"));
    await symlink(join(base, "outside"), join(root, "d"));
    await expect(saveFile(place, Buffer.from("x"), saving)).rejects.toThrow();
    expect(await readdir(join(base, "outside"), { recursive: true })).toEqual(["e"]);
  });

  it.runIf(process.platform === "linux")(
    "keeps writing into the folder it opened, whatever takes its place",
    async () => {
      const { base, root } = await temporaryWorkspace({ "d/a.txt": "mine" });
      await mkdir(join(base, "outside"));
      await inFolder(root, join(root, "d"), async (entry) => {
        await rename(join(root, "d"), join(root, "moved"));
        await symlink(join(base, "outside"), join(root, "d"));
        await writeFile(entry("new.txt"), "x");
      });
      expect(await readdir(join(root, "moved"))).toEqual(["a.txt", "new.txt"]);
      expect(await readdir(join(base, "outside"))).toEqual([]);
    },
  );

  it("never opens a pipe or a device", async () => {
    const { root } = await temporaryWorkspace();
    const { execFileSync } = await import("node:child_process");
    execFileSync("mkfifo", [join(root, "pipe")]);
    await expect(openInside(await resolveInWorkspace(root, "pipe"))).rejects.toMatchObject({
      code: "bad_input",
      message: "“pipe” is a device or a pipe, not a file.",
    });
  });
});

// ── Properties ───────────────────────────────────────────────────────────────────────────────────

const names = ["a", "b", "c", "d1", "d2", "link1", "link2", "f.txt"];
const name = fc.constantFrom(...names);
const part = fc.oneof(
  { weight: 6, arbitrary: name },
  fc.constantFrom("..", ".", "", "...", "secret.txt", "outside", "workspace", "\\", "%2e%2e"),
  fc.string({ maxLength: 8 }),
);
const path = fc
  .tuple(
    fc.constantFrom("", "", "", "/", "../", "BASE/", "ROOT/"),
    fc.array(part, { maxLength: 6 }),
  )
  .map(([start, parts]) => start + parts.join("/"));
const linkTarget = fc.oneof(
  path,
  fc.constantFrom(
    "..",
    "../outside",
    "../outside/secret.txt",
    "BASE/outside",
    "/",
    "d1/..",
    "../..",
  ),
);
const tree = fc.array(
  fc.record({
    at: fc.array(name, { minLength: 1, maxLength: 3 }),
    what: fc.oneof(
      fc.constant("folder"),
      fc.constant("file"),
      linkTarget.map((to) => `->${to}`),
    ),
  }),
  { maxLength: 10 },
);

type Node = { at: string[]; what: string };

async function grow(root: string, base: string, nodes: Node[]): Promise<void> {
  for (const { at, what } of nodes) {
    const target = join(root, ...at);
    try {
      // Only real parents: a tree is grown without going through its own links.
      const parent = join(target, "..");
      await mkdir(parent, { recursive: true });
      if (!(await realpath(parent)).startsWith(root)) continue;
      if (what === "folder") await mkdir(target);
      else if (what === "file") await writeFile(target, "inside", { flag: "wx" });
      else await symlink(filled(what.slice(2), root, base) || ".", target);
    } catch (_taken) {
      continue;
    }
  }
}

function filled(text: string, root: string, base: string): string {
  return text.replace("BASE", base).replace("ROOT", root);
}

describe("no path, whatever links there are, leads outside", () => {
  it("neither to read nor to write", async () => {
    const { base } = await temporaryWorkspace();
    await mkdir(join(base, "outside"));
    await writeFile(join(base, "outside/secret.txt"), "secret");
    await writeFile(join(base, "secret.txt"), "secret");
    const before = await outsideOf(base);
    let wentIn = 0;
    await fc.assert(
      fc.asyncProperty(
        tree,
        fc.array(path, { minLength: 1, maxLength: 5 }),
        async (nodes, paths) => {
          const root = join(base, "workspace");
          await rm(root, { recursive: true, force: true });
          await mkdir(root);
          await grow(root, base, nodes);
          for (const asked of paths) {
            const place = await resolveInWorkspace(root, filled(asked, root, base)).catch(
              () => null,
            );
            if (place === null) continue;
            wentIn++;
            expect(place.real === root || place.real.startsWith(`${root}/`)).toBe(true);
            expect(await readAll(place).catch(() => "")).not.toContain("secret");
            await saveFile(place, Buffer.from("written"), saving).catch(() => null);
          }
          expect(await outsideOf(base)).toEqual(before);
        },
      ),
      { numRuns: 300 },
    );
    expect(wentIn).toBeGreaterThan(100);
  });
});

async function outsideOf(base: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const entry of await readdir(base, { recursive: true, withFileTypes: true })) {
    const full = join(entry.parentPath, entry.name);
    if (!full.startsWith(join(base, "workspace")) && entry.isFile())
      found[full] = await readFile(full, "utf8");
  }
  return found;
}
