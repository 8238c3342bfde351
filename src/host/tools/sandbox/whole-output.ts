// All that a program printed, on the disk as it came, once it is more than a model is shown. Memory
// holds no more of it than its beginning.
import type { AttachmentRef } from "../../../contract/session.ts";
import type { Attachments, AttachmentWriter } from "../../../core/ports.ts";

export type WholeOutput = {
  readonly sizeBytes: number;
  write(bytes: Uint8Array): Promise<void>;
  /** null: it was short. */
  keep(): Promise<AttachmentRef | null>;
  drop(): Promise<void>;
};

/** Shorter output is shown whole. */
const fromBytes = 12_000;

export function createWholeOutput(attachments: Attachments): WholeOutput {
  let pieces: Uint8Array[] = [];
  let writer: AttachmentWriter | null = null;
  let sizeBytes = 0;
  return {
    get sizeBytes() {
      return sizeBytes;
    },
    async write(bytes) {
      sizeBytes += bytes.length;
      if (writer) return writer.write(bytes);
      pieces.push(bytes.slice());
      if (sizeBytes <= fromBytes) return;
      writer = await attachments.openWriter();
      await writer.write(Buffer.concat(pieces));
      pieces = [];
    },
    async keep() {
      const open = writer;
      writer = null;
      return open === null ? null : open.keep("output.txt", "text/plain");
    },
    async drop() {
      const open = writer;
      writer = null;
      await open?.drop();
    },
  };
}
