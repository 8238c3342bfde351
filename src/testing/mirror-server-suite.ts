// What every MirrorServer must do, whatever it is made of: run against the fake and against Supabase.
// Each test has accounts of its own, so that none sees what another left.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { CommandId, DeviceId, SessionId } from "../contract/ids.ts";
import type { AttachmentRow, CommandRow, EventRow, KeyRow } from "../contract/mirror.ts";
import type { MirrorServer, PushBatch, ServerNews } from "../core/mirror/ports.ts";

export type MirrorServerRig = {
  newUser(): Promise<MirrorUser>;
  close(): Promise<void>;
};

export type MirrorUser = {
  /** One more device of this account, signed in. */
  open(): Promise<MirrorServer>;
  /** What its devices were let in with no longer counts; they may renew it. */
  expireTokens(): Promise<void>;
  /** Its devices were there last a minute earlier than they were. */
  backdateSeen(): Promise<void>;
};

const hostA = DeviceId.parse("01900000-0000-7000-8000-0000000000a0");
const hostB = DeviceId.parse("01900000-0000-7000-8000-0000000000b0");
const phone = DeviceId.parse("01900000-0000-7000-8000-0000000000c0");
const sessionA = SessionId.parse("01900000-0000-7000-8000-00000000000a");
const sessionB = SessionId.parse("01900000-0000-7000-8000-00000000000b");

/** Unlike any other row's, as sealed text is. */
const sealed = (of: string): string => Buffer.from(`nonce of ${of}`).toString("base64url");

const eventRow = (
  session_id: SessionId,
  seq: number,
  payload = sealed(`event ${seq}`),
): EventRow => ({
  session_id,
  seq,
  generation: 1,
  payload,
});

const sessionRow = (session_id: SessionId, seq: number, more: { open?: string } = {}) => ({
  session_id,
  generation: 1,
  seq,
  head: sealed(`head ${session_id} ${seq}`),
  open: more.open ?? null,
  epoch: 0,
});

/** Events from..to of one session, with its head. */
function batch(
  session: SessionId,
  from: number,
  to: number,
  more: { open?: string } = {},
): PushBatch {
  const seqs = Array.from({ length: to - from + 1 }, (_, at) => from + at);
  return {
    hostId: hostA,
    sessions: [sessionRow(session, to, more)],
    events: seqs.map((seq) => eventRow(session, seq)),
    deleted: [],
  };
}

const commandRow = (
  number: number,
  more: Partial<CommandRow> = {},
): Omit<CommandRow, "answer" | "created_at"> => ({
  command_id: CommandId.parse(`command-${number}-${more.host_id ?? hostA}`),
  device_id: phone,
  host_id: hostA,
  session_id: sessionA,
  number,
  generation: 1,
  payload: sealed(`command ${number}`),
  signature: "c2lnbmF0dXJl",
  ...more,
});

const keyRow = (generation: number): KeyRow => ({
  generation,
  salt: "AAAAAAAAAAAAAAAAAAAAAA",
  memory_kib: 65_536,
  passes: 3,
  lanes: 1,
  wrapped: sealed(`keys ${generation}`),
});

const deviceRow = (device_id: DeviceId, card = sealed(`card of ${device_id}`)) => ({
  device_id,
  kind: device_id === phone ? ("companion" as const) : ("host" as const),
  generation: 1,
  card,
  public_key: "cHVibGlj",
});

const attachmentRow = (more: Partial<AttachmentRow> = {}): AttachmentRow => ({
  attachment_id: "attachment-1",
  session_id: sessionA,
  generation: 1,
  card: sealed("card"),
  pieces: 2,
  stored_pieces: 0,
  size_bytes: 300,
  ...more,
});

