// Unpacks a backup beside the data, checks all of it, makes it fit this machine, and leaves it for
// the next start. Until the last step nothing of what is there has changed.
import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Transform, type Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { AetheriaError } from "../../contract/errors.ts";
import { PermissionMode } from "../../contract/session.ts";
import type { Settings, SettingsPatch } from "../../contract/settings.ts";
import type { Store } from "../../core/ports.ts";
import { damaged, newer, openBackup, type OpenBackup } from "./backup-entries.ts";
import { contentFolders, contents, pendingFolder, stagingFolder } from "./contents.ts";
import type { Job } from "./job.ts";
import type { BackupFile } from "./manifest.ts";
import { planName, type Plan } from "./pending.ts";

export type RestoreParts = {
  dataDir: string;
  store: Pick<Store, "settings">;
  /** Opens the unpacked folder as a store of its own. */
  openStore(dataDir: string): Store;
  now(): number;
};

/** `own`: it lay in this data folder; a file from elsewhere brings no lasting answers along. */
export async function stageRestore(
  parts: RestoreParts,
  path: string,
  own: boolean,
  job: Job,
): Promise<void> {
  const staging = join(parts.dataDir, stagingFolder);
  await rm(staging, { recursive: true, force: true });
  await mkdir(staging, { mode: 0o700 });
  try {
    await unpack(path, staging, job);
    await makeOurs(parts, staging, own);
    job.signal.throwIfAborted();
    const plan: Plan = { replaced: timeOf(parts.now()), parts: [...contents] };
    await writeFile(join(staging, planName), JSON.stringify(plan), { flush: true });
    await rm(join(parts.dataDir, pendingFolder), { recursive: true, force: true });
    await rename(staging, join(parts.dataDir, pendingFolder));
  } catch (error) {
    await rm(staging, { recursive: true, force: true });
    throw error;
  }
}

async function unpack(path: string, staging: string, job: Job): Promise<void> {
  const backup = await openBackup(path, staging);
  try {
    job.expect(backup.totalBytes);
    for (const folder of [...contentFolders, ...backup.manifest.folders])
      await mkdir(join(staging, folder), { recursive: true, mode: 0o700 });
    for (const file of backup.manifest.files) await unpackFile(backup, file, staging, job);
  } finally {
    backup.close();
  }
}

async function unpackFile(
  backup: OpenBackup,
  file: BackupFile,
  staging: string,
  job: Job,
): Promise<void> {
  job.signal.throwIfAborted();
  const to = join(staging, file.path);
  await mkdir(dirname(to), { recursive: true, mode: 0o700 });
  const sum = createHash("sha256");
  const counted = new Transform({
    transform(piece: Buffer, _encoding, done) {
      sum.update(piece);
      job.add(piece.length);
      done(null, piece);
    },
  });
  const out = createWriteStream(to, { flags: "wx", mode: (file.mode & 0o777) | 0o600 });
  try {
    const bytes: Readable = await backup.read(file);
    await pipeline(bytes, counted, out, { signal: job.signal });
  } catch (error) {
    throw isOfSystem(error) || job.signal.aborted ? error : damaged(error);
  }
  if (sum.digest("hex") !== file.sha256) throw damaged();
}

/** Node's own codes of streams and of zlib are of the zip; the rest are of the disk. */
function isOfSystem(error: unknown): boolean {
  return error instanceof Error && "syscall" in error;
}

/** The real store opens it: it migrates, and tells what is damaged. */
async function makeOurs(parts: RestoreParts, staging: string, own: boolean): Promise<void> {
  const opened = openStaged(parts, staging);
  try {
    const problem = await opened.checkIntegrity();
    if (problem !== null || opened.notices.length > 0) throw damaged(problem);
    const here = parts.store.settings();
    opened.saveSettings(ofThisMachine(here, own));
    if (!own) takeLeave(opened, here.mode);
  } finally {
    opened.close();
  }
}

function openStaged(parts: RestoreParts, staging: string): Store {
  try {
    return parts.openStore(staging);
  } catch (error) {
    const isNewer = error instanceof AetheriaError && error.code === "conflict";
    throw isNewer ? newer(error) : error;
  }
}

/** What a file from elsewhere allowed: its lasting answers, and sessions freer than new ones are here. */
function takeLeave(opened: Store, mode: PermissionMode): void {
  for (const { grantId } of opened.grants()) opened.deleteGrant(grantId);
  const freedom = PermissionMode.options;
  for (const archived of [false, true])
    for (const session of opened.sessions({ archived, limit: Number.MAX_SAFE_INTEGER }).sessions)
      if (freedom.indexOf(session.mode) > freedom.indexOf(mode))
        opened.append(
          session.sessionId,
          [{ type: "session.configured", data: { mode } }],
          "normal",
        );
}

/** What belongs to the machine and not to the work; from a file from elsewhere, also how much may be
 * done without asking, at what cost, where, and how long what it replaces is kept. */
function ofThisMachine(settings: Settings, own: boolean): SettingsPatch {
  const { autostart, closeToTray, quickAskKey, allowPlainKeychain, updates, guided } = settings;
  const { offline, allowedPrivateHosts, ollamaUrl } = settings;
  const { mode, budgets, workspace, trashDays } = settings;
  const machine = { autostart, closeToTray, quickAskKey, allowPlainKeychain, updates, guided };
  const limits = { mode, budgets, workspace, trashDays };
  return { ...machine, offline, allowedPrivateHosts, ollamaUrl, ...(own ? {} : limits) };
}

const timeOf = (ms: number): string => new Date(ms).toISOString().replaceAll(/[:.]/g, "-");
