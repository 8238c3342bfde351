// Which devices of the network may come in: a code that is good once makes a device, its token lets it
// in until it is revoked. Keeps hashes of tokens only.
import { createHash, randomBytes, randomInt, timingSafeEqual } from "node:crypto";
import * as z from "zod/mini";
import { AetheriaError } from "../../contract/errors.ts";
import { DeviceId } from "../../contract/ids.ts";
import type { LanWelcome } from "../../contract/lan.ts";

const Kept = z.object({
  deviceId: DeviceId,
  name: z.string(),
  tokenHash: z.string(),
  pairedAt: z.number(),
  seenAt: z.number(),
});
export type KeptDevice = z.infer<typeof Kept>;
const KeptList = z.catch(z.array(Kept), []);

export type LanDevicesParts = {
  load(): Promise<string | null>;
  save(text: string): Promise<void>;
  now(): number;
  newId(): string;
};

export type LanDevices = Awaited<ReturnType<typeof openLanDevices>>;

export const codeLifetimeMs = 5 * 60_000;
/** Without letters and digits that look alike. */
const alphabet = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
const wrongCodesAllowed = 5;

export async function openLanDevices({ load, save, now, newId }: LanDevicesParts) {
  let devices = KeptList.parse(parsed(await load()));
  let code: { text: string; until: number; wrong: number } | null = null;
  const keep = () => save(JSON.stringify(devices));

  return {
    list: (): readonly KeptDevice[] => devices,
    /** A new code; the one before it is void. */
    newCode(): { code: string; expiresAt: number } {
      const text = Array.from({ length: 8 }, () => alphabet[randomInt(alphabet.length)]).join("");
      code = { text, until: now() + codeLifetimeMs, wrong: 0 };
      return { code: `${text.slice(0, 4)}-${text.slice(4)}`, expiresAt: code.until };
    },
    /** Throws unauthorized. The code is used up, whoever had it. */
    async pair(given: string, name: string): Promise<LanWelcome> {
      const now_ = now();
      if (!code || code.until < now_) throw noCode();
      if (!isSame(given.toUpperCase().replace(/[^0-9A-Z]/g, ""), code.text)) {
        code.wrong += 1;
        if (code.wrong >= wrongCodesAllowed) code = null;
        throw wrongCode();
      }
      code = null;
      const token = randomBytes(32).toString("base64url");
      const deviceId = DeviceId.parse(newId());
      const called = name.trim().slice(0, 100) || "Phone";
      const times = { pairedAt: now_, seenAt: now_ };
      devices = [...devices, { deviceId, name: called, tokenHash: hash(token), ...times }];
      await keep();
      return { deviceId, token };
    },
    /** Throws unauthorized. */
    async admit(token: string): Promise<DeviceId> {
      const shown = hash(token);
      const device = devices.find(({ tokenHash }) => isSame(shown, tokenHash));
      if (!device) throw notPaired();
      devices = devices.map((one) => (one === device ? { ...one, seenAt: now() } : one));
      await keep();
      return device.deviceId;
    },
    /** Throws not_found. */
    async revoke(deviceId: DeviceId): Promise<void> {
      const left = devices.filter((device) => device.deviceId !== deviceId);
      if (left.length === devices.length)
        throw new AetheriaError("not_found", "There is no such device any more.");
      devices = left;
      await keep();
    },
  };
}

function parsed(text: string | null): unknown {
  try {
    return JSON.parse(text ?? "[]");
  } catch {
    return [];
  }
}

const hash = (token: string) => createHash("sha256").update(token).digest("hex");

/** In constant time, whatever their lengths. */
const isSame = (a: string, b: string) =>
  timingSafeEqual(Buffer.from(hash(a)), Buffer.from(hash(b)));

const pairAgain =
  "On the desktop, open Connections, choose “Add a phone”, and scan the new picture.";
const noCode = () =>
  new AetheriaError("unauthorized", "This code is no longer good.", { hint: pairAgain });
const wrongCode = () =>
  new AetheriaError("unauthorized", "This is not the code on the desktop's screen.", {
    hint: "Codes are good once, and for five minutes. Look at it again, or make a new one.",
  });
const notPaired = () =>
  new AetheriaError("revoked", "This device is not paired with the desktop any more.", {
    hint: pairAgain,
  });
