// Files on their way to the server and back: sealed in pieces of 1 MiB, each on its own, so that a
// transfer goes on where it stopped. What comes back counts only when its SHA-256 is the one it should be.
import { AetheriaError } from "../../contract/errors.ts";
import type { SessionId } from "../../contract/ids.ts";
import type { AttachmentRow } from "../../contract/mirror.ts";
import type { AttachmentRef } from "../../contract/session.ts";
import type { MirrorServer, Sealer } from "./ports.ts";

export const pieceBytes = 1024 * 1024;
/** The nonce and the tag of AES-256-GCM. */
const sealedExtraBytes = 28;

/** A file of this device. */
export interface FileSource {
  /** Exactly `length` bytes; the last piece is asked for with what is left. */
  read(from: number, length: number): Promise<Uint8Array>;
}

/** Where a file from the server goes, in order. What is kept before the end is for the caller to drop
 * when the download throws. */
export interface FileSink {
  write(bytes: Uint8Array): Promise<void>;
}

/** Lower-case hexadecimal SHA-256 of all that was given. */
export interface Hash {
  update(bytes: Uint8Array): void | Promise<void>;
  digest(): string | Promise<string>;
}

export type Progress = (moved: { bytes: number; ofBytes: number }) => void;

type Both = {
  server: Pick<
    MirrorServer,
    "attachment" | "attachments" | "saveAttachment" | "putPiece" | "getPiece"
  >;
  sealer: Sealer;
  ref: AttachmentRef;
  signal: AbortSignal;
  onProgress?: Progress;
};

export type Upload = Both & { sessionId: SessionId; source: FileSource };
export type Download = Both & { sink: FileSink; newHash: () => Hash };

/** How much of a file the server has. */
export type InCloud = "missing" | "partly" | "whole";

export const inCloud = (row: AttachmentRow | null | undefined): InCloud =>
  !row || row.stored_pieces === 0 ? "missing" : row.stored_pieces < row.pieces ? "partly" : "whole";

export const piecesOf = (sizeBytes: number): number =>
  Math.max(1, Math.ceil(sizeBytes / pieceBytes));

/** Idempotent: what the server has already is not sent again, for whichever session it was. On abort
 * or failure the pieces that arrived stay, and the next upload goes on after them. */
export async function uploadAttachment(upload: Upload): Promise<AttachmentRow> {
  const { server, sealer, ref, source, signal, onProgress } = upload;
  let row = await rowFor(upload);
  while (row.stored_pieces < row.pieces) {
    signal.throwIfAborted();
    const index = row.stored_pieces;
    const from = index * pieceBytes;
    const bytes = await source.read(from, Math.min(pieceBytes, ref.sizeBytes - from));
    const place = [row.attachment_id, index, row.pieces];
    const sealed = await sealer.sealBytes("piece", place, bytes);
    await server.putPiece(row.attachment_id, index, sealed, signal);
    row = { ...row, stored_pieces: index + 1 };
    // Only now: a piece that is counted is there.
    await server.saveAttachment(row, signal);
    onProgress?.({ bytes: from + bytes.length, ofBytes: ref.sizeBytes });
  }
  return row;
}

/** The row to go on with: the session's own, that of another session with the same file, or a new one. */
async function rowFor({ server, sealer, ref, sessionId, signal }: Upload): Promise<AttachmentRow> {
  const attachmentId = await sealer.attachmentId(ref.sha256);
  const known = await server.attachment(attachmentId, signal);
  const pieces = piecesOf(ref.sizeBytes);
  // Whole under an older key still opens; what is half there must be of one key.
  const isUsable =
    known !== null &&
    known.pieces === pieces &&
    (inCloud(known) === "whole" || known.generation === sealer.generation);
  if (isUsable && known.session_id === sessionId) return known;
  const row: AttachmentRow = isUsable
    ? { ...known, session_id: sessionId }
    : {
        attachment_id: attachmentId,
        session_id: sessionId,
        generation: sealer.generation,
        card: await sealer.seal("attachment", [attachmentId], JSON.stringify(ref)),
        pieces,
        stored_pieces: 0,
        size_bytes: ref.sizeBytes + pieces * sealedExtraBytes,
      };
  await server.saveAttachment(row, signal);
  return row;
}

/** Throws `not_found` when the server has not all of it, `tampered` when what it has is not this file.
 * The sink has then got bytes that must not be used. */
export async function downloadAttachment(download: Download): Promise<void> {
  const { server, sealer, ref, sink, signal, onProgress } = download;
  const row = await server.attachment(await sealer.attachmentId(ref.sha256), signal);
  if (row === null || inCloud(row) !== "whole") throw notThere(ref, row);
  if (row.pieces !== piecesOf(ref.sizeBytes)) throw notThisFile(ref);
  const hash = download.newHash();
  let bytes = 0;
  for (let index = 0; index < row.pieces; index++) {
    signal.throwIfAborted();
    const opened = await openedPiece(download, row, index);
    bytes += opened.length;
    if (bytes > ref.sizeBytes) throw notThisFile(ref);
    await hash.update(opened);
    await sink.write(opened);
    onProgress?.({ bytes, ofBytes: ref.sizeBytes });
  }
  if (bytes !== ref.sizeBytes || (await hash.digest()) !== ref.sha256) throw notThisFile(ref);
}

async function openedPiece(
  { server, sealer, ref, signal }: Download,
  row: AttachmentRow,
  index: number,
): Promise<Uint8Array> {
  const sealed = await server.getPiece(row.attachment_id, index, signal).catch((error: unknown) => {
    const isMissing = error instanceof AetheriaError && error.code === "not_found";
    throw isMissing ? lostPiece(ref, index, row.pieces) : error;
  });
  const place = [row.attachment_id, index, row.pieces];
  return sealer.openBytes("piece", place, row.generation, sealed);
}

function notThere({ name }: AttachmentRef, row: AttachmentRow | null): AetheriaError {
  const message =
    inCloud(row) === "missing" || row === null
      ? `“${name}” is not in the cloud.`
      : `“${name}” is not wholly in the cloud yet: ${row.stored_pieces} of ${row.pieces} pieces are.`;
  return new AetheriaError("not_found", message, {
    hint: "It comes when the computer that has it is online and mirrors this session with its files.",
    retryable: true,
  });
}

const lostPiece = ({ name }: AttachmentRef, index: number, pieces: number): AetheriaError =>
  new AetheriaError(
    "not_found",
    `Piece ${index + 1} of ${pieces} of “${name}” is gone from the server.`,
    {
      hint: "Open the file on the computer that has it. Deleting the cloud copy and mirroring again brings it back.",
    },
  );

const notThisFile = ({ name }: AttachmentRef): AetheriaError =>
  new AetheriaError("tampered", `What the server has as “${name}” is not that file.`, {
    hint: "Nothing of it was kept. Open the file on the computer that has it, and mirror it again.",
  });
