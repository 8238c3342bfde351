// Unpacks a zip, each entry to where the caller says.
import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { open, type Entry, type ZipFile } from "yauzl";

/** `placeOf` gives an absolute path or null: not this one. Permissions are kept. */
export async function unzip(path: string, placeOf: (name: string) => string | null): Promise<void> {
  const zip = await openZip(path);
  return new Promise((resolve, reject) => {
    zip.once("error", reject);
    zip.once("end", resolve);
    zip.on("entry", (entry: Entry) => {
      writeEntry(zip, entry, placeOf(entry.fileName)).then(() => zip.readEntry(), reject);
    });
    zip.readEntry();
  });
}

async function writeEntry(zip: ZipFile, entry: Entry, place: string | null): Promise<void> {
  if (place === null || entry.fileName.endsWith("/")) return;
  await mkdir(dirname(place), { recursive: true });
  const isProgram = ((entry.externalFileAttributes >>> 16) & 0o111) !== 0;
  const content = await contentOf(zip, entry);
  await pipeline(content, createWriteStream(place, { mode: isProgram ? 0o755 : 0o644 }));
}

const openZip = (path: string): Promise<ZipFile> =>
  new Promise((resolve, reject) => {
    open(path, { lazyEntries: true }, (error, zip) => (error ? reject(error) : resolve(zip)));
  });

const contentOf = (zip: ZipFile, entry: Entry): Promise<Readable> =>
  new Promise((resolve, reject) => {
    zip.openReadStream(entry, (error, stream) => (error ? reject(error) : resolve(stream)));
  });
