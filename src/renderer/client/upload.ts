// A file of the person's, sent to the host in pieces. Reports how far it is; can be aborted.
import { uuidv7 } from "uuidv7";
import { maxChunkBytes } from "../../contract/calls.ts";
import type { AttachmentRef } from "../../contract/session.ts";
import { putAttachment } from "../../rpc/put-attachment.ts";
import type { Connection } from "./connection.svelte.ts";

export function upload(
  connection: Connection,
  file: File,
  onProgress: (doneBytes: number) => void,
  signal: AbortSignal,
): Promise<AttachmentRef> {
  const outgoing = {
    uploadId: uuidv7(), // crypto.randomUUID is missing where the page comes over plain http
    name: file.name,
    mime: file.type === "" ? "application/octet-stream" : file.type,
    sizeBytes: file.size,
    read: async (from: number, to: number) =>
      new Uint8Array(await file.slice(from, to).arrayBuffer()),
  };
  return putAttachment(connection, outgoing, { onProgress, signal });
}

/** An attachment's bytes as a blob, for images and downloads. */
export async function download(connection: Connection, file: AttachmentRef): Promise<Blob> {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  for (let offset = 0; offset < file.sizeBytes;) {
    const { sha256 } = file;
    const part = await connection.call("attachment.get", { sha256, offset, length: maxChunkBytes });
    if (part.bytes.length === 0) break;
    pieces.push(new Uint8Array(part.bytes));
    offset += part.bytes.length;
  }
  return new Blob(pieces, { type: file.mime });
}
