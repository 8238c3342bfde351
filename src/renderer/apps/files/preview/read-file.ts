// A file of the workspace in pieces, until its end or as much as is wanted.
import { maxChunkBytes } from "../../../../contract/calls.ts";
import type { SessionId } from "../../../../contract/ids.ts";
import type { Connection } from "../../../client/connection.svelte.ts";

export type FilePart = {
  bytes: Uint8Array<ArrayBuffer>;
  mime: string;
  /** Of the whole file. */
  sizeBytes: number;
};

/** The first `limitBytes(part)` of it; the limit is asked once the first piece says what it is. */
export async function readFile(
  connection: Connection,
  file: { sessionId: SessionId; path: string },
  limitBytes: (first: FilePart) => number,
  signal: AbortSignal,
): Promise<FilePart> {
  const read = (offset: number, length: number) =>
    connection.call("file.read", { ...file, offset, length });
  const { bytes, mime, sizeBytes } = await read(0, maxChunkBytes);
  const first = { bytes: new Uint8Array(bytes), mime, sizeBytes };
  const wanted = Math.min(sizeBytes, limitBytes(first));
  const pieces = [first.bytes];
  for (let at = first.bytes.length; at < wanted;) {
    signal.throwIfAborted();
    const piece = await read(at, Math.min(maxChunkBytes, wanted - at));
    if (piece.bytes.length === 0) break;
    pieces.push(new Uint8Array(piece.bytes));
    at += piece.bytes.length;
  }
  return { ...first, bytes: joined(pieces).subarray(0, wanted) };
}

function joined(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
