// What a restore or a deletion left for the next start, done before the store is opened and while
// its lock is held. Each step can be the last before a crash: done again, it goes on where it was.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod/mini";
import {
  backupFolder,
  contents,
  database,
  deletePending,
  exportFolder,
  isOwned,
  pendingFolder,
  replacedPrefix,
  stagingFolder,
  workFolder,
} from "./contents.ts";
import { partEnding } from "./zip-file.ts";

export const planName = "plan.json";

export const Plan = z.object({
  /** The end of the name of the folder that takes what was there. */
  replaced: z.string().check(z.regex(/^[\w-]+$/)),
  parts: z.array(z.enum(contents)),
});
export type Plan = z.infer<typeof Plan>;

export type Applied = {
  /** A backup was put in place, and its unfinished runs have not been ended yet. */
  restored: boolean;
  /** They have: this start's work is over. */
  settled(): void;
};

type Move = (from: string, to: string) => void;

export function applyPending(dataDir: string, move: Move = renameSync): Applied {
  if (existsSync(join(dataDir, deletePending))) deleteOwn(dataDir);
  const plan = readPlan(dataDir);
  if (plan) putInPlace(dataDir, plan, move);
  const pending = join(dataDir, pendingFolder);
  const settled = () => rmSync(pending, { recursive: true, force: true });
  if (!plan) settled();
  clearLeftovers(dataDir);
  return { restored: plan !== null, settled };
}

/** Null: nothing is pending, or what is was never finished. */
function readPlan(dataDir: string): Plan | null {
  try {
    const text = readFileSync(join(dataDir, pendingFolder, planName), "utf8");
    return Plan.safeParse(JSON.parse(text)).data ?? null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}

function putInPlace(dataDir: string, { replaced, parts }: Plan, move: Move): void {
  const aside = join(dataDir, `${replacedPrefix}${replaced}`);
  mkdirSync(aside, { recursive: true, mode: 0o700 });
  for (const part of parts) {
    const fresh = join(dataDir, pendingFolder, part);
    // It is in place since the last start.
    if (!existsSync(fresh)) continue;
    // What the old database still has in its journal goes with it, and before it.
    const ends = part === database ? [".salvaging", ".salvaged", "-wal", "-shm", ""] : [""];
    for (const end of ends) {
      const old = join(dataDir, part + end);
      if (existsSync(old)) move(old, join(aside, part + end));
    }
    move(fresh, join(dataDir, part));
  }
}

/** The mark goes last: until then the next start goes on deleting. */
function deleteOwn(dataDir: string): void {
  for (const name of readdirSync(dataDir))
    if (isOwned(name)) rmSync(join(dataDir, name), { recursive: true, force: true });
  rmSync(join(dataDir, deletePending));
}

function clearLeftovers(dataDir: string): void {
  for (const name of [stagingFolder, workFolder])
    rmSync(join(dataDir, name), { recursive: true, force: true });
  for (const folder of [backupFolder, exportFolder])
    for (const name of namesIn(join(dataDir, folder)))
      if (name.endsWith(partEnding)) rmSync(join(dataDir, folder, name), { force: true });
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : "";
    if (code === "ENOENT" || code === "ENOTDIR") return [];
    throw error;
  }
}

const dayMs = 86_400_000;

/** Removes what restores replaced more than `days` ago. */
export function sweepReplaced(dataDir: string, days: number, nowMs: number): void {
  for (const name of namesIn(dataDir)) {
    if (!name.startsWith(replacedPrefix)) continue;
    const at = Date.parse(
      name.slice(replacedPrefix.length).replace(/T(\d\d)-(\d\d)-(\d\d)-(\d+)Z$/, "T$1:$2:$3.$4Z"),
    );
    if (at < nowMs - days * dayMs) rmSync(join(dataDir, name), { recursive: true, force: true });
  }
}
