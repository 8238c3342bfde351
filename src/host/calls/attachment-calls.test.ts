import { describe, expect, it } from "vitest";
import type { Connection } from "../../rpc/server.ts";
import { createMemoryStore } from "../../testing/memory-store.ts";
import { createAttachmentCalls } from "./attachment-calls.ts";

const bytes = new Uint8Array([1, 2, 3]);

function uploads() {
  let now = 0;
  const { attachments } = createMemoryStore({ clock: { now: () => 0 } });
  const calls = createAttachmentCalls(attachments, () => now);
  const connection: Connection = { push: () => undefined, onClose: () => undefined };
  const put = async (uploadId: string, offset: number, last: boolean) =>
    calls["attachment.put"](
      { uploadId, name: `${uploadId}.bin`, mime: "", offset, bytes, last },
      connection,
    );
  return { put, pass: (ms: number) => (now += ms) };
}

describe("attaching files", () => {
  it("takes as many at once as it says, each to its end", async () => {
    const { put } = uploads();
    const names = Array.from({ length: 8 }, (_, i) => `file-${i}`);
    for (const name of names) await put(name, 0, false);
    for (const name of names) await put(name, 3, false);
    for (const name of names) expect((await put(name, 6, true)).file?.sizeBytes).toBe(9);
  });

  it("refuses one more until one has arrived", async () => {
    const { put } = uploads();
    for (let i = 0; i < 8; i += 1) await put(`file-${i}`, 0, false);
    await expect(put("more", 0, false)).rejects.toMatchObject({ code: "rate_limited" });
    await put("file-0", 3, true);
    expect(await put("more", 0, false)).toEqual({ file: null });
  });

  it("forgets what was left unfinished, so that it is in nobody's way", async () => {
    const { put, pass } = uploads();
    for (let i = 0; i < 8; i += 1) await put(`left-${i}`, 0, false);
    pass(10 * 60_000);
    expect(await put("new", 0, false)).toEqual({ file: null });
    await expect(put("left-0", 3, true)).rejects.toMatchObject({ code: "bad_input" });
  });
});
