// The files of a zip that a person imports: named at once, read one by one. Refuses what would fill
// the memory: the sizes that the zip tells are checked, and held to while it is unpacked.
import type { Entry } from "yauzl";
import { AetheriaError } from "../../contract/errors.ts";

const maxEntries = 50_000;
const maxEntryBytes = 300 * 1024 * 1024;

export type ZipFiles = {
  names: readonly string[];
  /** Throws bad_input where the file cannot be unpacked, too_large before it is unpacked. */
  read(name: string, maxBytes?: number): Promise<Buffer>;
};

export const isZip = (bytes: Uint8Array): boolean =>
  bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 0x03 && bytes[3] === 0x04;

export async function openZip(bytes: Uint8Array): Promise<ZipFiles> {
  const { fromBufferPromise } = (await import("yauzl")).default;
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const zip = await fromBufferPromise(buffer, { autoClose: false }).catch(refuse);
  if (zip.entryCount > maxEntries) throw tooLarge("This zip holds more files than an export has.");
  const entries = new Map<string, Entry>();
  try {
    for await (const entry of zip.eachEntry()) entries.set(entry.fileName, entry);
  } catch (cause) {
    refuse(cause);
  }

  async function read(name: string, maxBytes = maxEntryBytes): Promise<Buffer> {
    const entry = entries.get(name);
    if (!entry) throw new AetheriaError("not_found", `“${name}” is not in this zip.`);
    if (entry.uncompressedSize > maxBytes) throw tooLarge("A file in this zip is too large.");
    try {
      const pieces: Buffer[] = [];
      // More than the zip told ends in an error: yauzl counts.
      for await (const piece of await zip.openReadStreamPromise(entry))
        pieces.push(piece as Buffer);
      return Buffer.concat(pieces);
    } catch (cause) {
      return refuse(cause);
    }
  }

  return { names: [...entries.keys()], read };
}

function refuse(cause: unknown): never {
  throw new AetheriaError("bad_input", "This zip is damaged.", {
    hint: "Download the export again.",
    cause,
  });
}

const tooLarge = (message: string): AetheriaError =>
  new AetheriaError("too_large", message, { hint: "Unpack it and import conversations.json." });
