// What the mirror needs from outside: the server in between, the account's key, and the host's log.
// Adapters: src/cloud/ (Supabase, WebCrypto) for host and companion alike, host/mirror/, companion/.
import type { SessionEvent } from "../../contract/events.ts";
import type { CommandId, DeviceId, SessionId } from "../../contract/ids.ts";
import type {
  AttachmentRow,
  Command,
  CommandAnswer,
  CommandRow,
  DeviceRow,
  EventRow,
  KeyRow,
  MirrorChoice,
  OpenParts,
  PushEndpointRow,
  SessionHead,
  SessionRow,
} from "../../contract/mirror.ts";

// ── Sealing ──────────────────────────────────────────────────────────────────────────────────────

/** What a sealed text is. Each kind has a key of its own. */
export type SealKind =
  "device" | "head" | "open" | "event" | "command" | "answer" | "attachment" | "piece" | "push";

/** Which row it stands in: part of what is sealed, so that the server cannot move it to another.
 * device [deviceId, kind] · head, open [sessionId, hostId] · event [sessionId, seq] ·
 * command, answer [commandId, deviceId, hostId, sessionId, number] · attachment [attachmentId] ·
 * piece [attachmentId, index, pieces] · push [deviceId]. */
export type Place = readonly (string | number)[];

/** The account's keys in the hands of a device that has them. */
export interface Sealer {
  /** The one that seals now. */
  readonly generation: number;
  seal(kind: SealKind, place: Place, text: string): Promise<string>;
  /** Throws AetheriaError `locked` (this device lacks that generation) or `tampered`. */
  open(kind: SealKind, place: Place, generation: number, sealed: string): Promise<string>;
  sealBytes(kind: "piece", place: Place, bytes: Uint8Array): Promise<Uint8Array>;
  openBytes(
    kind: "piece",
    place: Place,
    generation: number,
    bytes: Uint8Array,
  ): Promise<Uint8Array>;
  /** The name of a file on the server. */
  attachmentId(sha256: string): Promise<string>;
}

/** This device's own key, which never leaves it. */
export interface Signer {
  readonly deviceId: DeviceId;
  /** base64url of the SPKI. */
  readonly publicKey: string;
  sign(text: string): Promise<string>;
}
export type Verify = (publicKey: string, signature: string, text: string) => Promise<boolean>;

// ── The server in between ────────────────────────────────────────────────────────────────────────

export type PushBatch = {
  hostId: DeviceId;
  /** `seq` is the last event of the session that the server has after this batch. */
  sessions: Omit<SessionRow, "host_id" | "deleted_at" | "updated_at">[];
  /** In order of seq within a session. */
  events: EventRow[];
  /** With their events, and the files that no other session has. */
  deleted: SessionId[];
};

/** What Realtime tells. It may be late, doubled, out of order or not come at all: what counts is what
 * is read afterwards. `joined` after each (re)connection: whatever came before may have been missed. */
export type ServerNews =
  | { type: "joined" }
  | { type: "left"; why: string }
  | { type: "session"; row: SessionRow }
  | { type: "event"; row: EventRow }
  | { type: "command"; row: CommandRow }
  | { type: "devices"; row: DeviceRow };

export type WaitingCommands = {
  now: number;
  /** Of the account's newest key; null: it has none. */
  generation: number | null;
  /** The device that asks. */
  isRevoked: boolean;
  rows: CommandRow[];
};

/** Every method may throw AetheriaError: `offline`, `host_blocked`, `cloud_unreachable`,
 * `cloud_not_ready` (tables missing or older), `unauthorized` (signed out, expired for good),
 * `rate_limited` (with retryAfterMs), `too_large`, `quota_exceeded`, `refused` (row-level security),
 * `timeout`. `now` is the server's clock, milliseconds since the epoch. */
export interface MirrorServer {
  /** In one transaction, idempotent by (session, seq): what is there already stays as it is. Answers
   * with the last seq in a row from 1 the server has of each named session. Throws conflict when a
   * batch would leave a hole, or names another epoch of a session than is there. */
  push(
    batch: PushBatch,
    signal: AbortSignal,
  ): Promise<{ now: number; seqs: Map<SessionId, number> }>;
  /** All sessions not deleted before `since` (ISO; absent: all), deleted ones too. */
  sessions(since: string | undefined, signal: AbortSignal): Promise<SessionRow[]>;
  session(sessionId: SessionId, signal: AbortSignal): Promise<SessionRow | null>;
  /** from < seq <= to, in order, at most `limit`. */
  events(
    sessionId: SessionId,
    range: { from: number; to?: number; limit: number },
    signal: AbortSignal,
  ): Promise<EventRow[]>;

  /** Idempotent by command_id. */
  sendCommand(
    row: Omit<CommandRow, "answer" | "created_at">,
    signal: AbortSignal,
  ): Promise<{ now: number }>;
  /** Not yet answered and meant for this device, by device and number. The server notes that this one was
   * there, to half a minute. */
  commands(hostId: DeviceId, signal: AbortSignal): Promise<WaitingCommands>;
  /** A device's own, answered or not. */
  sentCommands(deviceId: DeviceId, signal: AbortSignal): Promise<CommandRow[]>;
  answerCommand(commandId: CommandId, answer: string, signal: AbortSignal): Promise<void>;
  removeCommands(commandIds: CommandId[], signal: AbortSignal): Promise<void>;

