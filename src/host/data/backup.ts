// A backup: one zip with a copy of the database as it was at one moment, the attachments and the
// trash, and a manifest with the sum of each. Keys, the token and logs stay out of it.
import { mkdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { AetheriaError } from "../../contract/errors.ts";
import { Sha256 } from "../../contract/ids.ts";
import type { Store } from "../../core/ports.ts";
import { contentFolders, database, workFolder } from "./contents.ts";
import { filesBelow, type Found } from "./files-below.ts";
import type { Job } from "./job.ts";
import { entryName, manifestName, maxFiles, type BackupFile, type Manifest } from "./manifest.ts";
import { writeZip, type ZipContents } from "./zip-file.ts";

export type BackupParts = {
  dataDir: string;
  store: Pick<Store, "copyTo">;
  version: string;
  now(): number;
  log(line: string): void;
};

/** Writes the backup at `path`; on failure and on abort nothing is left behind. */
export async function writeBackup(parts: BackupParts, path: string, job: Job): Promise<void> {
  const work = join(parts.dataDir, workFolder);
  await rm(work, { recursive: true, force: true });
  await mkdir(work, { mode: 0o700 });
  try {
    const copy = join(work, database);
    const found = await contentOf(parts);
    const ofFiles = found.reduce((sum, file) => sum + file.sizeBytes, 0);
    const onCopy = (done: number, total: number) => {
      job.expect(2 * total + ofFiles);
      job.reach(done);
    };
    await parts.store.copyTo(copy, onCopy, job.signal);
    const { size } = await stat(copy);
    job.expect(2 * size + ofFiles);
    job.reach(size);
    await writeZip(path, job.signal, job.add, (zip) => fill(zip, parts, copy, found));
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function contentOf({ dataDir, log }: BackupParts): Promise<Found[]> {
  const found: Found[] = [];
  for (const folder of contentFolders)
    for await (const file of filesBelow(dataDir, folder)) {
      if (folder === "attachments" && !isAttachment(file.path)) continue;
      if (file.type === "other") log(`backup: ${file.path} is no plain file and was left out`);
      else found.push(file);
      if (found.length >= maxFiles) throw tooMany();
    }
  return found;
}

/** Not what an upload is still writing. */
const isAttachment = (path: string): boolean => Sha256.safeParse(path.split("/").at(-1)).success;

async function fill(
  zip: ZipContents,
  { dataDir, version, now }: BackupParts,
  copy: string,
  found: readonly Found[],
): Promise<void> {
  const files: BackupFile[] = [];
  const add = async (from: string, path: string, compress: boolean) => {
    const added = await zip.addFile(from, entryName(path), compress);
    if (added) files.push({ path, ...added });
  };
  await add(copy, database, true);
  // Attachments are mostly pictures and documents: packed already.
  for (const { path, type } of found)
    if (type === "file") await add(join(dataDir, path), path, !path.startsWith("attachments/"));
  const folders = found.filter(({ type }) => type === "empty").map(({ path }) => path);
  const manifest: Manifest = {
    format: "aetheria-backup",
    version: 1,
    app: version,
    createdAt: now(),
    files,
    folders,
  };
  zip.addText(manifestName, JSON.stringify(manifest));
}

const tooMany = (): AetheriaError =>
  new AetheriaError("too_large", "There are too many files for one backup.", {
    hint: "Deleted folders wait in the trash with every file they had: let it keep them for fewer days.",
  });
