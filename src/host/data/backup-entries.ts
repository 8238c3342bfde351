// Opens a file that says it is a backup and holds it to its word before a byte is unpacked: every
// entry is in the manifest and the reverse, no name leads elsewhere, no size is made up.
import { stat, statfs } from "node:fs/promises";
import type { Readable } from "node:stream";
import type { Entry, ZipFile } from "yauzl";
import { AetheriaError } from "../../contract/errors.ts";
import { database } from "./contents.ts";
import {
  entryName,
  isOfBackup,
  Manifest,
  ManifestHead,
  manifestName,
  maxFiles,
  type BackupFile,
} from "./manifest.ts";

const maxManifestBytes = 100 * 1024 * 1024;
/** What stays free of a disk. */
const reserveBytes = 32 * 1024 * 1024;
/** A zip that somebody sent may unpack to this much, or to this many times its size. */
const unsuspiciousBytes = 1024 * 1024 * 1024;
const suspiciousRatio = 200;

export type OpenBackup = {
  manifest: Manifest;
  totalBytes: number;
  /** The bytes as unpacked; ends in an error when there are more or fewer than the zip tells. */
  read(file: BackupFile): Promise<Readable>;
  close(): void;
};

/** `into`: the folder on whose disk it will be unpacked. */
export async function openBackup(path: string, into: string): Promise<OpenBackup> {
  const { openPromise } = (await import("yauzl")).default;
  const zip = await openPromise(path, { autoClose: false, strictFileNames: true }).catch(notOurs);
  try {
    const entries = await entriesOf(zip);
    const manifest = await manifestOf(zip, entries);
    refuseStrangers(manifest, entries);
    const totalBytes = manifest.files.reduce((sum, file) => sum + file.sizeBytes, 0);
    await refuseBomb(path, into, [...entries.values()], totalBytes);
    return {
      manifest,
      totalBytes,
      read: (file) => {
        const entry = entries.get(entryName(file.path));
        if (!entry) throw damaged();
        return zip.openReadStreamPromise(entry);
      },
      close: () => zip.close(),
    };
  } catch (error) {
    zip.close();
    throw error;
  }
}

async function entriesOf(zip: ZipFile): Promise<Map<string, Entry>> {
  // The manifest, and a little for folders that hold nothing.
  if (zip.entryCount > 2 * maxFiles) throw damaged();
  const entries = new Map<string, Entry>();
  try {
    for await (const entry of zip.eachEntry()) {
      if (entries.has(entry.fileName) || entry.isEncrypted() || !entry.canDecodeFileData())
        throw damaged();
      entries.set(entry.fileName, entry);
    }
  } catch (error) {
    notOurs(error);
  }
  return entries;
}

async function manifestOf(zip: ZipFile, entries: Map<string, Entry>): Promise<Manifest> {
  const entry = entries.get(manifestName);
  if (!entry || entry.uncompressedSize > maxManifestBytes) throw notABackup();
  const pieces: Buffer[] = [];
  try {
    for await (const piece of await zip.openReadStreamPromise(entry)) pieces.push(piece as Buffer);
  } catch (error) {
    throw damaged(error);
  }
  const read = readJson(Buffer.concat(pieces).toString("utf8"));
  const head = ManifestHead.safeParse(read);
  if (!head.success) throw notABackup();
  if (head.data.version > 1) throw newer();
  const manifest = Manifest.safeParse(read);
  if (!manifest.success) throw damaged(manifest.error);
  return manifest.data;
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

function refuseStrangers({ files, folders }: Manifest, entries: Map<string, Entry>): void {
  const isWindows = process.platform === "win32";
  const named = new Set([manifestName]);
  for (const { path, sha256, sizeBytes } of files) {
    const name = entryName(path);
    const isTwice = named.has(name);
    named.add(name);
    if (isTwice || !isOfBackup(path, sha256, isWindows)) throw strange(path);
    if (entries.get(name)?.uncompressedSize !== sizeBytes) throw damaged();
  }
  for (const path of folders) if (!isOfBackup(path, null, isWindows)) throw strange(path);
  for (const name of entries.keys()) if (!named.has(name)) throw strange(name);
  if (!named.has(database)) throw damaged();
}

/** Entries that share their bytes, a zip that unpacks without end, and a disk that is too small. */
async function refuseBomb(
  path: string,
  into: string,
  entries: readonly Entry[],
  totalBytes: number,
): Promise<void> {
  const { size } = await stat(path);
  const packedBytes = entries.reduce((sum, entry) => sum + entry.compressedSize, 0);
  if (packedBytes > size) throw damaged();
  if (totalBytes > unsuspiciousBytes && totalBytes > size * suspiciousRatio)
    throw new AetheriaError("too_large", "This file unpacks to far more than a backup holds.", {
      hint: "It may have been made to fill your disk. Choose another one.",
    });
  const { bavail, bsize } = await statfs(into);
  if (totalBytes + reserveBytes <= bavail * bsize) return;
  throw new AetheriaError("disk_full", `The disk that holds ${into} has no room for this backup.`, {
    hint: "Nothing was changed. Free some space and try again.",
    retryable: true,
  });
}

export const damaged = (cause?: unknown): AetheriaError =>
  new AetheriaError("bad_input", "This backup is damaged: it does not hold what it should.", {
    hint: "Nothing was changed. Choose another backup.",
    cause,
  });

export const newer = (cause?: unknown): AetheriaError =>
  new AetheriaError("conflict", "This backup was made by a newer Aetheria.", {
    hint: "Nothing was changed. Update Aetheria, then restore it.",
    cause,
  });

const notABackup = (cause?: unknown): AetheriaError =>
  new AetheriaError("bad_input", "This file is not a backup made by Aetheria.", {
    hint: "Choose a .zip file made with “Back up now”.",
    cause,
  });

const strange = (path: string): AetheriaError =>
  new AetheriaError(
    "bad_input",
    `This backup holds something that no backup has: “${shown(path)}”.`,
    {
      hint: "Nothing was changed. It was not made by Aetheria, or was changed since.",
    },
  );

const shown = (path: string): string => path.replace(/[\p{Cc}\p{Cf}]/gu, "�").slice(0, 80);

/** What yauzl throws of its own: no zip, or one with a name that leads elsewhere. */
function notOurs(error: unknown): never {
  if (error instanceof AetheriaError) throw error;
  if (error instanceof Error && "code" in error) throw error;
  throw notABackup(error);
}
