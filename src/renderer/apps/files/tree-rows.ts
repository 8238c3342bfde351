// The rows of the tree: folders that are open, their entries, and what the agent changed in them,
// with the files that are gone. Pure.
import type { FileChange, FileEntry } from "../../../contract/data.ts";

export type Folder =
  | { state: "loading" }
  | { state: "failed"; message: string }
  | { state: "loaded"; entries: readonly FileEntry[]; truncated: boolean };

/** What is no part of the workspace and has its way in below it. */
type Place = "attached" | "trash";

export type TreeRow = {
  path: string;
  name: string;
  /** 0: directly in the workspace. */
  depth: number;
  kind: FileEntry["type"] | "gone" | "note" | Place;
  isOpen: boolean;
  change: FileChange | null;
  /** Of a folder: something below it was changed. */
  holdsChanges: boolean;
  note: "loading" | "empty" | "truncated" | "failed" | null;
  /** Its place among its siblings, from 1; 0 where it has none. */
  place: number;
  /** How many siblings there are, itself included. */
  of: number;
};

type Shown = {
  folders: ReadonlyMap<string, Folder>;
  open: ReadonlySet<string>;
  changes: readonly FileChange[];
};

/** Top to bottom; `""` is the workspace itself and has no row of its own. */
export function treeRows({ folders, open, changes }: Shown): TreeRow[] {
  const byPath = new Map(changes.map((change) => [change.path, change]));
  const holding = foldersAbove(changes);
  const rows: TreeRow[] = [];
  const add = (path: string, depth: number): void => {
    const folder = folders.get(path);
    if (!folder || folder.state !== "loaded") {
      rows.push(noteRow(path, depth, folder?.state === "failed" ? "failed" : "loading"));
      return;
    }
    const here = namedIn(path, folder.entries, changes);
    if (here.length === 0) rows.push(noteRow(path, depth, "empty"));
    for (const [index, entry] of here.sort(byKindAndName).entries()) {
      const isOpen = entry.kind === "folder" && open.has(entry.path);
      rows.push({
        ...entry,
        depth,
        isOpen,
        change: byPath.get(entry.path) ?? null,
        holdsChanges: holding.has(entry.path),
        note: null,
        place: index + 1,
        of: here.length,
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
    .map((change, index) => ({
      path: change.path,
      name: change.path,
      depth: 0,
      kind: change.change === "deleted" ? "gone" : "file",
      isOpen: false,
      change,
      holdsChanges: false,
      note: null,
      place: index + 1,
      of: changes.length,
    }));
}

const placeRow = (kind: Place): TreeRow => ({
  ...noteRow("", 0, "empty"),
  path: `\u0000${kind}`,
  kind,
  note: null,
});

/** The ways to the files of the session and to the trash, below the files. */
export const attachedRow = placeRow("attached");
export const trashRow = placeRow("trash");

function foldersAbove(changes: readonly FileChange[]): ReadonlySet<string> {
  const folders = new Set<string>();
  for (const { path } of changes)
    for (let at = path.indexOf("/"); at !== -1; at = path.indexOf("/", at + 1))
      folders.add(path.slice(0, at));
  return folders;
}

type Named = Pick<TreeRow, "path" | "name" | "kind">;

/** What is in this folder, and what the agent deleted from it, with the folder it was in where that
 * is gone too. */
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
    .filter((name) => !known.has(name.split("/")[0] ?? ""));
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
    place: 0,
    of: 0,
  };
}

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

const byKindAndName = (a: Named, b: Named): number =>
  Number(b.kind === "folder") - Number(a.kind === "folder") || collator.compare(a.name, b.name);
