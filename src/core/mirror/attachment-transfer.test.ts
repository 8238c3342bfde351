import { createHash } from "node:crypto";
import { beforeEach, describe, expect, it } from "vitest";
import { createSealer } from "../../cloud/create-sealer.ts";
import { newKeyRing, rotated } from "../../cloud/key-ring.ts";
import { AetheriaError } from "../../contract/errors.ts";
import { SessionId, Sha256 } from "../../contract/ids.ts";
import type { AttachmentRow } from "../../contract/mirror.ts";
import type { AttachmentRef } from "../../contract/session.ts";
import {
  downloadAttachment,
  inCloud,
  pieceBytes,
  uploadAttachment,
  type Upload,
} from "./attachment-transfer.ts";
import type { Sealer } from "./ports.ts";

const sessionA = SessionId.parse("session-a");
const sessionB = SessionId.parse("session-b");
const userId = "user-1";
const ring = newKeyRing();

function memoryFiles() {
  const rows = new Map<string, AttachmentRow>();
  const pieces = new Map<string, Uint8Array>();
  let puts = 0;
  const server: Upload["server"] = {
    attachment: async (id) =>
      [...rows.values()]
        .filter((row) => row.attachment_id === id)
        .toSorted((a, b) => b.stored_pieces - a.stored_pieces)[0] ?? null,
    attachments: async (id) => [...rows.values()].filter((row) => row.session_id === id),
    saveAttachment: async (row) => void rows.set(`${row.session_id} ${row.attachment_id}`, row),
    async putPiece(id, index, bytes) {
      puts += 1;
      pieces.set(`${id}/${index}`, bytes);
    },
    async getPiece(id, index) {
      const piece = pieces.get(`${id}/${index}`);
      if (piece === undefined) throw new AetheriaError("not_found", "Not there.");
      return piece;
    },
  };
  return { server, rows, pieces, puts: () => puts };
}

function file(sizeBytes: number, name = "plan.pdf") {
  const bytes = new Uint8Array(sizeBytes).map((_, at) => (at * 7) ^ (at >> 11));
  const sha256 = Sha256.parse(createHash("sha256").update(bytes).digest("hex"));
  const ref: AttachmentRef = { sha256, name, mime: "application/pdf", sizeBytes };
  return {
    bytes,
    ref,
    source: { read: async (from: number, length: number) => bytes.subarray(from, from + length) },
  };
}

const newHash = () => {
  const hash = createHash("sha256");
  return {
    update: (bytes: Uint8Array) => void hash.update(bytes),
    digest: () => hash.digest("hex"),
  };
};

