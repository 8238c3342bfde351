// Writes a zip to the disk one file after another: what is in memory is a piece of one file. The zip
// is complete under its name or not there at all, and only its owner may read it.
import { createHash } from "node:crypto";
import { once } from "node:events";
import { constants, createWriteStream } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import { Readable } from "node:stream";
import { finished, pipeline } from "node:stream/promises";
import type { ZipFile } from "yazl";
import { Sha256 } from "../../contract/ids.ts";

export type AddedFile = { sizeBytes: number; sha256: Sha256; mode: number };

export type ZipContents = {
  /** Reads the file as it is now; null: it is gone, or is no plain file. */
  addFile(path: string, name: string, compress: boolean): Promise<AddedFile | null>;
  addText(name: string, text: string): void;
  addFolder(name: string): void;
};

export const partEnding = ".part";

/** On failure and on abort nothing is left behind. */
export async function writeZip(
  path: string,
  signal: AbortSignal,
  onBytes: (bytes: number) => void,
  fill: (zip: ZipContents) => Promise<void>,
): Promise<void> {
  const yazl = await import("yazl");
  const zip = new yazl.default.ZipFile();
  const part = path + partEnding;
  const out = createWriteStream(part, { flags: "wx", mode: 0o600, flush: true });
  const failed = Promise.withResolvers<never>();
  zip.on("error", failed.reject);
  const written = pipeline(zip.outputStream, out, { signal });
  written.catch(failed.reject);
  failed.promise.catch(() => undefined);
  const { contents, close } = contentsOf(zip, onBytes);
  try {
    await Promise.race([fill(contents), failed.promise]);
    zip.end();
    await Promise.race([written, failed.promise]);
    await rename(part, path);
  } catch (error) {
    out.destroy();
    await close();
    if (!out.closed) await once(out, "close");
    await rm(part, { force: true });
    throw error;
  }
}

function contentsOf(zip: ZipFile, onBytes: (bytes: number) => void) {
  let reading: { input: Readable; close(): Promise<void> } | null = null;

  async function addFile(path: string, name: string, compress: boolean): Promise<AddedFile | null> {
    const handle = await openPlain(path);
    if (!handle) return null;
    try {
      const { mode, mtime } = await handle.stat();
      const sum = createHash("sha256");
      let sizeBytes = 0;
      async function* counted() {
        const pieces = handle?.createReadStream({ highWaterMark: 256 * 1024, autoClose: false });
        for await (const piece of pieces ?? []) {
          sum.update(piece as Buffer);
          sizeBytes += (piece as Buffer).length;
          onBytes((piece as Buffer).length);
          yield piece as Buffer;
        }
      }
      const input = Readable.from(counted(), { objectMode: false });
      reading = { input, close: () => handle.close() };
      const fileMode = mode & 0o777;
      zip.addReadStream(input, name, { compress, mode: 0o100000 | fileMode, mtime });
      await finished(input, { writable: false });
      return { sizeBytes, sha256: Sha256.parse(sum.digest("hex")), mode: fileMode };
    } finally {
      reading = null;
      await handle.close();
    }
  }

  return {
    contents: {
      addFile,
      addText: (name: string, text: string) => zip.addBuffer(Buffer.from(text), name),
      addFolder: (name: string) => zip.addEmptyDirectory(name),
    },
    /** Whoever waits for the end of a file goes on with an error. */
    async close() {
      reading?.input.destroy(new Error("The zip is not written any further."));
      await reading?.close();
    },
  };
}

/** A link is never followed: it could lead anywhere. */
async function openPlain(path: string) {
  const handle = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0)).catch(
    (error: NodeJS.ErrnoException) => {
      if (["ENOENT", "ELOOP", "ENOTDIR", "EMLINK"].includes(error.code ?? "")) return null;
      throw error;
    },
  );
  if (!handle || (await handle.stat()).isFile()) return handle;
  await handle.close();
  return null;
}
