// The companion's copy at a server in memory: what it shows with and without a net, and what no server
// can make it believe.
import { describe, expect, it } from "vitest";
import type { SessionSnapshot } from "../../contract/calls.ts";
import type { ErrorData } from "../../contract/errors.ts";
import type { LiveEvent, SessionEvent } from "../../contract/events.ts";
import { MessageId, RunId, SessionId } from "../../contract/ids.ts";
import type { Wish } from "./replica-ports.ts";
import { openRig } from "../../testing/mirror-sim/rig.ts";

type Rig = Awaited<ReturnType<typeof openRig>>;

/** Everything that a screen would be told. */
function watch(rig: Rig, sessionId = rig.sessionId) {
  const told = {
    resets: [] as SessionSnapshot[],
    events: [] as SessionEvent[],
    live: [] as LiveEvent[],
    failed: null as ErrorData | null,
  };
  rig.phone.replica().watch(sessionId, {
    reset(snapshot) {
      told.resets.push(snapshot);
      told.events = [...snapshot.events];
    },
    events: (events) => void told.events.push(...events),
    live: (events) => void told.live.push(...events),
    failed: (error) => void (told.failed = error),
  });
  return told;
}

const send = (rig: Rig, text: string): Wish => ({
  ...{ kind: "send", sessionId: rig.sessionId, messageId: MessageId.parse(text) },
  ...{ text, attachments: [], delivery: "auto" },
});

async function started(events: number): Promise<Rig> {
  const rig = await openRig();
  rig.create(events);
  rig.host.start();
  rig.phone.start();
  await rig.time.pass(5_000);
  return rig;
}