describe("a file on its way to the server and back", () => {
  let files: ReturnType<typeof memoryFiles>;
  let sealer: Sealer;
  const signal = new AbortController().signal;
  const plan = file(2 * pieceBytes + 5);

  beforeEach(async () => {
    files = memoryFiles();
    sealer = await createSealer({ userId, ...ring });
  });

  const upload = (more: Partial<Upload> = {}) =>
    uploadAttachment({
      server: files.server,
      sealer,
      ...plan,
      sessionId: sessionA,
      signal,
      ...more,
    });

  async function download(ref = plan.ref, by = sealer) {
    const got: Uint8Array[] = [];
    const sink = { write: async (bytes: Uint8Array) => void got.push(bytes) };
    await downloadAttachment({ server: files.server, sealer: by, ref, sink, newHash, signal });
    return Buffer.concat(got);
  }

  it("comes back as it was, whatever its size", async () => {
    for (const size of [0, 1, pieceBytes, pieceBytes + 1, plan.bytes.length]) {
      const one = file(size);
      const row = await upload(one);
      expect(inCloud(row)).toBe("whole");
      expect((await download(one.ref)).equals(one.bytes)).toBe(true);
      const stored = [...files.pieces].filter(([name]) => name.startsWith(row.attachment_id));
      expect(stored.length).toBe(row.pieces);
      expect(stored.reduce((sum, [, bytes]) => sum + bytes.length, 0)).toBe(row.size_bytes);
    }
  });

  it("says how far it is", async () => {
    const moved: number[] = [];
    await upload({ onProgress: ({ bytes, ofBytes }) => moved.push(bytes, ofBytes) });
    const all = plan.ref.sizeBytes;
    expect(moved).toEqual([pieceBytes, all, 2 * pieceBytes, all, all, all]);
  });

  it("goes on where it stopped, and is not sent again once it is there", async () => {
    const stop = new AbortController();
    const stopped = upload({ signal: stop.signal, onProgress: () => stop.abort() });
    await expect(stopped).rejects.toMatchObject({ name: "AbortError" });
    expect(files.puts()).toBe(1);
    await expect(download()).rejects.toMatchObject({
      code: "not_found",
      message: "“plan.pdf” is not wholly in the cloud yet: 1 of 3 pieces are.",
    });
    await upload();
    expect(files.puts()).toBe(3);
    await upload();
    await upload({ sessionId: sessionB });
    expect(files.puts()).toBe(3);
    expect(await files.server.attachments(sessionB, signal)).toHaveLength(1);
    expect((await download()).equals(plan.bytes)).toBe(true);
  });

  it("goes on after a piece that arrived without being counted", async () => {
    const save = files.server.saveAttachment;
    files.server.saveAttachment = async (row, signal) => {
      if (row.stored_pieces === 2) throw new AetheriaError("cloud_unreachable", "Gone.");
      await save(row, signal);
    };
    await expect(upload()).rejects.toMatchObject({ code: "cloud_unreachable" });
    files.server.saveAttachment = save;
    await upload();
    expect(files.puts()).toBe(4);
    expect((await download()).equals(plan.bytes)).toBe(true);
  });

  it("begins anew when the keys changed half-way, and stays when it was whole", async () => {
    const newer = await createSealer({ userId, ...rotated(ring) });
    const stop = new AbortController();
    await upload({ signal: stop.signal, onProgress: () => stop.abort() }).catch(() => undefined);
    await upload({ sealer: newer });
    expect(files.puts()).toBe(4);
    expect((await download(plan.ref, newer)).equals(plan.bytes)).toBe(true);
    const newest = await createSealer({ userId, ...rotated({ keys: [...ring.keys] }) });
    const one = file(3);
    const row = await upload(one);
    expect(await upload({ ...one, sealer: newest })).toEqual(row);
    expect((await download(one.ref, newest)).equals(one.bytes)).toBe(true);
  });

  it("says what is missing, and what is not the file", async () => {
    await expect(download()).rejects.toMatchObject({
      code: "not_found",
      message: "“plan.pdf” is not in the cloud.",
    });
    const row = await upload();
    const second = `${row.attachment_id}/1`;
    const piece = files.pieces.get(second)!;
    files.pieces.delete(second);
    await expect(download()).rejects.toMatchObject({
      code: "not_found",
      message: "Piece 2 of 3 of “plan.pdf” is gone from the server.",
    });
    for (const wrong of [
      piece.subarray(0, 99),
      piece.subarray(0, 3),
      files.pieces.get(`${row.attachment_id}/0`)!,
    ]) {
      files.pieces.set(second, wrong);
      await expect(download()).rejects.toMatchObject({ code: "tampered" });
    }
    files.pieces.set(second, piece);
    files.server.attachment = async () => ({ ...row, pieces: 1, stored_pieces: 1 });
    await expect(download()).rejects.toMatchObject({ code: "tampered" });
  });

  it("is not believed by its name alone", async () => {
    const row = await upload();
    const other = file(2 * pieceBytes + 5, "other.pdf");
    const bytes = new Uint8Array(other.bytes).fill(1);
    await upload({
      ...other,
      ref: { ...plan.ref },
      source: { read: async (a, n) => bytes.subarray(a, a + n) },
    });
    for (let index = 0; index < row.pieces; index++) {
      const place = [row.attachment_id, index, row.pieces];
      const from = index * pieceBytes;
      const wrong = await sealer.sealBytes("piece", place, bytes.subarray(from, from + pieceBytes));
      files.pieces.set(`${row.attachment_id}/${index}`, wrong);
    }
    await expect(download()).rejects.toMatchObject({
      code: "tampered",
      message: "What the server has as “plan.pdf” is not that file.",
    });
  });
});
