import { describe, expect, it } from "vitest";
import { CommandId, DeviceId, MessageId, SessionId } from "../../contract/ids.ts";
import type { KeptCommand, KeptEvent, KeptSession } from "../../core/mirror/replica-ports.ts";
import { memoryVault } from "../cache/vault.ts";
import { createReplicaStore } from "./replica-store.ts";

const sessionId = SessionId.parse("session-1");
const hostId = DeviceId.parse("host-1");

function kept(last: number, first = 1): KeptSession {
  return {
    ...{ sessionId, hostId, head: null, updatedAt: "2026-12-01T00:00:00Z" },
    ...{ serverSeq: last, first, last, verified: last, checkedAt: "" },
  };
}
const events = (from: number, to: number, text = "e"): KeptEvent[] =>
  Array.from({ length: to - from + 1 }, (_, at) => ({
    seq: from + at,
    text: `${text}${from + at}`,
  }));
const seqs = (all: readonly KeptEvent[]) => all.map(({ seq }) => seq);

function command(id: string): Omit<KeptCommand, "number"> {
  const messageId = MessageId.parse(id);
  return {
    ...{ commandId: CommandId.parse(id), hostId, askedAt: 5, error: null, isThere: false },
    state: "queued",
    wish: { kind: "send", sessionId, messageId, text: id, attachments: [], delivery: "auto" },
  };
}

function open(vault = memoryVault()) {
  let last: Promise<unknown> = Promise.resolve();
  const alone = <T>(work: () => Promise<T>): Promise<T> => {
    const done = last.then(work);
    last = done.catch(() => undefined);
    return done;
  };
  return createReplicaStore(vault, alone);
}

describe("the replica's store", () => {
  it("gives events of a range in order, over many blocks", async () => {
    const store = open();
    await store.saveSession(kept(300), events(1, 300), true);
    expect(seqs(await store.events(sessionId, 60, 70))).toEqual(seqs(events(61, 70)));
    expect(seqs(await store.events(sessionId, 0, 300))).toEqual(seqs(events(1, 300)));
    expect(await store.events(sessionId, 300, 300)).toEqual([]);
    expect(await store.sessions()).toEqual([kept(300)]);
  });

  it("adds to what is there, before and after, and replaces the same seq", async () => {
    const store = open();
    await store.saveSession(kept(130, 100), events(100, 130), true);
    await store.saveSession(kept(131, 50), [...events(50, 99), ...events(131, 131)], false);
    await store.saveSession(kept(131, 50), events(120, 120, "new"), false);
    const all = await store.events(sessionId, 0, 200);
    expect(seqs(all)).toEqual(seqs(events(50, 131)));
    expect(all.find(({ seq }) => seq === 120)?.text).toBe("new120");
  });

  it("begins anew without what was there, and removes a session with all of it", async () => {
    const vault = memoryVault();
    const store = open(vault);
    await store.saveSession(kept(300), events(1, 300), true);
    await store.saveSession(kept(3), events(1, 3), true);
    expect(seqs(await store.events(sessionId, 0, 300))).toEqual([1, 2, 3]);
    await store.removeSession(sessionId);
    expect(await vault.names("replica/")).toEqual([]);
  });

  it("numbers commands, never one number twice, also after they are gone", async () => {
    const vault = memoryVault();
    const store = open(vault);
    const both = await Promise.all([
      store.addCommand(command("a"), 0),
      store.addCommand(command("b"), 0),
    ]);
    expect(both.map(({ number }) => number)).toEqual([1, 2]);
    await store.removeCommand(CommandId.parse("b"));
    const later = await open(vault).addCommand(command("c"), 0);
    expect(later.number).toBe(3);
    expect((await store.addCommand(command("d"), 9)).number).toBe(10);
  });

  it("keeps commands as they were given, and lets go of none that is gone", async () => {
    const store = open();
    const added = await store.addCommand(command("a"), 0);
    await store.saveCommand({ ...added, state: "sent", isThere: true });
    expect(await store.commands()).toMatchObject([{ ...added, state: "sent", isThere: true }]);
    await store.removeCommand(added.commandId);
    await store.saveCommand(added);
    expect(await store.commands()).toEqual([]);
  });
});
