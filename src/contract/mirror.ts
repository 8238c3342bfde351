// The mirror: rows as the server in between sees them, and what they hold once a device has opened
// them. Columns are named as in supabase/migrations; whatever a person wrote is sealed.
import * as z from "zod/mini";
import { ApprovalAnswer, GrantScope } from "./approval.ts";
import { ErrorData } from "./errors.ts";
import { ApprovalId, CommandId, DeviceId, MessageId, RunId, SessionId } from "./ids.ts";
import { AttachmentRef, Delivery, OpenOutput, OpenText, SessionSummary } from "./session.ts";

/** Part of everything sealed: a device that does not know the number refuses the row in words. */
export const mirrorProtocol = 1;

/** A command older than this is refused, by the server's time. */
export const commandLifetimeMs = 10 * 60_000;

/** What of a session is mirrored. `text`: what was said, without arguments, results and files. */
export const MirrorChoice = z.enum(["all", "text", "none"]);
export type MirrorChoice = z.infer<typeof MirrorChoice>;

export const DeviceKind = z.enum(["host", "companion"]);
export type DeviceKind = z.infer<typeof DeviceKind>;

/** base64url of 12 bytes of nonce and what AES-256-GCM made of the text, its tag at the end. */
export const Sealed = z.string();
/** Which of the account's keys sealed a row: 1, 2, 3 …; rotating makes the next. */
const generation = z.number();
/** ISO 8601 with offset, as PostgREST writes it. */
const timestamp = z.string();

// ── What the server sees ─────────────────────────────────────────────────────────────────────────

export const DeviceRow = z.object({
  device_id: DeviceId,
  kind: DeviceKind,
  generation,
  /** Sealed DeviceCard. */
  card: Sealed,
  /** base64url of the SPKI of an ECDSA P-256 key: what this device's commands are signed with. */
  public_key: z.string(),
  seen_at: timestamp,
  revoked_at: z.nullable(timestamp),
});
export type DeviceRow = z.infer<typeof DeviceRow>;

/** The account's key, wrapped by what Argon2id makes of the passphrase. */
export const KeyRow = z.object({
  generation,
  /** base64url, 16 bytes. */
  salt: z.string(),
  memory_kib: z.number(),
  passes: z.number(),
  lanes: z.number(),
  /** Sealed KeyRing. */
  wrapped: Sealed,
});
export type KeyRow = z.infer<typeof KeyRow>;

export const SessionRow = z.object({
  session_id: SessionId,
  host_id: DeviceId,
  generation,
  /** The last event the server has. */
  seq: z.number(),
  /** Sealed SessionHead; empty when the session was deleted. */
  head: z.string(),
  /** Sealed OpenParts, while something is open. */
  open: z.nullable(Sealed),
  /** How often it was deleted. What was written before that is refused when it comes late. */
  epoch: z.number(),
  deleted_at: z.nullable(timestamp),
  updated_at: timestamp,
});
export type SessionRow = z.infer<typeof SessionRow>;

/** Sealed SessionEvent, exactly as the host's log serialises it. Written once, never changed. */
export const EventRow = z.object({
  session_id: SessionId,
  seq: z.number(),
  generation,
  payload: Sealed,
});
export type EventRow = z.infer<typeof EventRow>;

export const CommandRow = z.object({
  command_id: CommandId,
  device_id: DeviceId,
  host_id: DeviceId,
  session_id: SessionId,
  /** 1, 2, 3 … of this device: the order it means. */
  number: z.number(),
  generation,
  /** Sealed Command. */
  payload: Sealed,
  /** base64url, ECDSA P-256 with SHA-256 over the row's place and payload. */
  signature: z.string(),
  /** Sealed CommandAnswer, once the host has answered. */
  answer: z.nullable(Sealed),
  created_at: timestamp,
});
export type CommandRow = z.infer<typeof CommandRow>;

/** A file, sealed in pieces of the bucket `mirror`: `<user>/<attachment_id>/<piece>`, from 0. */
export const AttachmentRow = z.object({
  /** HMAC of its SHA-256 under the account's key: the server cannot tell which file it is. */
  attachment_id: z.string(),
  session_id: SessionId,
  generation,
  /** Sealed AttachmentRef. */
  card: Sealed,
  pieces: z.number(),
  /** How many of them are there, from the first. */
  stored_pieces: z.number(),
  /** Of all pieces, as stored. */
  size_bytes: z.number(),
});
export type AttachmentRow = z.infer<typeof AttachmentRow>;

/** Where a device gets its push messages: a sealed PushEndpoint. */
export const PushEndpointRow = z.object({ device_id: DeviceId, generation, payload: Sealed });
export type PushEndpointRow = z.infer<typeof PushEndpointRow>;

// ── What is in there ─────────────────────────────────────────────────────────────────────────────

export const DeviceCard = z.object({
  name: z.string().check(z.maxLength(100)),
  platform: z.string().check(z.maxLength(100)),
  /** Again here, where the server cannot change it. */
  publicKey: z.string(),
  /** Of a host: the public half of what the account's push messages are signed with (VAPID), base64url. */
  pushKey: z.optional(z.string()),
});
export type DeviceCard = z.infer<typeof DeviceCard>;

