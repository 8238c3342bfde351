import { describe, expect, it } from "vitest";
import { AetheriaError } from "../../contract/errors.ts";
import { MessageId, SessionId } from "../../contract/ids.ts";
import type { WaitingWish, Wish } from "./source.ts";
import { createWishQueue } from "./wish-queue.ts";

const sessionId = SessionId.parse("session-1");
const send = (text: string): Wish => ({
  ...{ kind: "send", sessionId, messageId: MessageId.parse(text), text, attachments: [] },
  delivery: "auto",
});

function opened({ isOpen = true, kept = [] as readonly WaitingWish[] } = {}) {
  const line = { isOpen, refuses: new Set<string>(), isLost: false };
  const granted: string[] = [];
  const shown: string[][] = [];
  const disk = { kept };
  let ids = kept.length;
  const queue = createWishQueue({
    newId: () => `id-${++ids}`,
    now: () => 1,
    isOpen: () => line.isOpen,
    wishes: {
      loadWishes: async () => [...disk.kept],
      saveWishes: async (wishes) => void (disk.kept = wishes),
    },
    async grant(wish) {
      const text = wish.kind === "send" ? wish.text : wish.kind;
      if (line.isLost) throw new AetheriaError("disconnected", "Lost.", { retryable: true });
      if (line.refuses.has(text)) throw new AetheriaError("too_large", "Too large.");
      granted.push(text);
    },
  });
  queue.follow((waiting) =>
    shown.push(
      waiting.map(
        ({ wish, error }) => `${wish.kind === "send" ? wish.text : ""}${error ? "!" : ""}`,
      ),
    ),
  );
  return { line, queue, granted, disk, shown: () => shown.at(-1) };
}

describe("messages that wait for the net", () => {
  it("leave at once while the host answers", async () => {
    const { queue, granted, disk } = opened();
    await queue.add(send("a"));
    expect(granted).toEqual(["a"]);
    expect(disk.kept).toEqual([]);
  });

  it("are kept while it does not, and leave in the order they were written", async () => {
    const { line, queue, granted, disk, shown } = opened({ isOpen: false });
    await queue.add(send("a"));
    await queue.add(send("b"));
    expect(granted).toEqual([]);
    expect(disk.kept).toHaveLength(2);
    expect(shown()).toEqual(["a", "b"]);
    line.isOpen = true;
    await queue.flush();
    expect(granted).toEqual(["a", "b"]);
    expect(disk.kept).toEqual([]);
  });

  it("outlive the page", async () => {
    const first = opened({ isOpen: false });
    await first.queue.add(send("a"));
    const second = opened({ kept: first.disk.kept });
    await second.queue.add(send("b"));
    expect(second.granted).toEqual(["a", "b"]);
  });

  it("wait again when the line is lost on the way", async () => {
    const { line, queue, granted } = opened();
    line.isLost = true;
    await queue.add(send("a"));
    expect(granted).toEqual([]);
    line.isLost = false;
    await queue.flush();
    expect(granted).toEqual(["a"]);
  });

  it("are told as refused where they were written, when that is now", async () => {
    const { line, queue, disk } = opened();
    line.refuses.add("a");
    await expect(queue.add(send("a"))).rejects.toMatchObject({ code: "too_large" });
    expect(disk.kept).toEqual([]);
  });

  it("stay with the reason when they are refused later, and hold up none behind them", async () => {
    const { line, queue, granted, shown } = opened({ isOpen: false });
    line.refuses.add("a");
    await queue.add(send("a"));
    await queue.add(send("b"));
    line.isOpen = true;
    await queue.flush();
    expect(granted).toEqual(["b"]);
    expect(shown()).toEqual(["a!"]);
    await queue.remove("id-1");
    expect(shown()).toEqual([]);
  });
});
