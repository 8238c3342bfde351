// Pieces of files in the bucket `mirror`, and what concerns everything of an account: how much is
// there, and deleting it all.
import * as z from "zod/mini";
import { AetheriaError } from "../contract/errors.ts";
import type { SessionId } from "../contract/ids.ts";
import type { MirrorServer } from "../core/mirror/ports.ts";
import type { Questions } from "./ask-supabase.ts";
import { own } from "./sealing.ts";

const bucket = "mirror";
/** The storage lists and removes at most this many at once. */
const objectsAtOnce = 100;

const nothing = z.unknown();
const Objects = z.array(z.object({ name: z.string() }));
const Usage = z.object({ events: z.number(), stored_bytes: z.number() });

type FilePart = "putPiece" | "getPiece" | "usage" | "deleteAll";
const Named = z.array(z.object({ attachment_id: z.string() }));
const columns = "attachment_id";

export interface SupabaseFiles extends Pick<MirrorServer, FilePart> {
  /** The files that no other session has. Before the rows go, which alone name them. */
  removePiecesOf(sessionIds: SessionId[], signal: AbortSignal): Promise<void>;
}

export function createSupabaseFiles({ ask, userId }: Questions): SupabaseFiles {
  const pathOf = async (attachmentId: string, index: number, signal: AbortSignal) =>
    `${await userId(signal)}/${attachmentId}/${index}`;

  const list = (folder: string, signal: AbortSignal) =>
    ask(signal, Objects, (client) =>
      client.storage.from(bucket).list(folder, { limit: objectsAtOnce }, { signal }),
    );

  /** Always the first ones that are still there, until there are none. */
  async function removeFolder(folder: string, signal: AbortSignal): Promise<void> {
    for (;;) {
      const objects = await list(folder, signal);
      if (objects.length === 0) return;
      const paths = objects.map((object) => `${folder}/${object.name}`);
      const removed = await ask(signal, Objects, (client) =>
        client.storage.from(bucket).remove(paths),
      );
      // What cannot be removed would be listed again for ever.
      if (removed.length === 0) throw notRemoved();
    }
  }

  return {
    async removePiecesOf(sessionIds, signal) {
      const inside = `(${sessionIds.map((id) => `"${id}"`).join(",")})`;
      const theirs = await ask(signal, Named, (client) =>
        client.from("attachments").select(columns).in("session_id", sessionIds).abortSignal(signal),
      );
      for (const id of new Set(theirs.map((file) => file.attachment_id))) {
        const elsewhere = await ask(signal, Named, (client) =>
          client
            .from("attachments")
            .select(columns)
            .eq("attachment_id", id)
            .not("session_id", "in", inside)
            .limit(1)
            .abortSignal(signal),
        );
        if (elsewhere.length === 0) await removeFolder(`${await userId(signal)}/${id}`, signal);
      }
    },
    async putPiece(attachmentId, index, bytes, signal) {
      const path = await pathOf(attachmentId, index, signal);
      const options = { contentType: "application/octet-stream", upsert: true };
      await ask(signal, nothing, (client) =>
        client.storage.from(bucket).upload(path, own(bytes), options),
      );
    },
    async getPiece(attachmentId, index, signal) {
      const path = await pathOf(attachmentId, index, signal);
      const blob = await ask(signal, z.instanceof(Blob), (client) =>
        client.storage.from(bucket).download(path, {}, { signal }),
      );
      return new Uint8Array(await blob.arrayBuffer());
    },
    async usage(signal) {
      const { events, stored_bytes } = await ask(signal, Usage, (client) =>
        client.rpc("mirror_usage").abortSignal(signal),
      );
      return { events, storedBytes: stored_bytes };
    },
    // The files first: their names are all that is known of them once the rows are gone.
    async deleteAll(signal) {
      const mine = await userId(signal);
      for (;;) {
        const folders = await list(mine, signal);
        if (folders.length === 0) break;
        for (const { name } of folders) await removeFolder(`${mine}/${name}`, signal);
      }
      await ask(signal, nothing, (client) => client.rpc("mirror_delete_all").abortSignal(signal));
    },
  };
}

const notRemoved = (): AetheriaError =>
  new AetheriaError("refused", "The server did not delete the files of the mirror.", {
    hint: "Empty the bucket “mirror” in Supabase's dashboard, then delete the cloud copy again.",
  });