describe("the companion's replica", () => {
  it("shows a session from its end, what happens next, and earlier pages on demand", async () => {
    const rig = await started(2_000);
    const told = watch(rig);
    await rig.time.pass(1_000);
    expect(told.resets).toHaveLength(1);
    expect(told.resets[0]?.hasEarlier).toBe(true);
    rig.rename(2);
    await rig.time.pass(1_000);
    expect(told.events.at(-1)?.seq).toBe(2_003);
    expect(told.resets).toHaveLength(1);
    const { signal } = new AbortController();
    const reading = rig.phone.replica().history(rig.sessionId, 900, 50, signal);
    await rig.time.pass(1_000);
    const page = await reading;
    expect(page.events.at(-1)?.seq).toBe(899);
    expect(page.hasEarlier).toBe(true);
  });

  it("is read without a net after a restart, and catches up when it is back", async () => {
    const rig = await started(20);
    rig.phone.device.network.setUp(false);
    rig.rename(600);
    await rig.time.pass(60_000);
    rig.phone.start();
    await rig.time.pass(1);
    const told = watch(rig);
    await rig.time.pass(60_000);
    expect(told.events).toHaveLength(21);
    expect(rig.phone.replica().state()).toMatchObject({ phase: "waiting" });
    rig.phone.device.network.setUp(true);
    await rig.time.pass(60_000);
    expect(told.events.map(({ seq }) => seq)).toEqual(told.events.map((_, at) => at + 1));
    expect(await rig.phone.kept(rig.sessionId)).toEqual(rig.local());
  });

  it("opens what it could not open before, once it has the key", async () => {
    const rig = await openRig();
    rig.host.device.generation = 2;
    rig.create(3);
    rig.host.start();
    rig.phone.start();
    await rig.time.pass(5_000);
    expect(rig.phone.replica().sessions()).toEqual([]);
    rig.phone.device.generation = 2;
    rig.phone.replica().wake();
    await rig.time.pass(5_000);
    const told = watch(rig);
    await rig.time.pass(5_000);
    expect(rig.phone.replica().sessions()).toMatchObject([{ problem: null }]);
    expect(told.events.map(({ seq }) => seq)).toEqual(rig.local().map((_, at) => at + 1));
  });

  it("tells only what is new of an open text", async () => {
    const rig = await started(3);
    const told = watch(rig);
    await rig.time.pass(1_000);
    for (const text of ["The ", "The answer ", "The answer is 42."]) {
      const openTexts = [{ kind: "text" as const, runId: RunId.parse("r"), turn: 1, text }];
      rig.host.disk.setOpen(rig.sessionId, { openTexts, openOutputs: [] });
      rig.host.engine().openChanged(rig.sessionId);
      await rig.time.pass(1_000);
    }
    const pieces = told.live.map((one) =>
      one.type === "text.delta" ? [one.offset, one.text] : [],
    );
    expect(pieces).toEqual([
      [0, "The "],
      [4, "answer "],
      [11, "is 42."],
    ]);
  });

  it("lets what was changed on the way stand without effect, says so, and goes on", async () => {
    const rig = await openRig();
    rig.create(9);
    rig.host.start();
    await rig.time.pass(5_000);
    const [row] = rig.tables.events(rig.sessionId, { from: 4, limit: 1 });
    // A row of the same session in another's place.
    rig.tables.tamper(rig.sessionId, 3, row?.payload ?? "");
    rig.phone.start();
    await rig.time.pass(5_000);
    const told = watch(rig);
    await rig.time.pass(1_000);
    expect(told.events.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(told.events[2]).toMatchObject({ type: "session.configured", data: {} });
    expect(rig.phone.replica().sessions()[0]?.problem).toMatchObject({ code: "tampered" });
  });

  it("opens what it could not open once it has the key", async () => {
    const rig = await started(3);
    rig.host.device.generation = 2;
    rig.rename(3);
    await rig.time.pass(5_000);
    const told = watch(rig);
    await rig.time.pass(1_000);
    expect(told.events).toHaveLength(7);
    expect(rig.phone.replica().sessions()[0]?.problem).toMatchObject({ code: "locked" });
    rig.phone.device.generation = 2;
    rig.phone.replica().wake();
    await rig.time.pass(5_000);
    expect(await rig.phone.kept(rig.sessionId)).toEqual(rig.local());
    expect(told.resets.at(-1)?.events.map(({ type }) => type)).not.toContain("session.configured");
    expect(rig.phone.replica().sessions()[0]?.problem).toBeNull();
  });

  it("asks for an update where it meets what it does not know, and keeps it for then", async () => {
    const rig = await started(3);
    rig.host.disk.append(rig.sessionId, [JSON.parse('{"type":"robot.moved","data":{}}')]);
    await rig.time.pass(5_000);
    const told = watch(rig);
    await rig.time.pass(1_000);
    expect(told.events).toHaveLength(5);
    const [session] = rig.phone.replica().sessions();
    expect(session?.problem?.hint).toBe("Update Aetheria on this device; then it is shown.");
    expect(await rig.phone.kept(rig.sessionId)).toEqual(rig.local());
  });

  it("does not jump over an event that the server leaves out, and does not ask for ever", async () => {
    const rig = await openRig();
    rig.create(9);
    rig.host.start();
    await rig.time.pass(5_000);
    const { events } = rig.tables;
    rig.tables.events = (...given) => events(...given).filter((row) => row.seq !== 5);
    rig.phone.start();
    await rig.time.pass(60_000);
    expect(await rig.phone.kept(rig.sessionId)).toEqual(rig.local().slice(0, 4));
    expect(rig.phone.device.network.requests).toBeLessThan(60);
  });

  it("forgets what was deleted, and tells who looks at it", async () => {
    const rig = await started(3);
    const told = watch(rig);
    await rig.time.pass(1_000);
    rig.host.disk.delete(rig.sessionId);
    await rig.time.pass(1_000);
    expect(told.failed).toMatchObject({ code: "not_found" });
    expect(rig.phone.replica().sessions()).toEqual([]);
    const never = watch(rig, SessionId.parse("never"));
    await rig.time.pass(1_000);
    expect(never.failed).toMatchObject({ code: "not_found" });
  });

  it("begins anew where the log is another than it knew, though it is as long", async () => {
    const rig = await started(9);
    rig.phone.device.network.setUp(false);
    rig.host.device.life()?.die();
    rig.host.disk.loseTail(rig.sessionId, 5);
    rig.rename(5);
    rig.host.start();
    await rig.time.pass(10_000);
    rig.phone.device.network.setUp(true);
    await rig.time.pass(60_000);
    expect(await rig.phone.kept(rig.sessionId)).toEqual(rig.local());
  });

  it("does not keep an end that the log has lost", async () => {
    const rig = await started(9);
    rig.phone.device.network.setUp(false);
    rig.host.device.life()?.die();
    rig.host.disk.loseTail(rig.sessionId, 5);
    rig.host.start();
    await rig.time.pass(10_000);
    rig.phone.device.network.setUp(true);
    await rig.time.pass(60_000);
    expect(await rig.phone.kept(rig.sessionId)).toEqual(rig.local());
  });

  it("keeps commands while it is offline and sends them in order, each done once", async () => {
    const rig = await started(1);
    rig.phone.device.network.setUp(false);
    for (const text of ["one", "two", "three"]) await rig.phone.replica().send(send(rig, text));
    await rig.time.pass(3_600_000);
    expect(rig.phone.list().map(({ state }) => state)).toEqual(["queued", "queued", "queued"]);
    rig.phone.start();
    await rig.time.pass(1_000);
    rig.phone.device.network.setUp(true);
    await rig.time.pass(60_000);
    const sent = rig.host.disk.effects.map(
      ({ command }) => command.kind === "send" && command.text,
    );
    expect(sent).toEqual(["one", "two", "three"]);
    expect(rig.phone.list()).toEqual([]);
    expect(rig.tables.sentCommands(rig.phone.signer.deviceId)).toEqual([]);
  });

  it("signs an answer for when it was given, on a device whose clock is a day off", async () => {
    const rig = await started(1);
    rig.phone.device.skewMs = 86_400_000;
    await rig.phone.replica().send(send(rig, "now"));
    await rig.time.pass(5_000);
    rig.phone.device.network.setUp(false);
    const stop = { kind: "stop" as const, sessionId: rig.sessionId, runId: RunId.parse("r") };
    await rig.phone.replica().send(stop);
    await rig.time.pass(660_000);
    rig.phone.device.network.setUp(true);
    await rig.time.pass(60_000);
    expect(rig.host.disk.effects).toHaveLength(1);
    expect(rig.phone.list()).toMatchObject([{ state: "refused", error: { code: "expired" } }]);
  });
});
