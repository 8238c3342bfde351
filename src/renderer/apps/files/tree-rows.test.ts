import { describe, expect, it } from "vitest";
import type { FileChange, FileEntry } from "../../../contract/data.ts";
import { changedRows, treeRows, type Folder } from "./tree-rows.ts";

const entry = (path: string, type: FileEntry["type"] = "file"): FileEntry => ({
  path,
  name: path.slice(path.lastIndexOf("/") + 1),
  type,
  sizeBytes: 1,
  modifiedAt: 1,
});
const change = (path: string, kind: FileChange["change"]): FileChange => ({
  path,
  change: kind,
  addedLines: 1,
  removedLines: 0,
  seq: 1,
  at: 1,
  changedSince: false,
});
const loaded = (...entries: FileEntry[]): Folder => ({
  state: "loaded",
  entries,
  truncated: false,
});

describe("the rows of the tree", () => {
  it("put folders first, names in natural order, and open folders' entries below them", () => {
    const folders = new Map([
      ["", loaded(entry("b10.txt"), entry("b9.txt"), entry("src", "folder"))],
      ["src", loaded(entry("src/main.ts"))],
    ]);
    const rows = treeRows({ folders, open: new Set(["src"]), changes: [] });
    expect(rows.map(({ name, depth }) => `${depth}${name}`)).toEqual([
      "0src",
      "1main.ts",
      "0b9.txt",
      "0b10.txt",
    ]);
  });

  it("mark what the agent changed, and show what it deleted where it was", () => {
    const folders = new Map([["", loaded(entry("src", "folder"), entry("a.md"))]]);
    const changes = [
      change("a.md", "modified"),
      change("old.md", "deleted"),
      change("src/x.ts", "added"),
      change("src/gone.ts", "deleted"),
    ];
    const rows = treeRows({ folders, open: new Set(), changes });
    expect(
      rows.map(({ name, kind, change, holdsChanges }) => [
        name,
        kind,
        change?.change ?? null,
        holdsChanges,
      ]),
    ).toEqual([
      ["src", "folder", null, true],
      ["a.md", "file", "modified", false],
      ["old.md", "gone", "deleted", false],
    ]);
  });

  it("show a file that is gone with its folder where the agent deleted both", () => {
    const folders = new Map([
      ["", loaded(entry("src", "folder"))],
      ["src", loaded()],
    ]);
    const changes = [change("old/deep/a.md", "deleted"), change("src/sub/b.md", "deleted")];
    const rows = treeRows({ folders, open: new Set(["src"]), changes });
    expect(rows.map(({ name, kind, depth, place, of }) => [name, kind, depth, place, of])).toEqual([
      ["src", "folder", 0, 1, 2],
      ["sub/b.md", "gone", 1, 1, 1],
      ["old/deep/a.md", "gone", 0, 2, 2],
    ]);
  });

  it("say what is being read, what is empty and what could not be read", () => {
    const folders = new Map<string, Folder>([
      ["", loaded(entry("a", "folder"), entry("b", "folder"), entry("c", "folder"))],
      ["a", { state: "loading" }],
      ["b", { state: "failed", message: "No." }],
      ["c", loaded()],
    ]);
    const rows = treeRows({ folders, open: new Set(["a", "b", "c"]), changes: [] });
    expect(rows.filter(({ kind }) => kind === "note").map(({ note }) => note)).toEqual([
      "loading",
      "failed",
      "empty",
    ]);
    expect(new Set(rows.map(({ path }) => path)).size).toBe(rows.length);
  });

  it("can be only what was changed", () => {
    const rows = changedRows([change("z/b.ts", "deleted"), change("a.ts", "added")]);
    expect(rows.map(({ name, kind }) => [name, kind])).toEqual([
      ["a.ts", "file"],
      ["z/b.ts", "gone"],
    ]);
  });
});
