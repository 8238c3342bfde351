// Branded ids: a SessionId cannot be handed where a RunId is meant. All are UUIDv7 unless said.
import * as z from "zod/mini";

const id = () => z.string().check(z.minLength(1), z.maxLength(64));

export const SessionId = id().brand<"SessionId">();
export type SessionId = z.infer<typeof SessionId>;
export const RunId = id().brand<"RunId">();
export type RunId = z.infer<typeof RunId>;
export const MessageId = id().brand<"MessageId">();
export type MessageId = z.infer<typeof MessageId>;
export const CallId = id().brand<"CallId">();
export type CallId = z.infer<typeof CallId>;
export const ApprovalId = id().brand<"ApprovalId">();
export type ApprovalId = z.infer<typeof ApprovalId>;
export const GrantId = id().brand<"GrantId">();
export type GrantId = z.infer<typeof GrantId>;
/** A host or a companion, as it made itself known to the mirror. */
export const DeviceId = id().brand<"DeviceId">();
export type DeviceId = z.infer<typeof DeviceId>;
export const CommandId = id().brand<"CommandId">();
export type CommandId = z.infer<typeof CommandId>;

/** Lower-case hexadecimal SHA-256 of an attachment's bytes: its name on disk and on the wire. */
export const Sha256 = z
  .string()
  .check(z.regex(/^[0-9a-f]{64}$/))
  .brand<"Sha256">();
export type Sha256 = z.infer<typeof Sha256>;