export function mirrorServerSuite(name: string, start: () => Promise<MirrorServerRig>): void {
  describe(name, () => {
    let rig: MirrorServerRig;
    let user: MirrorUser;
    let server: MirrorServer;
    const signal = new AbortController().signal;

    beforeAll(async () => void (rig = await start()));
    afterAll(() => rig?.close());
    beforeEach(async () => {
      user = await rig.newUser();
      server = await user.open();
    });

    const everything = { from: 0, limit: 10_000 };
    const seqsOf = (rows: EventRow[]) => rows.map((row) => row.seq);
    const withDevices = async (on = server) => {
      for (const id of [hostA, hostB, phone]) await on.saveDevice(deviceRow(id), signal);
    };

    /** What is told from the moment the watch has joined. */
    async function watched(hostId: DeviceId | null, by = server) {
      const news: ServerNews[] = [];
      const stop = by.watch(hostId, (one) => news.push(one));
      await expect.poll(() => news.map((one) => one.type)).toContain("joined");
      const told = <Type extends ServerNews["type"]>(type: Type) =>
        news.filter((one): one is Extract<ServerNews, { type: Type }> => one.type === type);
      return { news, told, stop };
    }

    describe("sessions and events", () => {
      it("come back as they were pushed, in order", async () => {
        const pushed = await server.push(batch(sessionA, 1, 5, { open: sealed("open") }), signal);
        expect(pushed.seqs).toEqual(new Map([[sessionA, 5]]));
        const rows = await server.events(sessionA, everything, signal);
        expect(rows).toEqual(batch(sessionA, 1, 5).events);
        const row = await server.session(sessionA, signal);
        expect(row).toMatchObject({
          ...sessionRow(sessionA, 5, { open: sealed("open") }),
          host_id: hostA,
          deleted_at: null,
        });
        expect(Date.parse(row?.updated_at ?? "")).toBeGreaterThan(0);
        expect(await server.sessions(undefined, signal)).toEqual([row]);
        expect(await server.session(sessionB, signal)).toBeNull();
      });

      it("stay as they are when they are pushed again", async () => {
        await server.push(batch(sessionA, 1, 3), signal);
        const changed = batch(sessionA, 2, 4);
        changed.events[0] = eventRow(sessionA, 2, sealed("changed"));
        const pushed = await server.push(changed, signal);
        expect(pushed.seqs.get(sessionA)).toBe(4);
        const rows = await server.events(sessionA, everything, signal);
        expect(rows).toEqual(batch(sessionA, 1, 4).events);
      });

      it("say how far the server is, also when nothing is pushed with it", async () => {
        await server.push(batch(sessionA, 1, 3), signal);
        const again = { ...batch(sessionA, 1, 3), events: [] };
        expect((await server.push(again, signal)).seqs.get(sessionA)).toBe(3);
      });

      it("are refused with a hole, and then nothing of the batch stays", async () => {
        await server.push(batch(sessionA, 1, 2), signal);
        const holed = batch(sessionA, 4, 5);
        const both = {
          ...holed,
          sessions: [...holed.sessions, sessionRow(sessionB, 1)],
          events: [...holed.events, eventRow(sessionB, 1)],
        };
        await expect(server.push(both, signal)).rejects.toMatchObject({ code: "conflict" });
        expect(seqsOf(await server.events(sessionA, everything, signal))).toEqual([1, 2]);
        expect((await server.session(sessionA, signal))?.seq).toBe(2);
        expect(await server.session(sessionB, signal)).toBeNull();
        const first = batch(sessionB, 2, 2);
        await expect(server.push(first, signal)).rejects.toMatchObject({ code: "conflict" });
      });

      it("are read from where one is, as far as one wants", async () => {
        await server.push(batch(sessionA, 1, 9), signal);
        const read = async (from: number, to: number | undefined, limit: number) =>
          seqsOf(
            await server.events(
              sessionA,
              { from, limit, ...(to === undefined ? {} : { to }) },
              signal,
            ),
          );
        expect(await read(3, undefined, 100)).toEqual([4, 5, 6, 7, 8, 9]);
        expect(await read(3, 6, 100)).toEqual([4, 5, 6]);
        expect(await read(0, undefined, 2)).toEqual([1, 2]);
        expect(await read(9, undefined, 2)).toEqual([]);
      });

      it("are read whole, however many there are", async () => {
        await server.push(batch(sessionA, 1, 1_300), signal);
        await server.push(batch(sessionA, 1_301, 2_300), signal);
        const seqs = seqsOf(await server.events(sessionA, everything, signal));
        expect(seqs).toEqual(Array.from({ length: 2_300 }, (_, at) => at + 1));
        const some = await server.events(sessionA, { from: 100, limit: 1_500 }, signal);
        expect(seqsOf(some)).toEqual(seqs.slice(100, 1_600));
      });

      it("are gone once deleted, and the deletion is told to who comes later", async () => {
        await server.push(batch(sessionA, 1, 2), signal);
        await server.push(batch(sessionB, 1, 2), signal);
        await server.push({ hostId: hostA, sessions: [], events: [], deleted: [sessionA] }, signal);
        const row = await server.session(sessionA, signal);
        expect(row).toMatchObject({ head: "", open: null, deleted_at: expect.any(String) });
        expect(await server.events(sessionA, everything, signal)).toEqual([]);
        const idsSince = async (since: string | undefined) =>
          (await server.sessions(since, signal)).map((session) => session.session_id).toSorted();
        const at = Date.parse(row?.deleted_at ?? "");
        expect(await idsSince(undefined)).toEqual([sessionA, sessionB]);
        expect(await idsSince(new Date(at - 1_000).toISOString())).toEqual([sessionA, sessionB]);
        expect(await idsSince(new Date(at + 1_000).toISOString())).toEqual([sessionB]);
      });

      it("take nothing that was written before they were deleted", async () => {
        await server.push(batch(sessionA, 1, 2), signal);
        await server.push(
          { ...batch(sessionA, 1, 0), sessions: [], deleted: [sessionA, sessionB] },
          signal,
        );
        for (const [session, to] of [
          [sessionA, 3],
          [sessionB, 1],
        ] as const)
          await expect(server.push(batch(session, 1, to), signal)).rejects.toMatchObject({
            code: "conflict",
          });
        const row = await server.session(sessionA, signal);
        expect(row).toMatchObject({ epoch: 1, seq: 0, head: "" });
        const again = batch(sessionA, 1, 1);
        const sessions = again.sessions.map((one) => ({ ...one, epoch: 1 }));
        await server.push({ ...again, sessions }, signal);
        expect(await server.session(sessionA, signal)).toMatchObject({ epoch: 1, seq: 1 });
      });
    });

    describe("commands", () => {
      beforeEach(async () => {
        await withDevices();
        await server.push(batch(sessionA, 1, 1), signal);
      });

      it("wait for their host, by device and number, until they are answered", async () => {
        for (const number of [1, 2, 3]) {
          const sent = await server.sendCommand(commandRow(number), signal);
          expect(sent.now).toBeGreaterThan(0);
        }
        const { now, rows } = await server.commands(hostA, signal);
        expect(now).toBeGreaterThan(0);
        expect(rows.map((row) => row.number)).toEqual([1, 2, 3]);
        expect(rows[0]).toMatchObject({ ...commandRow(1), answer: null });
        expect((await server.commands(hostB, signal)).rows).toEqual([]);
        await server.answerCommand(commandRow(1).command_id, sealed("answer"), signal);
        const left = await server.commands(hostA, signal);
        expect(left.rows.map((row) => row.number)).toEqual([2, 3]);
        const sent = await server.sentCommands(phone, signal);
        expect(sent.map((row) => row.answer)).toEqual([sealed("answer"), null, null]);
        await server.removeCommands([commandRow(1).command_id, commandRow(2).command_id], signal);
        const rest = await server.sentCommands(phone, signal);
        expect(rest.map((row) => row.number)).toEqual([3]);
        expect(await server.sentCommands(hostA, signal)).toEqual([]);
      });

      it("are there once when they are sent twice, as they were sent first", async () => {
        await server.sendCommand(commandRow(1), signal);
        await server.sendCommand(commandRow(1, { payload: sealed("changed") }), signal);
        const { rows } = await server.commands(hostA, signal);
        expect(rows.map((row) => row.payload)).toEqual([commandRow(1).payload]);
      });

      it("never share a number of their device", async () => {
        await server.sendCommand(commandRow(1), signal);
        const other = commandRow(1, { command_id: CommandId.parse("another") });
        await expect(server.sendCommand(other, signal)).rejects.toMatchObject({ code: "conflict" });
      });
    });

    describe("devices and keys", () => {
      it("are kept, and kept revoked", async () => {
        await withDevices();
        await server.saveDevice(deviceRow(phone, sealed("new name")), signal);
        const devices = await server.devices(signal);
        expect(devices.map((device) => device.device_id)).toEqual([hostA, hostB, phone]);
        expect(devices[2]).toMatchObject({
          ...deviceRow(phone, sealed("new name")),
          revoked_at: null,
        });
        expect(Date.parse(devices[2]?.seen_at ?? "")).toBeGreaterThan(0);
        await server.revokeDevice(phone, signal);
        const [, , revoked] = await server.devices(signal);
        expect(Date.parse(revoked?.revoked_at ?? "")).toBeGreaterThan(0);
        await server.saveDevice(deviceRow(phone), signal).catch(() => undefined);
        await server.revokeDevice(phone, signal);
        const [, , still] = await server.devices(signal);
        expect(still?.revoked_at).toBe(revoked?.revoked_at);
      });

      it("are seen when they ask for their commands", async () => {
        await withDevices();
        const seen = async () => Date.parse((await server.devices(signal))[0]?.seen_at ?? "");
        const before = await seen();
        await server.commands(hostA, signal);
        expect(await seen()).toBe(before);
        await user.backdateSeen();
        await server.commands(hostA, signal);
        const [asking, other] = await server.devices(signal);
        const after = [asking, other].map((device) => Date.parse(device?.seen_at ?? ""));
        expect(after[0]).toBeGreaterThanOrEqual(before);
        expect(after[1]).toBeLessThan(before);
      });

      it("have one newest key, which an older one does not replace", async () => {
        expect(await server.keys(signal)).toBeNull();
        await server.saveKeys(keyRow(1), signal);
        await server.saveKeys(keyRow(2), signal);
        expect(await server.keys(signal)).toEqual(keyRow(2));
        for (const generation of [1, 2]) {
          const again = { ...keyRow(generation), wrapped: sealed("mine") };
          await expect(server.saveKeys(again, signal)).rejects.toMatchObject({ code: "conflict" });
        }
        expect(await server.keys(signal)).toEqual(keyRow(2));
      });

      it("have addresses for push messages", async () => {
        await withDevices();
        const row = { device_id: phone, generation: 1, payload: sealed("endpoint") };
        await server.savePushEndpoint(row, signal);
        await server.savePushEndpoint({ ...row, payload: sealed("other") }, signal);
        expect(await server.pushEndpoints(signal)).toEqual([{ ...row, payload: sealed("other") }]);
        await server.removePushEndpoint(phone, signal);
        expect(await server.pushEndpoints(signal)).toEqual([]);
      });
    });

    describe("files", () => {
      const bytes = (fill: number, length = 200) => new Uint8Array(length).fill(fill);
      beforeEach(() => server.push(batch(sessionA, 1, 1), signal));

      it("come back piece by piece, also when a piece was put again", async () => {
        await server.saveAttachment(attachmentRow(), signal);
        await server.putPiece("attachment-1", 0, bytes(7), signal);
        await server.saveAttachment(attachmentRow({ stored_pieces: 1 }), signal);
        await server.putPiece("attachment-1", 1, bytes(1, 3), signal);
        await server.putPiece("attachment-1", 1, bytes(8, 100), signal);
        await server.saveAttachment(attachmentRow({ stored_pieces: 2 }), signal);
        expect(await server.attachments(sessionA, signal)).toEqual([
          attachmentRow({ stored_pieces: 2 }),
        ]);
        expect(await server.attachment("attachment-1", signal)).toEqual(
          attachmentRow({ stored_pieces: 2 }),
        );
        expect(await server.getPiece("attachment-1", 0, signal)).toEqual(bytes(7));
        expect(await server.getPiece("attachment-1", 1, signal)).toEqual(bytes(8, 100));
      });

      it("go with the last session that has them", async () => {
        await server.push(batch(sessionB, 1, 1), signal);
        for (const session_id of [sessionA, sessionB])
          await server.saveAttachment(attachmentRow({ session_id }), signal);
        await server.putPiece("attachment-1", 0, bytes(7), signal);
        const without = (session: SessionId) =>
          server.push({ hostId: hostA, sessions: [], events: [], deleted: [session] }, signal);
        await without(sessionA);
        expect(await server.attachments(sessionA, signal)).toEqual([]);
        expect(await server.getPiece("attachment-1", 0, signal)).toEqual(bytes(7));
        await without(sessionB);
        const piece = server.getPiece("attachment-1", 0, signal);
        await expect(piece).rejects.toMatchObject({ code: "not_found" });
      });

      it("are said to be missing when they are", async () => {
        expect(await server.attachment("attachment-1", signal)).toBeNull();
        const missing = server.getPiece("attachment-1", 0, signal);
        await expect(missing).rejects.toMatchObject({ code: "not_found" });
      });
    });

    describe("an account", () => {
      it("sees nothing of another, and changes nothing there", async () => {
        const other = await (await rig.newUser()).open();
        await withDevices();
        await server.push(batch(sessionA, 1, 3), signal);
        await server.sendCommand(commandRow(1), signal);
        await server.saveKeys(keyRow(1), signal);
        await server.saveAttachment(attachmentRow(), signal);
        await server.putPiece("attachment-1", 0, new Uint8Array([1, 2]), signal);

        expect(await other.sessions(undefined, signal)).toEqual([]);
        expect(await other.session(sessionA, signal)).toBeNull();
        expect(await other.events(sessionA, everything, signal)).toEqual([]);
        expect((await other.commands(hostA, signal)).rows).toEqual([]);
        expect(await other.sentCommands(phone, signal)).toEqual([]);
        expect(await other.devices(signal)).toEqual([]);
        expect(await other.keys(signal)).toBeNull();
        expect(await other.attachments(sessionA, signal)).toEqual([]);
        const piece = other.getPiece("attachment-1", 0, signal);
        await expect(piece).rejects.toMatchObject({ code: "not_found" });

        // The same names are its own rows there.
        await other.push(batch(sessionA, 1, 1), signal);
        await other.answerCommand(commandRow(1).command_id, sealed("answer"), signal);
        await other.removeCommands([commandRow(1).command_id], signal);
        await other.revokeDevice(phone, signal);
        await other.push({ hostId: hostA, sessions: [], events: [], deleted: [sessionA] }, signal);
        await other.deleteAll(signal);

        expect(seqsOf(await server.events(sessionA, everything, signal))).toEqual([1, 2, 3]);
        expect((await server.session(sessionA, signal))?.deleted_at).toBeNull();
        const [command] = await server.sentCommands(phone, signal);
        expect(command?.answer).toBeNull();
        expect((await server.devices(signal)).map((device) => device.revoked_at)).toEqual([
          null,
          null,
          null,
        ]);
        expect(await server.getPiece("attachment-1", 0, signal)).toEqual(new Uint8Array([1, 2]));
      });

      it("knows what it uses, and can delete all of it", async () => {
        await withDevices();
        await server.push(batch(sessionA, 1, 3), signal);
        await server.saveKeys(keyRow(1), signal);
        await server.saveAttachment(attachmentRow({ size_bytes: 5, pieces: 1 }), signal);
        await server.putPiece("attachment-1", 0, new Uint8Array(5), signal);
        await server.saveAttachment(
          attachmentRow({ size_bytes: 5, pieces: 1, stored_pieces: 1 }),
          signal,
        );
        const used = await server.usage(signal);
        expect(used.events).toBe(3);
        expect(used.storedBytes).toBeGreaterThanOrEqual(5);
        await server.deleteAll(signal);
        expect(await server.usage(signal)).toEqual({ events: 0, storedBytes: 0 });
        expect(await server.sessions(undefined, signal)).toEqual([]);
        expect(await server.devices(signal)).toEqual([]);
        expect(await server.keys(signal)).toBeNull();
        const piece = server.getPiece("attachment-1", 0, signal);
        await expect(piece).rejects.toMatchObject({ code: "not_found" });
        await server.push(batch(sessionA, 1, 1), signal);
        await server.deleteAll(signal);
      });

      it("goes on when its tokens have expired", async () => {
        await server.push(batch(sessionA, 1, 1), signal);
        await user.expireTokens();
        const pushed = await server.push(batch(sessionA, 2, 2), signal);
        expect(pushed.seqs.get(sessionA)).toBe(2);
      });

      it("has one clock, which does not go back", async () => {
        const { now } = await server.push(batch(sessionA, 1, 1), signal);
        const later = await server.commands(hostA, signal);
        expect(later.now).toBeGreaterThanOrEqual(now);
        expect(later.now - now).toBeLessThan(60_000);
      });

      it("stops waiting when it is told to", async () => {
        const stopped = AbortSignal.abort();
        await expect(server.push(batch(sessionA, 1, 1), stopped)).rejects.toBe(stopped.reason);
        await expect(server.sessions(undefined, stopped)).rejects.toBe(stopped.reason);
        expect(await server.session(sessionA, signal)).toBeNull();
      });
    });

    describe("news", () => {
      it("tell a companion of events and of what is open, by whichever device", async () => {
        const host = await user.open();
        const { told, stop } = await watched(null);
        await host.push(batch(sessionA, 1, 2), signal);
        await expect
          .poll(() => told("event").map((one) => one.row))
          .toEqual(batch(sessionA, 1, 2).events);
        await host.push({ ...batch(sessionA, 2, 2, { open: sealed("open") }), events: [] }, signal);
        await expect
          .poll(() => told("session").at(-1)?.row)
          .toMatchObject({ open: sealed("open") });
        await host.push({ hostId: hostA, sessions: [], events: [], deleted: [sessionA] }, signal);
        await expect.poll(() => told("session").at(-1)?.row.deleted_at).toEqual(expect.any(String));
        stop();
      });

      it("tell a host of its commands, and a companion of their answers", async () => {
        const companion = await user.open();
        await withDevices();
        await server.push(batch(sessionA, 1, 1), signal);
        const host = await watched(hostA);
        const asking = await watched(null, companion);
        await companion.sendCommand(commandRow(1, { host_id: hostB }), signal);
        await companion.sendCommand(commandRow(2), signal);
        await expect.poll(() => host.told("command").map((one) => one.row.number)).toEqual([2]);
        await server.answerCommand(commandRow(2).command_id, sealed("answer"), signal);
        await expect
          .poll(() => asking.told("command").map((one) => one.row))
          .toEqual([expect.objectContaining({ number: 2, answer: sealed("answer") })]);
        host.stop();
        asking.stop();
      });

      it("tell everybody of devices that come and are revoked", async () => {
        await withDevices();
        const both = [await watched(hostA), await watched(null, await user.open())];
        await server.revokeDevice(phone, signal);
        for (const one of both)
          await expect.poll(() => one.told("devices").length).toBeGreaterThan(0);
        for (const one of both) one.stop();
      });

      it("tell nothing of other accounts, and nothing once they are no longer wanted", async () => {
        const other = await (await rig.newUser()).open();
        const foreign = await watched(null, other);
        const gone = await watched(null);
        const there = await watched(null, await user.open());
        gone.stop();
        const heard = gone.news.length;
        await server.push(batch(sessionA, 1, 1), signal);
        await expect.poll(() => there.told("event").length).toBe(1);
        await other.push(batch(sessionB, 1, 1), signal);
        await expect.poll(() => foreign.told("event").length).toBe(1);
        expect(foreign.told("event").map((one) => one.row.session_id)).toEqual([sessionB]);
        expect(gone.news.length).toBe(heard);
        expect(there.told("event").map((one) => one.row.session_id)).toEqual([sessionA]);
        there.stop();
        foreign.stop();
      });
    });
  });
}
