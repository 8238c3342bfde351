// The mirror's source against a server in memory, with a host that seals as the real one does.
import { afterEach, describe, expect, it } from "vitest";
import { createSealer } from "../../cloud/create-sealer.ts";
import { newKeyRing } from "../../cloud/key-ring.ts";
import { createSigner, newSigningKeys } from "../../cloud/signer.ts";
import { AetheriaError } from "../../contract/errors.ts";
import { DeviceId, MessageId, SessionId } from "../../contract/ids.ts";
import type { SessionSummary } from "../../contract/session.ts";
import type { Clock } from "../../core/ports.ts";
import {
  createFakeMirrorServer,
  perfectNetwork,
  type FakeNetwork,
} from "../../testing/fake-mirror-server.ts";
import { fakeSummary } from "../../testing/fake-session.ts";
import { memoryVault } from "../cache/vault.ts";
import { createReplicaStore } from "../mirror/replica-store.ts";
import { createMirrorSource } from "./mirror-source.ts";
import type { Source, SourceState, WaitingWish } from "./source.ts";

const hostId = DeviceId.parse("host-1");
const sessionId = SessionId.parse("session-1");
const signal = new AbortController().signal;
const open: Source[] = [];
afterEach(() => open.splice(0).forEach((source) => source.close()));

/** Time that passes when it is told to. */
function handClock() {
  let now = 1_000_000;
  const sleepers = new Set<{ until: number; wake(): void }>();
  const clock: Clock = {
    now: () => now,
    sleep: (ms, ending) =>
      new Promise((resolve, reject) => {
        const sleeper = { until: now + ms, wake: () => resolve() };
        sleepers.add(sleeper);
        ending.addEventListener("abort", () => {
          sleepers.delete(sleeper);
          reject(ending.reason);
        });
      }),
  };
  const pass = (ms: number) => {
    now += ms;
    for (const sleeper of sleepers) if (sleeper.until <= now) sleeper.wake();
  };
  return { clock, pass };
}

async function mirrored() {
  const { clock, pass } = handClock();
  const user = createFakeMirrorServer(clock.now).newUser();
  const sealer = await createSealer({ userId: "user-1", keys: newKeyRing().keys });
  const host = user.open();
  const summary: SessionSummary = fakeSummary({ sessionId, title: "Quarterly report", seq: 1 });
  const created = {
    ...{ seq: 1, at: 1, type: "session.created" },
    data: { title: "Quarterly report", workspace: null, model: null, mode: "balanced" },
  };
  const push = async (): Promise<void> => {
    const place = [sessionId, hostId];
    const head = await sealer.seal("head", place, JSON.stringify({ summary, choice: "all" }));
    const payload = await sealer.seal("event", [sessionId, 1], JSON.stringify(created));
    const { generation } = sealer;
    await host.push(
      {
        hostId,
        sessions: [{ session_id: sessionId, generation, seq: 1, head, open: null, epoch: 0 }],
        events: [{ session_id: sessionId, seq: 1, generation, payload }],
        deleted: [],
      },
      signal,
    );
  };
  const deviceId = DeviceId.parse("phone-1");
  const signer = await createSigner(deviceId, await newSigningKeys());
  let ids = 0;
  const vault = memoryVault();
  const begin = (network?: FakeNetwork) => {
    const source = createMirrorSource({
      ...{ server: user.open(network), sealer, signer, clock, random: () => 0.5 },
      ...{ store: createReplicaStore(vault, (work) => work()) },
      ...{
        ids: { next: () => `id-${++ids}` },
        leave: async () => {},
        wantPush: async () => {},
        close: () => {},
      },
    });
    open.push(source);
    const seen = {
      states: [] as SourceState[],
      titles: [] as string[],
      waiting: [] as WaitingWish[],
    };
    source.onState((state) => seen.states.push(state));
    source.onSessions((all) => (seen.titles = all.map(({ title }) => title)));
    source.onWaiting((all) => (seen.waiting = [...all]));
    return { source, seen };
  };
  return { user, host, pass, push, begin };
}

const until = (isTrue: () => boolean) => expect.poll(isTrue, { timeout: 5_000 }).toBe(true);

describe("the mirror as a source", () => {
  it("shows sessions and opens them", async () => {
    const { push, begin } = await mirrored();
    await push();
    const { source, seen } = begin();
    await until(() => seen.titles.includes("Quarterly report"));
    const types: string[] = [];
    source.watch(sessionId, {
      reset: ({ events }) => types.push(...events.map(({ type }) => type)),
      events: (events) => types.push(...events.map(({ type }) => type)),
      live: () => {},
    });
    await until(() => types.includes("session.created"));
    expect(source.state()).toEqual({ kind: "mirror" });
    expect([source.upload, source.create]).toEqual([null, null]);
  });

  it("shows without a net what it has kept, also when asked before it was read", async () => {
    const { push, begin } = await mirrored();
    await push();
    const first = begin();
    const nothing = { reset: () => {}, events: () => {}, live: () => {} };
    first.source.watch(sessionId, nothing);
    await until(() => first.seen.titles.length === 1);
    await until(() => first.source.state().kind === "mirror");
    first.source.close();
    const offline = async () => {
      throw new AetheriaError("offline", "No net.", { retryable: true });
    };
    const { source, seen } = begin({ ...perfectNetwork, request: offline });
    const types: string[] = [];
    source.watch(sessionId, {
      ...nothing,
      reset: ({ events }) => types.push(...events.map(({ type }) => type)),
    });
    await until(() => types.includes("session.created"));
    expect(seen.titles).toEqual(["Quarterly report"]);
    await until(() => source.state().kind === "offline");
  });

  it("queues a message, sends it signed, and says when the host is asleep", async () => {
    const { host, push, begin, pass } = await mirrored();
    await push();
    const { source, seen } = begin();
    await until(() => seen.titles.length === 1);
    const messageId = MessageId.parse("message-1");
    await source.wish({
      ...{ kind: "send", sessionId, messageId, text: "hello", attachments: [], delivery: "auto" },
    });
    expect(seen.waiting).toMatchObject([{ wish: { kind: "send", text: "hello" }, error: null }]);
    let count = 0;
    await expect
      .poll(async () => (count = (await host.commands(hostId, signal)).rows.length))
      .toBe(1);
    expect(count).toBe(1);
    await until(() => source.state().kind === "mirror");
    pass(20_000);
    await until(() => source.state().kind === "asleep");
  });

  it("says since when the host is not there, and that it is back, with nothing asked of it", async () => {
    const { host, push, begin, pass } = await mirrored();
    await push();
    const device = { device_id: hostId, kind: "host" as const, generation: 1 };
    await host.saveDevice({ ...device, card: "sealed", public_key: "key" }, signal);
    const { source } = begin();
    await until(() => source.state().kind === "mirror");
    pass(200_000);
    await until(() => source.state().kind === "asleep");
    expect(source.state()).toEqual({ kind: "asleep", since: 1_000_000 });
    await host.commands(hostId, signal);
    await until(() => source.state().kind === "mirror");
  });

  it("tells a sign-in that has ended as something only the person can mend", async () => {
    const { user, begin } = await mirrored();
    user.signOut();
    const { source } = begin();
    await until(() => source.state().kind === "refused");
    expect(source.state()).toMatchObject({ error: { code: "unauthorized" } });
  });
});
