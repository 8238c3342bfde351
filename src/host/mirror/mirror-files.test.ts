import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { NewEvent } from "../../contract/events.ts";
import { MessageId, SessionId } from "../../contract/ids.ts";
import type { AttachmentRow } from "../../contract/mirror.ts";
import type { AttachmentRef } from "../../contract/session.ts";
import { createSealer } from "../../cloud/create-sealer.ts";
import { newKeyRing } from "../../cloud/key-ring.ts";
import { pieceBytes } from "../../core/mirror/attachment-transfer.ts";
import type { MirrorServer } from "../../core/mirror/ports.ts";
import { createMemoryStore } from "../../testing/memory-store.ts";
import { created } from "../../testing/store-suite.ts";
import { createMirrorFiles } from "./mirror-files.ts";

const sessionId = SessionId.parse("s1");
const never = new AbortController().signal;

/** The bucket and its rows, as a server keeps them. */
function bucket() {
  const rows = new Map<string, AttachmentRow>();
  const pieces = new Map<string, Uint8Array>();
  let puts = 0;
  const server = {
    attachment: async (id) => rows.get(id) ?? null,
    attachments: async () => [...rows.values()],
    saveAttachment: async (row) => void rows.set(row.attachment_id, row),
    putPiece: async (id, index, bytes) => {
      puts += 1;
      pieces.set(`${id}/${index}`, bytes);
    },
    getPiece: async (id, index) => pieces.get(`${id}/${index}`) ?? new Uint8Array(),
  } satisfies Partial<MirrorServer> as unknown as MirrorServer;
  return { server, rows, pieces, puts: () => puts };
}

const sent = (attachments: AttachmentRef[]): NewEvent => ({
  type: "message.sent",
  data: { messageId: MessageId.parse("m"), text: "see", attachments, delivery: "auto" },
});

async function setup() {
  const store = createMemoryStore({ clock: { now: () => 1 } });
  const sealer = await createSealer({ userId: "u", keys: newKeyRing().keys });
  const cloud = bucket();
  const files = createMirrorFiles({ store, server: cloud.server, sealer: () => sealer });
  return { store, sealer, files, ...cloud };
}

describe("files of a mirrored session", () => {
  it("go once, in sealed pieces, and are then both here and in the cloud", async () => {
    const { store, files, pieces, puts } = await setup();
    const bytes = Buffer.alloc(pieceBytes + 10, "plain words ");
    const file = await store.attachments.put(bytes, "big.txt", "text/plain");
    store.append(sessionId, [created(), sent([file])], "normal");
    store.mirror.save(sessionId, { checkpoint: 2, mirroredAs: "all" });
    expect(await files.places(sessionId, never)).toEqual([
      { sha256: file.sha256, here: true, cloud: "missing" },
    ]);
    await files.send(sessionId, never);
    expect(puts()).toBe(2);
    for (const piece of pieces.values())
      expect(Buffer.from(piece).includes("plain words")).toBe(false);
    await files.send(sessionId, never);
    expect(puts()).toBe(2);
    expect(await files.places(sessionId, never)).toMatchObject([{ here: true, cloud: "whole" }]);
  });

  it("stay here where only what was said is mirrored", async () => {
    const { store, files, puts } = await setup();
    const file = await store.attachments.put(Buffer.from("x"), "x.txt", "text/plain");
    store.append(sessionId, [created(), sent([file])], "normal");
    store.mirror.save(sessionId, { checkpoint: 2, mirroredAs: "text" });
    await files.send(sessionId, never);
    expect(puts()).toBe(0);
  });

  it("that a phone sent are brought here, and only when they are what they should be", async () => {
    const { store, files, sealer, rows, pieces } = await setup();
    const bytes = Buffer.from("from the phone");
    const sha256 = createHash("sha256").update(bytes).digest("hex") as AttachmentRef["sha256"];
    const ref = { sha256, name: "p.txt", mime: "text/plain", sizeBytes: bytes.length };
    const id = await sealer.attachmentId(sha256);
    rows.set(id, {
      ...{ attachment_id: id, session_id: sessionId, generation: 1, pieces: 1, stored_pieces: 1 },
      ...{ card: await sealer.seal("attachment", [id], JSON.stringify(ref)), size_bytes: 42 },
    });
    pieces.set(
      `${id}/0`,
      await sealer.sealBytes("piece", [id, 0, 1], Buffer.from("another file!!")),
    );
    await expect(files.bring(ref, never)).rejects.toMatchObject({ code: "tampered" });
    await expect(store.attachments.get(sha256, 0, 1)).rejects.toMatchObject({ code: "not_found" });
    pieces.set(`${id}/0`, await sealer.sealBytes("piece", [id, 0, 1], bytes));
    await files.bring(ref, never);
    const kept = await store.attachments.get(sha256, 0, 100);
    expect(Buffer.from(kept.bytes).toString()).toBe("from the phone");
  });
});
