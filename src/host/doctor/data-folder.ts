// Can the data folder be written, and is there room on its disk?
import { mkdir, rm, statfs, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { randomUUID } from "node:crypto";
import type { Finding } from "./finding.ts";

export async function checkDataFolder(dataDir: string): Promise<Finding> {
  const probe = join(dataDir, `.doctor-${randomUUID()}`);
  try {
    await mkdir(dataDir, { recursive: true });
    await writeFile(probe, "");
    await rm(probe);
    return { state: "ok", found: `${dataDir} can be written.` };
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
    return {
      state: "failed",
      found: `${dataDir} cannot be written (${code}).`,
      fix: "Give yourself write access to that folder, or choose another one with AETHERIA_DATA.",
    };
  }
}

const mebibyte = 1024 * 1024;
const tight = 1024 * mebibyte;
const full = 100 * mebibyte;

export async function checkDiskSpace(dataDir: string): Promise<Finding> {
  const disk = await statfs(dataDir);
  return judgeFreeSpace(disk.bavail * disk.bsize);
}

export function judgeFreeSpace(freeBytes: number): Finding {
  const found = `${sizeInWords(freeBytes)} free for the data folder.`;
  const fix = "Make room on this disk, or choose a folder on another one with AETHERIA_DATA.";
  if (freeBytes < full) return { state: "failed", found, fix };
  return freeBytes < tight ? { state: "warning", found, fix } : { state: "ok", found };
}

function sizeInWords(bytes: number): string {
  const inMebibytes = bytes / mebibyte;
  return inMebibytes < 1024
    ? `${Math.floor(inMebibytes)} MB`
    : `${(inMebibytes / 1024).toFixed(1)} GB`;
}