  devices(signal: AbortSignal): Promise<DeviceRow[]>;
  saveDevice(row: Omit<DeviceRow, "seen_at" | "revoked_at">, signal: AbortSignal): Promise<void>;
  revokeDevice(deviceId: DeviceId, signal: AbortSignal): Promise<void>;
  keys(signal: AbortSignal): Promise<KeyRow | null>;
  /** Throws conflict when the server has this generation or a newer one already. */
  saveKeys(row: KeyRow, signal: AbortSignal): Promise<void>;

  attachments(sessionId: SessionId, signal: AbortSignal): Promise<AttachmentRow[]>;
  attachment(attachmentId: string, signal: AbortSignal): Promise<AttachmentRow | null>;
  saveAttachment(row: AttachmentRow, signal: AbortSignal): Promise<void>;
  putPiece(
    attachmentId: string,
    index: number,
    bytes: Uint8Array,
    signal: AbortSignal,
  ): Promise<void>;
  getPiece(attachmentId: string, index: number, signal: AbortSignal): Promise<Uint8Array>;

  pushEndpoints(signal: AbortSignal): Promise<PushEndpointRow[]>;
  savePushEndpoint(row: PushEndpointRow, signal: AbortSignal): Promise<void>;
  removePushEndpoint(deviceId: DeviceId, signal: AbortSignal): Promise<void>;

  /** Rows, files and their bytes of this account. */
  usage(signal: AbortSignal): Promise<{ events: number; storedBytes: number }>;
  /** Every row and file of this account; the account itself stays. */
  deleteAll(signal: AbortSignal): Promise<void>;

  /** Until the returned function is called. `hostId`: commands for that host; null: sessions and
   * events of all of them, and answers to commands. */
  watch(hostId: DeviceId | null, listener: (news: ServerNews) => void): () => void;
}

// ── The host's side ──────────────────────────────────────────────────────────────────────────────

/** What is kept of the mirror beside the log, which itself is the outbox: an event waits while its seq
 * is past the session's checkpoint. Synchronous, as the store is. */
export interface MirrorLog {
  choice(sessionId: SessionId): MirrorChoice;
  /** The last seq the server has confirmed, 0 for none. */
  checkpoint(sessionId: SessionId): number;
  /** As what it may be on the server; null: nothing of it is there. `none`: what is there tells of
   * another past and goes first. */
  mirroredAs(sessionId: SessionId): MirrorChoice | null;
  /** Both at once. Also before the first push (0, the choice): a host that dies in between knows that
   * something may be there. */
  saveCheckpoint(sessionId: SessionId, seq: number, as: MirrorChoice | null): void;
  /** All whose `mirroredAs` is not null. */
  mirrored(): SessionId[];
  /** Sessions with something past their checkpoint, or chosen, renamed, deleted since. */
  unmirrored(): SessionId[];
  /** Sessions that were mirrored and are to be deleted there. */
  deleted(): SessionId[];
  forgetDeleted(sessionId: SessionId): void;
  events(sessionId: SessionId, from: number, limit: number): SessionEvent[];
  /** null: there is no such session any more. */
  head(sessionId: SessionId): SessionHead | null;
  open(sessionId: SessionId): OpenParts;
  /** How a command was answered, when it was: the log's command.answered. */
  answered(commandId: CommandId): CommandAnswer | null;
  /** The highest number of this device that was answered, 0 for none. */
  lastNumber(deviceId: DeviceId): number;
}

/** What the store keeps of one session's mirror. `choice` null: as the settings say; `mirroredAs` null:
 * nothing of it is on the server. */
export type MirrorRecord = {
  choice: MirrorChoice | null;
  checkpoint: number;
  mirroredAs: MirrorChoice | null;
  /** Files of events up to this one are there. */
  filesSeq: number;
};

/** The store's part of `MirrorLog`. */
export interface MirrorTable {
  record(sessionId: SessionId): MirrorRecord;
  save(sessionId: SessionId, change: Partial<MirrorRecord>): void;
  /** Sessions whose log goes past their checkpoint, or that are there as something else than chosen. */
  behind(): SessionId[];
  /** Of which something is on the server. */
  mirrored(): SessionId[];
  /** Deleted here, and not yet there. */
  deleted(): SessionId[];
  forgetDeleted(sessionId: SessionId): void;
  /** Another account, or an emptied one: nothing is there any more. Choices stay. */
  restart(): void;
  /** The log was replaced by a backup's: what is there may tell of another past, and goes first. */
  replaced(): void;
  answer(commandId: CommandId): CommandAnswer | null;
  lastNumber(deviceId: DeviceId): number;
}

/** Does what a command says, in the session it names. Throws AetheriaError with the reason when it
 * cannot be done. `isDone`: its effect is in the log already (the host died before it had answered). */
export interface CommandRunner {
  isDone(command: Command, row: CommandRow): boolean;
  run(command: Command): Promise<void>;
  /** Appends command.answered to the session's log, on the disk when it returns; where there is no such
   * session, remembers the answer all the same. */
  answered(row: CommandRow, kind: Command["kind"] | null, answer: CommandAnswer): void;
}