/** The account's keys by generation: 32 bytes each, base64url. The last one seals, all of them open. */
export const KeyRing = z.object({
  keys: z.array(z.object({ generation, key: z.string() })).check(z.minLength(1)),
});
export type KeyRing = z.infer<typeof KeyRing>;

export const SessionHead = z.object({ summary: SessionSummary, choice: MirrorChoice });
export type SessionHead = z.infer<typeof SessionHead>;

/** What is open after event `seq`: at most four times a second, the whole of it each time. */
export const OpenParts = z.object({
  seq: z.number(),
  openTexts: z.array(OpenText),
  openOutputs: z.array(OpenOutput),
});
export type OpenParts = z.infer<typeof OpenParts>;

const command = <Kind extends string, Shape extends z.core.$ZodShape>(kind: Kind, shape: Shape) =>
  z.object({
    kind: z.literal(kind),
    sessionId: SessionId,
    /** When it was signed, milliseconds since the epoch by the server's clock. */
    issuedAt: z.number(),
    ...shape,
  });

export const Command = z.discriminatedUnion("kind", [
  command("send", {
    messageId: MessageId,
    text: z.string().check(z.maxLength(1_000_000)),
    attachments: z.array(AttachmentRef).check(z.maxLength(50)),
    delivery: Delivery,
  }),
  command("answer", { approvalId: ApprovalId, answer: ApprovalAnswer, scope: GrantScope }),
  /** Names the run: a later one is not stopped by it. */
  command("stop", { runId: RunId }),
  command("rename", { title: z.string().check(z.minLength(1), z.maxLength(200)) }),
]);
export type Command = z.infer<typeof Command>;
export type CommandKind = Command["kind"];

export const CommandAnswer = z.object({
  outcome: z.enum(["done", "refused"]),
  error: z.optional(ErrorData),
});
export type CommandAnswer = z.infer<typeof CommandAnswer>;

export const PushEndpoint = z.object({
  endpoint: z.string().check(z.maxLength(2_000)),
  /** base64url, as the browser's PushSubscription gives them. */
  p256dh: z.string(),
  auth: z.string(),
});
export type PushEndpoint = z.infer<typeof PushEndpoint>;

/** What a push message says, once the browser that asked for it has opened it. */
export const PushMessage = z.object({
  kind: z.enum(["question", "ended"]),
  sessionId: SessionId,
  title: z.string(),
});
export type PushMessage = z.infer<typeof PushMessage>;

/** What a device needs to join, read from a picture on the other's screen and never sent. */
export const LinkCode = z.object({
  v: z.literal(mirrorProtocol),
  url: z.string(),
  anonKey: z.string(),
  email: z.string(),
  keys: KeyRing.shape.keys,
});
export type LinkCode = z.infer<typeof LinkCode>;

/** One project of Supabase and who is signed in there. */
export const MirrorAccount = z.object({
  url: z.string(),
  anonKey: z.string(),
  userId: z.string(),
  email: z.string(),
});
export type MirrorAccount = z.infer<typeof MirrorAccount>;

// ── What the desktop shows of it ─────────────────────────────────────────────────────────────────

/** `blocked`: goes on once the person has done something; `waiting`: tries again by itself. */
export const MirrorPhase = z.enum([
  "off",
  "connecting",
  "up_to_date",
  "behind",
  "waiting",
  "blocked",
]);
export type MirrorPhase = z.infer<typeof MirrorPhase>;

export const MirrorStatus = z.object({
  /** null: nobody is signed in. */
  account: z.nullable(z.object({ url: z.string(), anonKey: z.string(), email: z.string() })),
  /** `unknown`: the server could not be asked yet; `none`: the account has no key yet; `locked`: this
   * device does not have it. */
  key: z.enum(["unknown", "none", "locked", "ready"]),
  deviceId: z.nullable(DeviceId),
  phase: MirrorPhase,
  /** Events not yet there, and how long the oldest of them has waited. */
  waitingEvents: z.number(),
  lagMs: z.number(),
  /** What went wrong last, while it matters, and when it is tried again. */
  error: z.nullable(ErrorData),
  retryAt: z.nullable(z.number()),
  /** What the account holds; null: not known. */
  usage: z.nullable(z.object({ events: z.number(), storedBytes: z.number() })),
});
export type MirrorStatus = z.infer<typeof MirrorStatus>;

export const MirrorDevice = z.object({
  deviceId: DeviceId,
  kind: DeviceKind,
  /** null: its card cannot be opened here. */
  name: z.nullable(z.string()),
  platform: z.nullable(z.string()),
  seenAt: z.number(),
  revoked: z.boolean(),
  /** This very host. */
  isThis: z.boolean(),
});
export type MirrorDevice = z.infer<typeof MirrorDevice>;

/** Where a file of a session is, besides or instead of here. */
export const FilePlace = z.object({
  ...AttachmentRef.shape,
  here: z.boolean(),
  /** `unknown`: the server cannot be asked now. */
  cloud: z.enum(["missing", "partly", "whole", "unknown"]),
});
export type FilePlace = z.infer<typeof FilePlace>;
