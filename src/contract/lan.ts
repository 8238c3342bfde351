// A phone on the same network, speaking to the host directly.
import * as z from "zod/mini";
import { ErrorData } from "./errors.ts";
import { DeviceId } from "./ids.ts";

export const LanDevice = z.object({
  deviceId: DeviceId,
  name: z.string(),
  pairedAt: z.number(),
  seenAt: z.number(),
  connected: z.boolean(),
});
export type LanDevice = z.infer<typeof LanDevice>;

export const LanStatus = z.object({
  on: z.boolean(),
  /** Where the companion is, `https://192.168.1.5:4518/companion/`; none while it is off. */
  urls: z.array(z.string()),
  /** `sha256/` and base64 of the SHA-256 of the certificate's public key (RFC 7469). */
  pin: z.nullable(z.string()),
  /** Why it could not be opened. */
  error: z.nullable(ErrorData),
  devices: z.array(LanDevice),
});
export type LanStatus = z.infer<typeof LanStatus>;

/** Shown as a picture: good once, and for five minutes. */
export const Pairing = z.object({
  /** The companion's address with the code and the pin in its fragment. */
  link: z.string(),
  /** For typing it in: `K7QF-2M9X`. */
  code: z.string(),
  expiresAt: z.number(),
});
export type Pairing = z.infer<typeof Pairing>;

/** What a client shows when it connects: a code once, the token it got for it ever after. */
export const LanWelcome = z.object({ deviceId: DeviceId, token: z.string() });
export type LanWelcome = z.infer<typeof LanWelcome>;
