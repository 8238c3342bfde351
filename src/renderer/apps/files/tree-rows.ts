// The rows of the tree: folders that are open, their entries, and what the agent changed in them,
// with the files that are gone. Pure.
import type { FileChange, FileEntry } from "../../../contract/data.ts";

export type Folder =
  | { state: "loading" }
  | { state: "failed"; message: string }
  | { state: "loaded"; entries: readonly FileEntry[]; truncated: boolean };

export type TreeRow = {
  path: string;
  name: string;
  /** 0: directly in the workspace. */
  depth: number;
  kind: FileEntry["type"] | "gone" | "note";
  isOpen: boolean;
  change: FileChange | null;
  /** Of a folder: something below it was changed. */
  holdsChanges: boolean;
  note: "loading" | "empty" | "truncated" | "failed" | null;
};

type Shown = {
  folders: ReadonlyMap<string, Folder>;
  open: ReadonlySet<string>;
  changes: readonly FileChange[];
};

/** Top to bottom; `""` is the workspace itself and has no row of its own. */
export function treeRows({ folders, open, changes }: Shown): TreeRow[] {
  const byPath = new Map(changes.map((change) => [change.path, change]));
  const rows: TreeRow[] = [];
  const add = (path: string, depth: number): void => {
    const folder = folders.get(path);
    if (!folder || folder.state !== "loaded") {
      rows.push(noteRow(path, depth, folder?.state === "failed" ? "failed" : "loading"));
      return;
    }
    const here = namedIn(path, folder.entries, changes);
    if (here.length === 0) rows.push(noteRow(path, depth, "empty"));
    for (const entry of here.sort(byKindAndName)) {
      const isOpen = entry.kind === "folder" && open.has(entry.path);
      rows.push({
        ...entry,
        depth,
        isOpen,
        change: byPath.get(entry.path) ?? null,
        holdsChanges: changes.some((change) => change.path.startsWith(`${entry.path}/`)),
        note: null,
      });
      if (isOpen) add(entry.path, depth + 1);
    }
    if (folder.truncated) rows.push(noteRow(path, depth, "truncated"));
  };
  add("", 0);
  return rows;
}

/** Only the files that the agent changed, by path; nothing is to be opened. */
export function changedRows(changes: readonly FileChange[]): TreeRow[] {
  return [...changes]
    .sort((a, b) => a.path.localeCompare(b.path))
    .map((change) => ({
      path: change.path,
      name: change.path,
      depth: 0,
      kind: change.change === "deleted" ? "gone" : "file",
      isOpen: false,
      change,
      holdsChanges: false,
      note: null,
    }));
}

type Named = Pick<TreeRow, "path" | "name" | "kind">;

/** What is in this folder, and what the agent deleted from it. */
function namedIn(
  folder: string,
  entries: readonly FileEntry[],
  changes: readonly FileChange[],
): Named[] {
  const prefix = folder === "" ? "" : `${folder}/`;
  const known = new Set(entries.map(({ name }) => name));
  const gone = changes
    .filter(({ change, path }) => change === "deleted" && path.startsWith(prefix))
    .map(({ path }) => path.slice(prefix.length))
    .filter((name) => !name.includes("/") && !known.has(name));
  return [
    ...entries.map(({ path, name, type }): Named => ({ path, name, kind: type })),
    ...gone.map((name): Named => ({ path: `${prefix}${name}`, name, kind: "gone" })),
  ];
}

function noteRow(path: string, depth: number, note: NonNullable<TreeRow["note"]>): TreeRow {
  const kind = "note" as const;
  return {
    path: `${path}\u0000${note}`,
    name: "",
    depth,
    kind,
    isOpen: false,
    change: null,
    holdsChanges: false,
    note,
  };
}

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

const byKindAndName = (a: Named, b: Named): number =>
  Number(b.kind === "folder") - Number(a.kind === "folder") || collator.compare(a.name, b.name);
