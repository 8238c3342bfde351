// The backups and exports that lie in the data folder. A file is only ever found by its name in this
// list, so that no name a client sends can lead anywhere else.
import { lstat, mkdir, open, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { maxChunkBytes } from "../../contract/calls.ts";
import type { DataFile } from "../../contract/data.ts";
import { AetheriaError } from "../../contract/errors.ts";
import { backupFolder, exportFolder } from "./contents.ts";

const folders: Record<DataFile["kind"], string> = { backup: backupFolder, export: exportFolder };
const kinds = ["backup", "export"] as const;

export type OwnFiles = {
  /** Youngest first. */
  list(): Promise<DataFile[]>;
  /** Throws not_found. */
  find(name: string): Promise<DataFile>;
  /** A path that is free, in a folder that is there. */
  fresh(kind: DataFile["kind"], nowMs: number): Promise<string>;
  read(
    name: string,
    offset: number,
    length: number,
  ): Promise<{ bytes: Uint8Array<ArrayBuffer>; sizeBytes: number }>;
  remove(name: string): Promise<void>;
};

export function createOwnFiles(dataDir: string): OwnFiles {
  async function list(): Promise<DataFile[]> {
    const found = await Promise.all(
      kinds.map((kind) => inFolder(join(dataDir, folders[kind]), kind)),
    );
    return found.flat().sort((a, b) => b.createdAt - a.createdAt || (a.name < b.name ? 1 : -1));
  }

  async function find(name: string): Promise<DataFile> {
    const file = (await list()).find((one) => one.name === name);
    if (file) return file;
    throw new AetheriaError("not_found", "That file is not there any more.");
  }

  return {
    list,
    find,
    async fresh(kind, nowMs) {
      const folder = join(dataDir, folders[kind]);
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const taken = new Set(await readdir(folder));
      const name = `aetheria-${kind}-${minuteOf(nowMs)}`;
      for (let n = 1; ; n += 1) {
        const free = n === 1 ? `${name}.zip` : `${name}-${n}.zip`;
        if (!taken.has(free)) return join(folder, free);
      }
    },
    async read(name, offset, length) {
      const { path } = await find(name);
      const handle = await open(path, "r");
      try {
        const { size: sizeBytes } = await handle.stat();
        const from = Math.max(0, Math.trunc(offset));
        const wanted = Math.max(0, Math.min(Math.trunc(length), maxChunkBytes, sizeBytes - from));
        const bytes = new Uint8Array(wanted);
        const { bytesRead } = await handle.read(bytes, 0, wanted, from);
        return { bytes: bytes.subarray(0, bytesRead), sizeBytes };
      } finally {
        await handle.close();
      }
    },
    async remove(name) {
      await rm((await find(name)).path, { force: true });
    },
  };
}

/** Plain files only: a link could lead out of the folder. */
async function inFolder(folder: string, kind: DataFile["kind"]): Promise<DataFile[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return [];
      throw error;
    },
  );
  const found = entries
    .filter((entry) => entry.isFile() && entry.name.endsWith(".zip"))
    .map(async ({ name }): Promise<DataFile | null> => {
      const path = join(folder, name);
      const stats = await lstat(path).catch(() => null);
      return stats && { name, kind, path, sizeBytes: stats.size, createdAt: stats.mtimeMs };
    });
  return (await Promise.all(found)).filter((file) => file !== null);
}

/** `2026-11-22-1905`, in local time. */
function minuteOf(ms: number): string {
  const two = (value: number) => String(value).padStart(2, "0");
  const at = new Date(ms);
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day}-${two(at.getHours())}${two(at.getMinutes())}`;
}
