// The host's engine at a server in memory: what it pushes when, and what it does when that fails.
import { describe, expect, it } from "vitest";
import { AetheriaError } from "../../contract/errors.ts";
import { RunId, SessionId } from "../../contract/ids.ts";
import { openRig } from "../../testing/mirror-sim/rig.ts";
import { textOnlyEvent } from "./text-only.ts";

const runId = RunId.parse("run");
const openText = (text: string) => ({
  openTexts: [{ kind: "text" as const, runId, turn: 1, text }],
  openOutputs: [],
});

describe("the host's mirror", () => {
  it("brings what waits to the server, in order and byte for byte", async () => {
    const rig = await openRig();
    rig.create(1_300);
    rig.host.start();
    await rig.time.pass(5_000);
    expect(await rig.opened()).toEqual(rig.local());
    expect(rig.host.engine().state()).toEqual({
      ...{ phase: "up_to_date", waitingEvents: 0, lagMs: 0, error: null, retryAt: null },
    });
    expect(rig.tables.dump()).not.toContain("zebra");
  });

  it("lets a new session go up while a long one still waits", async () => {
    const rig = await openRig();
    const [long, short] = ["long", "short"].map((id) => SessionId.parse(id));
    rig.create(20_000, "all", long);
    rig.host.start();
    await rig.time.pass(300);
    rig.create(3, "all", short);
    await rig.time.pass(200);
    expect(await rig.opened(short)).toEqual(rig.local(short));
    expect(rig.host.engine().state()).toMatchObject({ phase: "behind" });
  });

  it("tries a push that fails ever more rarely and with little, though all else works", async () => {
    const rig = await openRig();
    rig.create(5_000);
    const { network } = rig.host.device;
    const request = network.request.bind(network);
    const pushes: number[] = [];
    let fails = true;
    network.request = async (name, signal) => {
      if (name === "push") pushes.push(rig.time.now());
      await request(name, signal);
      if (name === "push" && fails)
        throw new AetheriaError("cloud_unreachable", "No.", { retryable: true });
    };
    rig.host.start();
    await rig.time.pass(300_000);
    expect(pushes.length).toBeLessThan(25);
    expect(rig.host.engine().state()).toMatchObject({
      ...{ phase: "waiting", waitingEvents: 5_001, error: { code: "cloud_unreachable" } },
    });
    fails = false;
    rig.host.engine().wake();
    await rig.time.pass(10_000);
    expect(await rig.opened()).toEqual(rig.local());
    expect(rig.host.engine().state()).toMatchObject({ phase: "up_to_date", error: null });
  });

  it("says four times a second at most what is open, whole, and an event at once", async () => {
    const rig = await openRig();
    rig.create(0);
    rig.host.start();
    await rig.time.pass(5_000);
    const rows: (string | null)[] = [];
    rig.tables.listen((change) => {
      if (change.table === "sessions") rows.push(change.row.open);
    });
    for (let piece = 1; piece <= 200; piece++) {
      rig.host.disk.setOpen(rig.sessionId, openText("word ".repeat(piece)));
      rig.host.engine().openChanged(rig.sessionId);
      await rig.time.pass(10);
    }
    expect(rows.length).toBeGreaterThanOrEqual(6);
    expect(rows.length).toBeLessThanOrEqual(9);
    rig.host.disk.setOpen(rig.sessionId, { openTexts: [], openOutputs: [] });
    rig.rename(1);
    await rig.time.pass(120);
    expect(rig.tables.session(rig.sessionId)).toMatchObject({ seq: 2, open: null });
  });

  it("mirrors text only as text only, and deletes before it sends something else", async () => {
    const rig = await openRig();
    rig.create(3, "text");
    rig.host.start();
    await rig.time.pass(5_000);
    const events = rig.host.disk.sessions.get(rig.sessionId)?.events ?? [];
    const texts = events.map((event) => JSON.stringify(textOnlyEvent(event)));
    expect(await rig.opened()).toEqual(texts);
    rig.host.disk.choose(rig.sessionId, "all");
    await rig.time.pass(5_000);
    expect(await rig.opened()).toEqual(rig.local());
    rig.host.disk.choose(rig.sessionId, "none");
    await rig.time.pass(5_000);
    expect(rig.tables.session(rig.sessionId)).toMatchObject({ head: "", seq: 0 });
    expect(await rig.opened()).toEqual([]);
  });

  it("deletes there what was deleted here, and sends nothing of what is not to be there", async () => {
    const rig = await openRig();
    rig.create(3);
    rig.create(3, "none", SessionId.parse("private"));
    rig.host.start();
    await rig.time.pass(5_000);
    rig.host.disk.delete(rig.sessionId);
    await rig.time.pass(5_000);
    expect(rig.tables.session(rig.sessionId)?.deleted_at).toEqual(expect.any(String));
    expect(rig.tables.session(SessionId.parse("private"))).toBeNull();
  });

  it("goes back to what the server has when that was restored or wiped", async () => {
    for (const seq of [0, 4]) {
      const rig = await openRig();
      rig.create(9);
      rig.host.start();
      await rig.time.pass(5_000);
      rig.tables.forget(rig.sessionId, seq);
      rig.rename(1);
      await rig.time.pass(5_000);
      expect(await rig.opened()).toEqual(rig.local());
    }
  });

  it("replaces a past that this computer no longer knows", async () => {
    const rig = await openRig();
    rig.create(9);
    rig.host.start();
    await rig.time.pass(5_000);
    rig.host.device.life()?.die();
    rig.host.disk.loseTail(rig.sessionId, 4);
    rig.rename(4);
    rig.host.start();
    await rig.time.pass(5_000);
    expect(await rig.opened()).toEqual(rig.local());
  });

  it("waits longer and longer, says why and until when, and is awake at once when told", async () => {
    const rig = await openRig();
    rig.host.device.network.setUp(false);
    rig.create(5);
    rig.host.start();
    await rig.time.pass(600_000);
    const state = rig.host.engine().state();
    expect(state).toMatchObject({ phase: "waiting", error: { code: "cloud_unreachable" } });
    expect(state.retryAt).toBeGreaterThan(rig.time.now());
    expect(rig.host.device.network.requests).toBeLessThan(60);
    rig.host.device.network.setUp(true);
    rig.host.engine().wake();
    await rig.time.pass(1_000);
    expect(rig.host.engine().state()).toMatchObject({ phase: "up_to_date", error: null });
  });

  it("is blocked when it is signed out, goes on when the person is back, and keeps everything", async () => {
    const rig = await openRig();
    rig.create(5);
    rig.user.signOut();
    rig.host.start();
    await rig.time.pass(60_000);
    expect(rig.host.engine().state()).toMatchObject({
      ...{ phase: "blocked", waitingEvents: 0, error: { code: "unauthorized" } },
    });
    rig.user.signIn();
    rig.host.engine().wake();
    await rig.time.pass(5_000);
    expect(await rig.opened()).toEqual(rig.local());
  });

  it("sends less at once when it was too much, and goes on past what never fits", async () => {
    const rig = await openRig();
    const small = SessionId.parse("small");
    rig.create(0);
    const title = "x".repeat(100_000);
    rig.host.disk.append(rig.sessionId, [
      { type: "session.renamed", data: { title, by: "agent" } },
    ]);
    rig.create(300, "all", small);
    const { push } = rig.tables;
    rig.tables.push = (batch) => {
      const size = batch.events.reduce((sum, row) => sum + row.payload.length, 0);
      if (size > 20_000) throw new AetheriaError("too_large", "That is too large.");
      return push(batch);
    };
    rig.host.start();
    await rig.time.pass(60_000);
    expect(await rig.opened(small)).toEqual(rig.local(small));
    expect(rig.host.engine().state()).toMatchObject({
      ...{ phase: "blocked", waitingEvents: 1, error: { code: "too_large" } },
    });
  });

  it("seals with the newest key from when there is one", async () => {
    const rig = await openRig();
    rig.create(1);
    rig.host.start();
    await rig.time.pass(5_000);
    rig.host.device.generation = 2;
    rig.rename(1);
    await rig.time.pass(5_000);
    const rows = rig.tables.events(rig.sessionId, { from: 0, limit: 9 });
    expect(rows.map((row) => row.generation)).toEqual([1, 1, 2]);
  });
});
