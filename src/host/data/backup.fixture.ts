// Backups as nobody should make them: a good one, taken apart and put together otherwise.
import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import yauzl from "yauzl";
import yazl from "yazl";
import type { Manifest } from "./manifest.ts";

export type Parts = { entries: Map<string, Buffer>; manifest: Manifest };

export const sumOf = (bytes: Uint8Array): string =>
  createHash("sha256").update(bytes).digest("hex");

export async function takeApart(path: string): Promise<Parts> {
  const zip = await yauzl.openPromise(path);
  const entries = new Map<string, Buffer>();
  for await (const entry of zip.eachEntry()) {
    const pieces: Buffer[] = [];
    for await (const piece of await zip.openReadStreamPromise(entry)) pieces.push(piece as Buffer);
    entries.set(entry.fileName, Buffer.concat(pieces));
  }
  const manifest = JSON.parse(entries.get("manifest.json")?.toString() ?? "") as Manifest;
  entries.delete("manifest.json");
  return { entries, manifest };
}

/** `rename`: names in the finished zip are overwritten, which yazl itself would refuse. `claim`: how
 * large the zip says that a file is. */
export async function putTogether(
  path: string,
  { entries, manifest }: Parts,
  rename: Record<string, string> = {},
  claim: Record<string, number> = {},
): Promise<void> {
  const zip = new yazl.ZipFile();
  for (const [name, bytes] of entries) zip.addBuffer(bytes, name);
  zip.addBuffer(Buffer.from(JSON.stringify(manifest)), "manifest.json");
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(path));
  const bytes = await readFile(path);
  for (const [from, to] of Object.entries(rename)) {
    if (from.length !== to.length) throw new Error("Names are overwritten in place.");
    for (let at = bytes.indexOf(from); at >= 0; at = bytes.indexOf(from, at + 1))
      bytes.write(to, at);
  }
  // In the central directory the name stands 46 bytes after the beginning, the size 24.
  for (const [name, sizeBytes] of Object.entries(claim))
    bytes.writeUInt32LE(sizeBytes, lastIndexOfEntry(bytes, name) - 46 + 24);
  await writeFile(path, bytes);
}

function lastIndexOfEntry(bytes: Buffer, name: string): number {
  for (let at = bytes.lastIndexOf(name); at >= 0; at = bytes.lastIndexOf(name, at - 1))
    if (bytes.readUInt32LE(at - 46) === 0x02014b50) return at;
  throw new Error(`The zip does not have ${name}.`);
}

/** Another file in the backup, named in its manifest as it should be. */
export function addFile({ entries, manifest }: Parts, path: string, bytes: Buffer): void {
  entries.set(path, bytes);
  const sha256 = sumOf(bytes) as Manifest["files"][number]["sha256"];
  manifest.files.push({ path, sizeBytes: bytes.length, sha256, mode: 0o600 });
}
