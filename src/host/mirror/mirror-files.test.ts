import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { NewEvent } from "../../contract/events.ts";
import { MessageId, SessionId } from "../../contract/ids.ts";
import type { AttachmentRef } from "../../contract/session.ts";
import { createSealer } from "../../cloud/create-sealer.ts";
import { newKeyRing } from "../../cloud/key-ring.ts";
import { pieceBytes } from "../../core/mirror/attachment-transfer.ts";
import { createFakeMirrorServer, perfectNetwork } from "../../testing/fake-mirror-server.ts";
import { createMemoryStore } from "../../testing/memory-store.ts";
import { created } from "../../testing/store-suite.ts";
import { createMirrorFiles } from "./mirror-files.ts";

const sessionId = SessionId.parse("s1");
const never = new AbortController().signal;

/** A server, the pieces it was sent, and how often one was. */
function bucket() {
  const pieces: Uint8Array[] = [];
  const server = createFakeMirrorServer()
    .newUser()
    .open({
      ...perfectNetwork,
      answer: async (name) => void (name === "putPiece" && pieces.push(new Uint8Array())),
    });
  return { server, puts: () => pieces.length };
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
    const { store, files, server, sealer, puts } = await setup();
    const bytes = Buffer.alloc(pieceBytes + 10, "plain words ");
    const file = await store.attachments.put(bytes, "big.txt", "text/plain");
    store.append(sessionId, [created(), sent([file])], "normal");
    store.mirror.save(sessionId, { checkpoint: 2, mirroredAs: "all" });
    expect(await files.places(sessionId, true, never)).toEqual([
      { ...file, here: true, cloud: "missing" },
    ]);
    await files.send(sessionId, never);
    expect(puts()).toBe(2);
    const id = await sealer.attachmentId(file.sha256);
    for (const index of [0, 1]) {
      const piece = Buffer.from(await server.getPiece(id, index, never));
      expect(piece.includes("plain words")).toBe(false);
    }
    await files.send(sessionId, never);
    expect(puts()).toBe(2);
    expect(await files.places(sessionId, true, never)).toMatchObject([
      { here: true, cloud: "whole" },
    ]);
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
    const { store, files, sealer, server } = await setup();
    const bytes = Buffer.from("from the phone");
    const sha256 = createHash("sha256").update(bytes).digest("hex") as AttachmentRef["sha256"];
    const ref = { sha256, name: "p.txt", mime: "text/plain", sizeBytes: bytes.length };
    const id = await sealer.attachmentId(sha256);
    const row = {
      ...{ attachment_id: id, session_id: sessionId, generation: 1, pieces: 1, stored_pieces: 1 },
      ...{ card: await sealer.seal("attachment", [id], JSON.stringify(ref)), size_bytes: 42 },
    };
    await server.saveAttachment(row, never);
    const put = async (bytes: Buffer) =>
      server.putPiece(id, 0, await sealer.sealBytes("piece", [id, 0, 1], bytes), never);
    await put(Buffer.from("another file!!"));
    await expect(files.bring(ref, never)).rejects.toMatchObject({ code: "tampered" });
    await expect(store.attachments.get(sha256, 0, 1)).rejects.toMatchObject({ code: "not_found" });
    await put(bytes);
    await files.bring(ref, never);
    const kept = await store.attachments.get(sha256, 0, 100);
    expect(Buffer.from(kept.bytes).toString()).toBe("from the phone");
  });

  it("that only the cloud has are told so, and fetched when the session names them", async () => {
    const first = await setup();
    const file = await first.store.attachments.put(
      Buffer.from("a chart"),
      "c.svg",
      "image/svg+xml",
    );
    const has = (store: typeof first.store) => {
      store.append(sessionId, [created(), sent([file])], "normal");
      store.mirror.save(sessionId, { checkpoint: 2, mirroredAs: "all" });
    };
    has(first.store);
    await first.files.send(sessionId, never);
    // The same log on a disk that lost the file.
    const store = createMemoryStore({ clock: { now: () => 1 } });
    const { server, sealer } = first;
    const files = createMirrorFiles({ store, server, sealer: () => sealer });
    has(store);
    expect(await files.places(sessionId, true, never)).toEqual([
      { ...file, here: false, cloud: "whole" },
    ]);
    await expect(files.fetch(sessionId, "0".repeat(64), never)).rejects.toMatchObject({
      code: "not_found",
    });
    await files.fetch(sessionId, file.sha256, never);
    expect(await files.places(sessionId, false, never)).toEqual([
      { ...file, here: true, cloud: "unknown" },
    ]);
  });
});
