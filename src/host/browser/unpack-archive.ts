// Unpacks a zip into a folder of its own, with modes and links, and nothing outside of it. Each file is
// checked against the sum in the archive.
import { createWriteStream } from "node:fs";
import { chmod, mkdir, symlink } from "node:fs/promises";
import { dirname, join, relative, resolve, sep } from "node:path";
import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { crc32 } from "node:zlib";
import type { Entry, ZipFile } from "yauzl";
import { AetheriaError } from "../../contract/errors.ts";

const kindMask = 0o170000;
const isLinkMode = 0o120000;
const maxLinkBytes = 4096;

/** Throws bad_input for an archive that is damaged or reaches outside; `folder` is left as far as it is. */
export async function unpackArchive(
  path: string,
  folder: string,
  signal: AbortSignal,
): Promise<void> {
  const { openPromise } = await import("yauzl");
  const zip = await openPromise(path, { lazyEntries: true });
  const links: { at: string; target: string }[] = [];
  try {
    for await (const entry of zip.eachEntry()) {
      signal.throwIfAborted();
      const link = await unpackEntry(zip, entry, folder);
      if (link) links.push(link);
    }
    // Last, so that nothing is written through one.
    for (const { at, target } of links) {
      await mkdir(dirname(at), { recursive: true });
      await symlink(target, at);
    }
  } finally {
    zip.close();
  }
}

async function unpackEntry(zip: ZipFile, entry: Entry, folder: string) {
  const at = inside(folder, entry.fileName);
  if (entry.fileName.endsWith("/")) return void (await mkdir(at, { recursive: true }));
  await mkdir(dirname(at), { recursive: true });
  const mode = entry.externalFileAttributes >>> 16;
  const content = await zip.openReadStreamPromise(entry);
  if ((mode & kindMask) === isLinkMode) {
    if (entry.uncompressedSize > maxLinkBytes) throw damaged();
    const target = (await buffer(content)).toString("utf8");
    inside(folder, join(relative(folder, dirname(at)), target));
    return { at, target };
  }
  let sum = 0;
  const summed = async function* (source: AsyncIterable<Uint8Array>) {
    for await (const piece of source) {
      sum = crc32(piece, sum);
      yield piece;
    }
  };
  await pipeline(content, summed, createWriteStream(at, { flags: "wx" }));
  if (sum !== entry.crc32) throw damaged();
  await chmod(at, (mode & 0o111) === 0 ? 0o644 : 0o755);
  return undefined;
}

function inside(folder: string, name: string): string {
  const at = resolve(folder, name);
  if (at !== resolve(folder) && !at.startsWith(resolve(folder) + sep)) throw damaged();
  return at;
}

const damaged = () =>
  new AetheriaError("bad_input", "The archive of the browser is damaged.", {
    hint: "Fetch it again.",
    retryable: true,
  });
