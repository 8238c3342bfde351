// Attachments as files named by their hash. A file is complete under its name or not there at all.
import { createHash, randomUUID } from "node:crypto";
import { accessSync } from "node:fs";
import { mkdir, open, readdir, rename, rm, stat, utimes } from "node:fs/promises";
import { dirname, join } from "node:path";
import { AetheriaError } from "../../contract/errors.ts";
import { Sha256 } from "../../contract/ids.ts";
import type { AttachmentRef } from "../../contract/session.ts";
import type { Attachments, AttachmentWriter } from "../../core/ports.ts";
import { codeOf, storageError } from "./storage-error.ts";

export type AttachmentFiles = Attachments & {
  /** Removes files no session refers to that were last put before `beforeMs`, and remains of
   * writes that were cut off. Returns how many went. */
  sweep(isUsed: (sha256: string) => boolean, beforeMs: number): Promise<number>;
};

export function createAttachmentFiles(dataDir: string): AttachmentFiles {
  const folder = join(dataDir, "attachments");
  const pathOf = (sha256: string) => {
    const name = Sha256.parse(sha256);
    return join(folder, name.slice(0, 2), name);
  };
  return {
    put: async (bytes, name, mime): Promise<AttachmentRef> => {
      const sha256 = Sha256.parse(createHash("sha256").update(bytes).digest("hex"));
      try {
        await keep(pathOf(sha256), bytes);
      } catch (error) {
        throw storageError(error, dataDir);
      }
      return { sha256, name, mime, sizeBytes: bytes.length };
    },
    openWriter: async () => {
      try {
        return await openWriter(folder, pathOf, (error) => storageError(error, dataDir));
      } catch (error) {
        throw storageError(error, dataDir);
      }
    },
    get: async (sha256, offset, length) => {
      try {
        return await readRange(pathOf(sha256), offset, length);
      } catch (error) {
        throw codeOf(error) === "ENOENT" ? gone(error) : storageError(error, dataDir);
      }
    },
    path: (sha256) => {
      const path = pathOf(sha256);
      try {
        accessSync(path);
      } catch (error) {
        throw codeOf(error) === "ENOENT" ? gone(error) : storageError(error, dataDir);
      }
      return path;
    },
    sweep: (isUsed, beforeMs) => sweep(folder, isUsed, beforeMs),
  };
}

function gone(cause: unknown): AetheriaError {
  return new AetheriaError("not_found", "That file is no longer there.", {
    hint: "Attach it again.",
    cause,
  });
}

async function keep(path: string, bytes: Uint8Array): Promise<void> {
  if (await isWhole(path, bytes.length)) return;
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${randomUUID()}.part`;
  try {
    const file = await open(temporary, "wx");
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Where what is being written lies; `sweep` looks here too. */
const unfinished = "unfinished";

async function openWriter(
  folder: string,
  pathOf: (sha256: string) => string,
  told: (error: unknown) => unknown,
): Promise<AttachmentWriter> {
  const temporary = join(folder, unfinished, `${randomUUID()}.part`);
  await mkdir(dirname(temporary), { recursive: true });
  const file = await open(temporary, "wx");
  const hash = createHash("sha256");
  let sizeBytes = 0;
  let closing: Promise<void> | null = null;
  const close = () => (closing ??= file.close());
  const drop = async () => {
    await close();
    await rm(temporary, { force: true });
  };
  return {
    drop,
    async write(bytes) {
      try {
        await file.writeFile(bytes);
      } catch (error) {
        throw told(error);
      }
      hash.update(bytes);
      sizeBytes += bytes.length;
    },
    async keep(name, mime) {
      const sha256 = Sha256.parse(hash.digest("hex"));
      const path = pathOf(sha256);
      try {
        await file.sync();
        await close();
        if (await isWhole(path, sizeBytes)) await rm(temporary, { force: true });
        else {
          await mkdir(dirname(path), { recursive: true });
          await rename(temporary, path);
        }
      } catch (error) {
        await drop().catch(() => undefined);
        throw told(error);
      }
      return { sha256, name, mime, sizeBytes };
    },
  };
}

/** The same bytes are there already; that they are wanted again is noted by their time. */
async function isWhole(path: string, sizeBytes: number): Promise<boolean> {
  try {
    if ((await stat(path)).size !== sizeBytes) return false;
    const now = new Date();
    await utimes(path, now, now);
    return true;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return false;
    throw error;
  }
}

async function readRange(path: string, offset: number, length: number) {
  const file = await open(path, "r");
  try {
    const { size: sizeBytes } = await file.stat();
    const wanted = Math.max(0, Math.min(length, sizeBytes - offset));
    const bytes = new Uint8Array(wanted);
    const { bytesRead } = await file.read(bytes, 0, wanted, Math.max(0, offset));
    return { bytes: bytes.subarray(0, bytesRead), sizeBytes };
  } finally {
    await file.close();
  }
}

async function sweep(
  folder: string,
  isUsed: (sha256: string) => boolean,
  beforeMs: number,
): Promise<number> {
  let removed = 0;
  for (const part of await namesIn(folder))
    for (const name of await namesIn(join(folder, part))) {
      const path = join(folder, part, name);
      const known = Sha256.safeParse(name).success;
      if (known && isUsed(name)) continue;
      if ((await stat(path)).mtimeMs >= beforeMs) continue;
      await rm(path, { force: true });
      removed += 1;
    }
  return removed;
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes(codeOf(error))) return [];
    throw error;
  }
}
