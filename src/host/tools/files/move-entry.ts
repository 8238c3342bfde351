// Moves a file, link or folder, across disks too: there it copies whole, then removes the original.
import { cp, lstat, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { systemCode } from "./file-problem.ts";

const maxCounted = 100_000;

/** `to` must not exist. Until the copy is whole, the original is untouched. */
export async function moveEntry(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (systemCode(error) !== "EXDEV") throw error;
    await copyEntry(from, to);
    await rm(from, { recursive: true });
  }
}

/** Whole or not at all. `to` must not exist. */
export async function copyEntry(from: string, to: string): Promise<void> {
  const partial = `${to}.part`;
  try {
    await cp(from, partial, {
      recursive: true,
      verbatimSymlinks: true,
      preserveTimestamps: true,
      errorOnExist: true,
      force: false,
    });
    await rename(partial, to);
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    throw error;
  }
}

export type Extent = { files: number; sizeBytes: number; isFolder: boolean };

/** What a path holds; counting ends at a hundred thousand entries. Links count as themselves. */
export async function extentOf(path: string): Promise<Extent> {
  const extent = { files: 0, sizeBytes: 0, isFolder: (await lstat(path)).isDirectory() };
  const open = [path];
  for (let seen = 0; seen < maxCounted; seen++) {
    const next = open.pop();
    if (next === undefined) break;
    const stats = await lstat(next);
    if (stats.isDirectory()) open.push(...(await readdir(next)).map((name) => join(next, name)));
    else {
      extent.files++;
      extent.sizeBytes += stats.size;
    }
  }
  return extent;
}
