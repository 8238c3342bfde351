// A file on its way to the host, in pieces small enough for every wire. One place knows how.
import { maxChunkBytes } from "../contract/calls.ts";
import { AetheriaError } from "../contract/errors.ts";
import type { AttachmentRef } from "../contract/session.ts";
import type { Client } from "./client.ts";

export type OutgoingFile = {
  /** Any text that no other upload of this client has. */
  uploadId: string;
  name: string;
  mime: string;
  sizeBytes: number;
  /** The bytes from `from` up to `to`. */
  read(from: number, to: number): Promise<Uint8Array> | Uint8Array;
};

/** Resolves with the reference to send. Throws too_large, disk_full, disconnected or the signal's
 * reason; what had arrived by then is forgotten by the host. */
export async function putAttachment(
  client: Pick<Client, "call">,
  file: OutgoingFile,
  options: { onProgress?(doneBytes: number): void; signal?: AbortSignal } = {},
): Promise<AttachmentRef> {
  const { uploadId, name, mime, sizeBytes } = file;
  for (let offset = 0; ; offset += maxChunkBytes) {
    options.signal?.throwIfAborted();
    const end = Math.min(offset + maxChunkBytes, sizeBytes);
    const bytes = new Uint8Array(await file.read(offset, end));
    const last = end >= sizeBytes;
    const answer = await client.call("attachment.put", {
      uploadId,
      name,
      mime,
      offset,
      bytes,
      last,
    });
    options.onProgress?.(end);
    if (answer.file) return answer.file;
    if (last) throw new AetheriaError("internal", `The file “${name.slice(0, 80)}” was not kept.`);
  }
}

/** Bytes that are already in memory. */
export function bytesToSend(
  uploadId: string,
  name: string,
  mime: string,
  bytes: Uint8Array,
): OutgoingFile {
  const read = (from: number, to: number) => bytes.subarray(from, to);
  return { uploadId, name, mime, sizeBytes: bytes.length, read };
}
