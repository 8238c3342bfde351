// Looks into a zip before a parser does: refuses what would unpack to too much, whatever its
// directory says, and what is locked. Reads the directory at the end, as unzippers do.
import { inflateRawSync } from "node:zlib";
import { UnreadableDocument } from "./unreadable-document.ts";

const maxEntries = 10_000;
const endSignature = 0x06054b50;
const entrySignature = 0x02014b50;

/** Throws UnreadableDocument. Unpacks every entry once, keeping none. */
export function checkZip(bytes: Uint8Array, maxUnpackedBytes: number): void {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = view.lastIndexOf(Buffer.from("504b0506", "hex"));
  if (end === -1 || end + 22 > view.length || view.readUInt32LE(end) !== endSignature)
    throw damaged();
  const entries = view.readUInt16LE(end + 10);
  if (entries > maxEntries) throw tooMuch();
  let at = view.readUInt32LE(end + 16);
  let left = maxUnpackedBytes;
  for (let i = 0; i < entries; i++) {
    if (at + 46 > view.length || view.readUInt32LE(at) !== entrySignature) throw damaged();
    left -= unpackedBytes(view, at, left);
    const [name, extra, comment] = [28, 30, 32].map((field) => view.readUInt16LE(at + field));
    at += 46 + (name ?? 0) + (extra ?? 0) + (comment ?? 0);
  }
}

function unpackedBytes(view: Buffer, entry: number, left: number): number {
  if ((view.readUInt16LE(entry + 8) & 1) === 1)
    throw new UnreadableDocument("is locked with a password.");
  const [packedSize, unpackedSize] = [view.readUInt32LE(entry + 20), view.readUInt32LE(entry + 24)];
  if (packedSize === 0xffffffff || unpackedSize > left) throw tooMuch();
  const local = view.readUInt32LE(entry + 42);
  if (local + 30 > view.length) throw damaged();
  const start = local + 30 + view.readUInt16LE(local + 26) + view.readUInt16LE(local + 28);
  const isDeflated = view.readUInt16LE(entry + 10) === 8;
  if (!isDeflated) return packedSize;
  return inflatedBytes(view.subarray(start, start + packedSize), left);
}

function inflatedBytes(packed: Uint8Array, left: number): number {
  if (packed.length === 0) return 0;
  try {
    return inflateRawSync(packed, { maxOutputLength: Math.max(left, 1) }).length;
  } catch (error) {
    const isTooMuch =
      error instanceof Error && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE";
    throw isTooMuch ? tooMuch() : damaged();
  }
}

function damaged(): UnreadableDocument {
  return new UnreadableDocument("is damaged: it is not a whole document.");
}

function tooMuch(): UnreadableDocument {
  return new UnreadableDocument(
    "would unpack to far more than a document should, so it was not read.",
  );
}
