// Files of mirrored sessions on their way to the cloud: one after the other, once nothing runs in their
// session any more; what was under way when the host ended goes on after it.
import { createHash } from "node:crypto";
import { AetheriaError } from "../../contract/errors.ts";
import type { SessionEvent } from "../../contract/events.ts";
import type { SessionId } from "../../contract/ids.ts";
import type { FilePlace } from "../../contract/mirror.ts";
import type { AttachmentRef } from "../../contract/session.ts";
import {
  downloadAttachment,
  inCloud,
  uploadAttachment,
} from "../../core/mirror/attachment-transfer.ts";
import type { MirrorServer, Sealer } from "../../core/mirror/ports.ts";
import type { Store } from "../../core/ports.ts";

export type MirrorFilesParts = { store: Store; server: MirrorServer; sealer(): Sealer };

export type MirrorFiles = ReturnType<typeof createMirrorFiles>;

const pageEvents = 500;

export function createMirrorFiles({ store, server, sealer }: MirrorFilesParts) {
  const isHere = async (sha256: string) =>
    store.attachments.get(sha256, 0, 1).then(
      () => true,
      () => false,
    );

  async function upload(
    sessionId: SessionId,
    ref: AttachmentRef,
    signal: AbortSignal,
  ): Promise<void> {
    // Deleted here meanwhile: it is missing, and shown so.
    if (!(await isHere(ref.sha256))) return;
    const read = async (from: number, length: number) =>
      (await store.attachments.get(ref.sha256, from, length)).bytes;
    await uploadAttachment({
      ...{ server, sealer: sealer(), ref, sessionId, signal },
      source: { read },
    });
  }

  const named = (sessionId: SessionId): ReadonlyMap<string, AttachmentRef> =>
    new Map(
      store
        .events(sessionId, {})
        .flatMap(filesOf)
        .map((ref) => [ref.sha256, ref]),
    );

  async function bring(ref: AttachmentRef, signal: AbortSignal): Promise<void> {
    if (await isHere(ref.sha256)) return;
    const writer = await store.attachments.openWriter();
    try {
      const newHash = () => {
        const hash = createHash("sha256");
        return {
          update: (bytes: Uint8Array) => void hash.update(bytes),
          digest: () => hash.digest("hex"),
        };
      };
      const sink = { write: (bytes: Uint8Array) => writer.write(bytes) };
      await downloadAttachment({ server, sealer: sealer(), ref, sink, newHash, signal });
    } catch (error) {
      await writer.drop();
      throw error;
    }
    await writer.keep(ref.name, ref.mime);
  }

  return {
    /** Sends the files of what is mirrored of a session. Throws what the server throws. */
    async send(sessionId: SessionId, signal: AbortSignal): Promise<void> {
      for (;;) {
        const { mirroredAs, checkpoint, filesSeq } = store.mirror.record(sessionId);
        if (mirroredAs !== "all" || filesSeq >= checkpoint) return;
        const to = Math.min(checkpoint, filesSeq + pageEvents);
        for (const event of store.events(sessionId, { from: filesSeq, to }))
          for (const ref of filesOf(event)) await upload(sessionId, ref, signal);
        // Sent as something else meanwhile: then that counts.
        if (store.mirror.record(sessionId).mirroredAs === "all")
          store.mirror.save(sessionId, { filesSeq: to });
      }
    },
    /** Makes sure that a file which another device sent is here. Throws not_found or tampered. */
    bring,
    /** The same for a file that the session names. */
    async fetch(sessionId: SessionId, sha256: string, signal: AbortSignal): Promise<void> {
      const ref = named(sessionId).get(sha256);
      if (!ref) throw new AetheriaError("not_found", "This session has no such file.");
      await bring(ref, signal);
    },
    /** Where each file of the session is, in the order they came. Never rejects for the server: what it
     * does not say is unknown. `asks` false: it is not asked at all. */
    async places(sessionId: SessionId, asks: boolean, signal: AbortSignal): Promise<FilePlace[]> {
      const files = [...named(sessionId).values()];
      const found =
        asks && files.length > 0
          ? await server.attachments(sessionId, signal).catch(() => null)
          : null;
      const rows = new Map(found?.map((row) => [row.attachment_id, row]));
      return Promise.all(
        files.map(async (ref) => ({
          ...ref,
          here: await isHere(ref.sha256),
          cloud: found ? inCloud(rows.get(await sealer().attachmentId(ref.sha256))) : "unknown",
        })),
      );
    },
  };
}

/** Those that people see; contents kept for a rewind stay on this machine. */
export function filesOf(event: SessionEvent): AttachmentRef[] {
  switch (event.type) {
    case "message.sent":
      return event.data.attachments;
    case "tool.finished":
      return event.data.files;
    case "artifact.created":
    case "attachment.added":
      return [event.data.file];
    default:
      return [];
  }
}

export const noCloud = () =>
  new AetheriaError("unauthorized", "Nobody is signed in to the mirror on this computer.", {
    hint: "Sign in under Connections → Mirror.",
  });
