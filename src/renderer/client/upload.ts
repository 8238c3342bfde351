// A file of the person's, sent to the host in pieces. Reports how far it is; can be aborted.
import { maxChunkBytes } from "../../contract/calls.ts";
import { AetheriaError } from "../../contract/errors.ts";
import type { AttachmentRef } from "../../contract/session.ts";
import type { Connection } from "./connection.svelte.ts";

export async function upload(
  connection: Connection,
  file: File,
  onProgress: (doneBytes: number) => void,
  signal: AbortSignal,
): Promise<AttachmentRef> {
  const uploadId = crypto.randomUUID();
  const { name } = file;
  const mime = file.type === "" ? "application/octet-stream" : file.type;
  for (let offset = 0; ;) {
    signal.throwIfAborted();
    const end = Math.min(offset + maxChunkBytes, file.size);
    const bytes = new Uint8Array(await file.slice(offset, end).arrayBuffer());
    const last = end >= file.size;
    const piece = { uploadId, name, mime, offset, bytes, last };
    const answer = await connection.call("attachment.put", piece);
    onProgress(end);
    if (answer.file) return answer.file;
    if (last) throw new AetheriaError("internal", "The file did not arrive whole.");
    offset = end;
  }
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
