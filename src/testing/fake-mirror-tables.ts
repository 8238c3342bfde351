// The rows of one account in memory, as supabase/migrations lays them down: what is written once stays,
// a batch with a hole is refused whole, a deleted session leaves its tombstone.
import { AetheriaError } from "../contract/errors.ts";
import type { CommandId, DeviceId, SessionId } from "../contract/ids.ts";
import type {
  AttachmentRow,
  CommandRow,
  DeviceRow,
  EventRow,
  KeyRow,
  PushEndpointRow,
  SessionRow,
} from "../contract/mirror.ts";
import type { PushBatch } from "../core/mirror/ports.ts";

/** What changed, told to whoever watches. Rows are never changed in place. */
export type FakeChange =
  | { table: "sessions"; row: SessionRow }
  | { table: "events"; row: EventRow }
  | { table: "commands"; row: CommandRow; isNew: boolean }
  | { table: "devices"; row: DeviceRow };

/** As the function of the migration has it. */
const seenEveryMs = 30_000;

export type FakeMirrorTables = ReturnType<typeof createFakeMirrorTables>;

export function createFakeMirrorTables(clock: () => number) {
  const sessions = new Map<SessionId, SessionRow>();
  const events = new Map<SessionId, EventRow[]>();
  const commands = new Map<CommandId, CommandRow>();
  const devices = new Map<DeviceId, DeviceRow>();
  const attachments = new Map<string, AttachmentRow>();
  const pieces = new Map<string, Uint8Array>();
  const endpoints = new Map<DeviceId, PushEndpointRow>();
  let keys: KeyRow[] = [];
  const listeners = new Set<(change: FakeChange) => void>();
  let last = 0;
  let ticks = 0;

  /** As PostgREST writes it, microseconds included; never twice the same. */
  function timestamp(): string {
    last = Math.max(last, clock());
    const micros = String(++ticks % 1_000).padStart(3, "0");
    return `${new Date(last + Math.floor(ticks / 1_000)).toISOString().slice(0, -1)}${micros}+00:00`;
  }
  const tell = (change: FakeChange) => listeners.forEach((listener) => listener(change));
  const eventsOf = (sessionId: SessionId) => events.get(sessionId) ?? [];
  const lastOf = (sessionId: SessionId) => eventsOf(sessionId).length;

  function checkHoles(batch: PushBatch): void {
    const lasts = new Map<SessionId, number>();
    for (const { session_id, seq } of batch.events) {
      const before = lasts.get(session_id) ?? lastOf(session_id);
      if (seq > before + 1 || seq < 1) throw hole();
      lasts.set(session_id, Math.max(before, seq));
    }
    for (const { session_id, seq } of batch.sessions)
      if (seq > (lasts.get(session_id) ?? lastOf(session_id))) throw hole();
  }

  function saveDevice(row: DeviceRow): void {
    devices.set(row.device_id, row);
    tell({ table: "devices", row });
  }

  function saveSession(row: SessionRow): void {
    sessions.set(row.session_id, row);
    tell({ table: "sessions", row });
  }

  function remove(sessionId: SessionId, host_id: DeviceId): void {
    const row = sessions.get(sessionId);
    if (row && row.deleted_at !== null) return;
    events.delete(sessionId);
    for (const [key, attachment] of attachments)
      if (attachment.session_id === sessionId) attachments.delete(key);
    const named = new Set([...attachments.values()].map((row) => row.attachment_id));
    for (const key of [...pieces.keys()])
      if (!named.has(key.slice(0, key.lastIndexOf("/")))) pieces.delete(key);
    const at = timestamp();
    saveSession({
      ...(row ?? { session_id: sessionId, host_id, generation: 1 }),
      ...{ seq: 0, head: "", open: null, deleted_at: at, updated_at: at },
      epoch: (row?.epoch ?? 0) + 1,
    });
  }

  return {
    push(batch: PushBatch): Map<SessionId, number> {
      checkHoles(batch);
      for (const sessionId of batch.deleted) remove(sessionId, batch.hostId);
      const isLate = batch.sessions.some(
        ({ session_id, epoch }) => (sessions.get(session_id)?.epoch ?? 0) !== epoch,
      );
      if (isLate) throw late();
      const added: EventRow[] = [];
      for (const row of batch.events) {
        if (row.seq <= lastOf(row.session_id)) continue;
        const rows = events.get(row.session_id) ?? [];
        events.set(row.session_id, rows);
        rows.push(row);
        added.push(row);
      }
      for (const row of added) tell({ table: "events", row });
      for (const row of batch.sessions)
        saveSession({
          ...row,
          seq: lastOf(row.session_id),
          host_id: batch.hostId,
          deleted_at: null,
          updated_at: timestamp(),
        });
      const named = new Set([...batch.sessions, ...batch.events].map((row) => row.session_id));
      return new Map([...named].map((id) => [id, lastOf(id)]));
    },

    sessions: (since: string | undefined) =>
      [...sessions.values()].filter(
        ({ deleted_at }) =>
          since === undefined || deleted_at === null || Date.parse(deleted_at) >= Date.parse(since),
      ),
    session: (sessionId: SessionId) => sessions.get(sessionId) ?? null,
    events: (sessionId: SessionId, range: { from: number; to?: number; limit: number }) =>
      eventsOf(sessionId).slice(
        Math.max(0, range.from),
        Math.min(range.to ?? Infinity, range.from + range.limit),
      ),

    sendCommand(row: Omit<CommandRow, "answer" | "created_at">): void {
      if (commands.has(row.command_id)) return;
      for (const one of commands.values())
        if (one.device_id === row.device_id && one.number === row.number) throw twice();
      const added = { ...row, answer: null, created_at: timestamp() };
      commands.set(row.command_id, added);
      tell({ table: "commands", row: added, isNew: true });
    },
    commands(hostId: DeviceId): CommandRow[] {
      const device = devices.get(hostId);
      if (device && clock() - Date.parse(device.seen_at) > seenEveryMs)
        saveDevice({ ...device, seen_at: timestamp() });
      return byNumber(commands).filter((row) => row.host_id === hostId && row.answer === null);
    },
    sentCommands: (deviceId: DeviceId) =>
      byNumber(commands).filter((row) => row.device_id === deviceId),
    answerCommand(commandId: CommandId, answer: string): void {
      const row = commands.get(commandId);
      if (!row) return;
      const answered = { ...row, answer };
      commands.set(commandId, answered);
      tell({ table: "commands", row: answered, isNew: false });
    },
    removeCommands: (ids: CommandId[]) => ids.forEach((id) => commands.delete(id)),

    devices: () => [...devices.values()].sort((a, b) => (a.device_id < b.device_id ? -1 : 1)),
    saveDevice(row: Omit<DeviceRow, "seen_at" | "revoked_at">): void {
      const revoked_at = devices.get(row.device_id)?.revoked_at ?? null;
      saveDevice({ ...row, seen_at: timestamp(), revoked_at });
    },
    revokeDevice(deviceId: DeviceId): void {
      const row = devices.get(deviceId);
      if (!row || row.revoked_at !== null) return;
      saveDevice({ ...row, revoked_at: timestamp() });
    },
    backdateSeen(): void {
      for (const row of devices.values()) {
        const seen_at = new Date(Date.parse(row.seen_at) - 60_000).toISOString();
        devices.set(row.device_id, { ...row, seen_at });
      }
    },
    keys: () => keys.at(-1) ?? null,
    saveKeys(row: KeyRow): void {
      if ((keys.at(-1)?.generation ?? 0) >= row.generation) throw newerKeys();
      keys.push(row);
    },

    attachments: (sessionId: SessionId) =>
      [...attachments.values()].filter((row) => row.session_id === sessionId),
    attachment: (id: string) =>
      [...attachments.values()]
        .filter((row) => row.attachment_id === id)
        .sort((a, b) => b.stored_pieces - a.stored_pieces)[0] ?? null,
    saveAttachment: (row: AttachmentRow) =>
      void attachments.set(`${row.attachment_id} ${row.session_id}`, row),
    putPiece: (id: string, index: number, bytes: Uint8Array) =>
      void pieces.set(`${id}/${index}`, bytes.slice()),
    getPiece: (id: string, index: number): Uint8Array => {
      const bytes = pieces.get(`${id}/${index}`);
      if (!bytes) throw noPiece();
      return bytes.slice();
    },

    pushEndpoints: () => [...endpoints.values()],
    savePushEndpoint: (row: PushEndpointRow) => void endpoints.set(row.device_id, row),
    removePushEndpoint: (deviceId: DeviceId) => void endpoints.delete(deviceId),

    usage() {
      const all = [...events.values()].flat();
      const rows = all.reduce((sum, row) => sum + row.payload.length, 0);
      const files = [...pieces.values()].reduce((sum, bytes) => sum + bytes.length, 0);
      return { events: all.length, storedBytes: rows + files };
    },
    deleteAll(): void {
      for (const table of [sessions, events, commands, devices, attachments, pieces, endpoints])
        table.clear();
      keys = [];
    },
    /** Milliseconds since the epoch, by the server. */
    now: () => (last = Math.max(last, clock())),
    listen(listener: (change: FakeChange) => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    /** Everything the server could look at, as text. */
    dump: () =>
      JSON.stringify(
        [sessions, events, commands, devices, attachments, endpoints].map((t) => [...t]),
      ),
    /** The server was restored from yesterday's copy: it knows of no event after `seq`. */
    forget(sessionId: SessionId, seq: number): void {
      const row = sessions.get(sessionId);
      if (!row) return;
      events.set(sessionId, eventsOf(sessionId).slice(0, seq));
      if (seq > 0) sessions.set(sessionId, { ...row, seq, updated_at: timestamp() });
      else sessions.delete(sessionId);
    },
    /** What a hostile server does: another payload in the same place. */
    tamper(sessionId: SessionId, seq: number, payload: string): void {
      const rows = eventsOf(sessionId);
      const row = rows[seq - 1];
      if (row) rows[seq - 1] = { ...row, payload };
    },
  };
}

const byNumber = (commands: Map<CommandId, CommandRow>): CommandRow[] =>
  [...commands.values()].sort((one, other) =>
    one.device_id === other.device_id
      ? one.number - other.number
      : one.device_id < other.device_id
        ? -1
        : 1,
  );

const hole = () => new AetheriaError("conflict", "This would leave a hole.", { retryable: true });
const late = () =>
  new AetheriaError("conflict", "A session was deleted after this was written.", {
    retryable: true,
  });
const twice = () => new AetheriaError("conflict", "This device has used that number already.");
const newerKeys = () => new AetheriaError("conflict", "There are newer keys.");
const noPiece = () => new AetheriaError("not_found", "There is no such piece.");
