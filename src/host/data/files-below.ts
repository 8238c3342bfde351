// What lies below a folder, as it is found: plain files and folders that hold nothing. Links and
// devices are named, never followed.
import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";

export type Found = { path: string; type: "file" | "empty" | "other"; sizeBytes: number };

/** `path` is relative to `root`, with `/`. A folder that is not there holds nothing. */
export async function* filesBelow(root: string, path: string): AsyncGenerator<Found> {
  const entries = await readdir(join(root, path), { withFileTypes: true }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT" || error.code === "ENOTDIR") return null;
      throw error;
    },
  );
  if (entries === null) return;
  if (entries.length === 0) yield { path, type: "empty", sizeBytes: 0 };
  for (const entry of entries) {
    const below = `${path}/${entry.name}`;
    if (entry.isDirectory()) yield* filesBelow(root, below);
    else if (!entry.isFile()) yield { path: below, type: "other", sizeBytes: 0 };
    else {
      const stats = await lstat(join(root, below)).catch(() => null);
      if (stats) yield { path: below, type: "file", sizeBytes: stats.size };
    }
  }
}
