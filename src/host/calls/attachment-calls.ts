// attachment.put and attachment.get: files travel in pieces, so that no message is large.
import { maxChunkBytes } from "../../contract/calls.ts";
import { AetheriaError } from "../../contract/errors.ts";
import type { Attachments } from "../../core/ports.ts";
import type { Connection, Handlers } from "../../rpc/server.ts";

/** The largest attachment, in bytes. */
const maxBytes = 100 * 1024 * 1024;
/** Uploads one client may have under way. */
const maxUploads = 8;
/** What all uploads of one client may hold in memory, in bytes. */
const maxHeldBytes = 200 * 1024 * 1024;
/** Without a piece for this long, an upload was given up. */
const givenUpAfterMs = 5 * 60_000;

type Upload = { pieces: Uint8Array[]; sizeBytes: number; lastAt: number };

export function createAttachmentCalls(
  attachments: Attachments,
  now: () => number = () => performance.now(),
): Pick<Handlers, "attachment.put" | "attachment.get"> {
  const uploads = new WeakMap<Connection, Map<string, Upload>>();

  function uploadsOf(connection: Connection): Map<string, Upload> {
    const known = uploads.get(connection) ?? new Map<string, Upload>();
    uploads.set(connection, known);
    return known;
  }

  return {
    "attachment.put": async ({ uploadId, name, mime, offset, bytes, last }, connection) => {
      const own = uploadsOf(connection);
      if (offset === 0) own.delete(uploadId);
      for (const [id, { lastAt }] of own) if (now() - lastAt > givenUpAfterMs) own.delete(id);
      const upload = own.get(uploadId) ?? { pieces: [], sizeBytes: 0, lastAt: 0 };
      refuseWrongPiece(upload, offset, bytes);
      if (!last) refuseTooMuch(own, uploadId, bytes);
      upload.lastAt = now();
      upload.pieces.push(new Uint8Array(bytes));
      upload.sizeBytes += bytes.length;
      if (!last) {
        own.set(uploadId, upload);
        return { file: null };
      }
      own.delete(uploadId);
      const file = await attachments.put(Buffer.concat(upload.pieces), shownName(name), mime);
      return { file };
    },
    "attachment.get": async ({ sha256, offset, length }) => {
      const part = await attachments.get(sha256, offset, Math.min(length, maxChunkBytes));
      return { bytes: new Uint8Array(part.bytes), sizeBytes: part.sizeBytes };
    },
  };
}

function refuseWrongPiece(upload: Upload, offset: number, bytes: Uint8Array): void {
  if (bytes.length > maxChunkBytes || upload.sizeBytes + bytes.length > maxBytes)
    throw new AetheriaError("too_large", "The file is larger than 100 MB.", {
      hint: "Put it into the session's folder instead; the agent reads large files piece by piece.",
    });
  if (offset !== upload.sizeBytes)
    throw new AetheriaError("bad_input", "A piece of the file is missing.", {
      hint: "Attach the file again.",
    });
}

/** One that is under way may go on, as long as there is room for it. */
function refuseTooMuch(own: Map<string, Upload>, uploadId: string, bytes: Uint8Array): void {
  const isNew = !own.has(uploadId);
  let heldBytes = bytes.length;
  for (const { sizeBytes } of own.values()) heldBytes += sizeBytes;
  if ((isNew && own.size >= maxUploads) || heldBytes > maxHeldBytes)
    throw new AetheriaError("rate_limited", "Too many files are being attached at once.", {
      hint: "Wait until some have arrived.",
      retryable: true,
    });
}

/** A name that fits a file system and a screen: the end of a path, at most 255 characters. */
function shownName(name: string): string {
  const base = name.split(/[/\\]/).at(-1)?.replaceAll("\u0000", "").trim() ?? "";
  if (base === "") return "attachment";
  if (base.length <= 200) return base;
  const dot = base.lastIndexOf(".");
  const extension = dot > 0 && base.length - dot <= 12 ? base.slice(dot) : "";
  return `${base.slice(0, 180)}…${extension}`;
}
