// `host.json` in the data folder: how other programs of this person find the host that serves it.
// It holds the token, so only its owner may read it.
import { readFileSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod/mini";
import { writePrivateFile } from "./private-file.ts";

export const HostFile = z.object({ url: z.string(), token: z.string(), pid: z.number() });
export type HostFile = z.infer<typeof HostFile>;

const pathIn = (dataDir: string) => join(dataDir, "host.json");

/** The host that serves this folder; null when none does, or its process is gone. */
export async function readHostFile(dataDir: string): Promise<HostFile | null> {
  const file = parse(await readFile(pathIn(dataDir), "utf8").catch(() => ""));
  return file && isAlive(file.pid) ? file : null;
}

export function writeHostFile(dataDir: string, file: HostFile): Promise<void> {
  return writePrivateFile(pathIn(dataDir), `${JSON.stringify(file)}\n`);
}

/** Removes the file if it is still `pid`'s. Synchronous: it is the last thing a host does. */
export function removeHostFile(dataDir: string, pid: number): void {
  try {
    if (parse(readFileSync(pathIn(dataDir), "utf8"))?.pid === pid) rmSync(pathIn(dataDir));
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
  }
}

function parse(text: string): HostFile | null {
  try {
    return HostFile.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
