// What a companion's copy of the sessions needs from the device it is on, and what it tells.
import type { SessionSnapshot } from "../../contract/calls.ts";
import type { ErrorData } from "../../contract/errors.ts";
import type { LiveEvent, SessionEvent } from "../../contract/events.ts";
import type { CommandId, DeviceId, SessionId } from "../../contract/ids.ts";
import type { Command, MirrorChoice, SessionHead } from "../../contract/mirror.ts";
import type { SessionSummary } from "../../contract/session.ts";

/** What a person wants done, before it has its time and its signature. */
type Unsigned<One> = One extends Command ? Omit<One, "issuedAt"> : never;
export type Wish = Unsigned<Command>;

// ── What this device keeps ───────────────────────────────────────────────────────────────────────

export type KeptSession = {
  sessionId: SessionId;
  hostId: DeviceId;
  /** null: it could not be opened yet. */
  head: SessionHead | null;
  /** Of the server's row: an older one tells nothing. */
  updatedAt: string;
  /** The last event the server has. */
  serverSeq: number;
  /** The events kept, without a hole; `last` 0: none. Others that lie in the store do not count. */
  first: number;
  last: number;
  /** Up to here they were read from the server as one piece; what came by news since is read again. */
  verified: number;
  /** `updatedAt` when it was last compared with the server: while that is the row's, nothing changed. */
  checkedAt: string;
};

/** Exactly the text that the host sealed; null: it could not be opened. */
export type KeptEvent = { seq: number; text: string | null };

export type KeptCommand = {
  commandId: CommandId;
  hostId: DeviceId;
  wish: Wish;
  /** 1, 2, 3 … of this device. */
  number: number;
  /** When the person asked, by this device's clock. */
  askedAt: number;
  state: "queued" | "sent" | "done" | "refused";
  error: ErrorData | null;
  /** Its row may be on the server. */
  isThere: boolean;
};

/** Each call is one transaction: it is kept when it resolves, and nothing of it is when it rejects. */
export interface ReplicaStore {
  sessions(): Promise<KeptSession[]>;
  /** `events` replace those of the same seq; `isFresh`: all that were there go first. */
  saveSession(session: KeptSession, events: KeptEvent[], isFresh: boolean): Promise<void>;
  /** With all its events. */
  removeSession(sessionId: SessionId): Promise<void>;
  /** from < seq <= to, in order. */
  events(sessionId: SessionId, from: number, to: number): Promise<KeptEvent[]>;

  /** In order of number. */
  commands(): Promise<KeptCommand[]>;
  /** Gives it a number greater than `above` and than any given before, and keeps it; one with the same
   * id is replaced. */
  addCommand(command: Omit<KeptCommand, "number">, above: number): Promise<KeptCommand>;
  /** One that is not there any more stays away. */
  saveCommand(command: KeptCommand): Promise<void>;
  removeCommand(commandId: CommandId): Promise<void>;
}

// ── What it tells ────────────────────────────────────────────────────────────────────────────────

export type ReplicaSession = {
  summary: SessionSummary;
  hostId: DeviceId;
  choice: MirrorChoice;
  /** The last event kept on this device. */
  keptSeq: number;
  /** Something of it could not be opened or understood. */
  problem: ErrorData | null;
};

export type ReplicaState = {
  /** `live`: what the server has is here; `blocked`: only the person can help. */
  phase: "off" | "connecting" | "live" | "waiting" | "blocked";
  error: ErrorData | null;
  /** By this device's clock. */
  retryAt: number | null;
  /** When one of the hosts was there last, to a minute, by this device's clock; null: not known. */
  hostSeenAt: number | null;
};

export type SentCommand = Pick<
  KeptCommand,
  "commandId" | "wish" | "number" | "askedAt" | "state" | "error"
>;

/** The same as of the wire to a host on the same network (rpc/session-feed.ts). */
export interface ReplicaListener {
  /** Start afresh from this snapshot. */
  reset(snapshot: SessionSnapshot): void;
  /** Goes on exactly after what was told before. */
  events(events: SessionEvent[]): void;
  /** Only the part of each piece that is new. */
  live(events: LiveEvent[]): void;
  /** Nothing more comes: it is gone, or cannot be read. */
  failed?(error: ErrorData): void;
}
