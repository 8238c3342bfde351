// This device's own key: ECDSA P-256 with SHA-256, the private half never readable in a browser. The
// host keeps its own as text in the keychain, since Node has no other place for it.
import { AetheriaError } from "../contract/errors.ts";
import type { DeviceId } from "../contract/ids.ts";
import type { Signer, Verify } from "../core/mirror/ports.ts";
import { fromBase64url, toBase64url } from "./base64url.ts";
import { subtle, utf8, type CloudKey } from "./sealing.ts";

/** As a browser keeps them in IndexedDB, which stores keys it does not let anyone read. */
export type SigningKeys = { privateKey: CloudKey; publicKey: CloudKey };

const curve = { name: "ECDSA", namedCurve: "P-256" };
const scheme = { name: "ECDSA", hash: "SHA-256" };

/** For a browser: the private half cannot be read out. */
export async function newSigningKeys(): Promise<SigningKeys> {
  return subtle().generateKey(curve, false, ["sign", "verify"]);
}

/** For a keychain: both halves as text. `readSigningKeys` makes keys of it again. */
export async function newStoredSigningKeys(): Promise<string> {
  const keys = await subtle().generateKey(curve, true, ["sign", "verify"]);
  const { crv, kty, x, y, d } = await subtle().exportKey("jwk", keys.privateKey);
  return JSON.stringify({ crv, kty, x, y, d });
}

export async function readSigningKeys(stored: string): Promise<SigningKeys> {
  try {
    const { crv, kty, x, y, d } = JSON.parse(stored);
    return {
      privateKey: await subtle().importKey("jwk", { crv, kty, x, y, d }, curve, false, ["sign"]),
      publicKey: await subtle().importKey("jwk", { crv, kty, x, y }, curve, true, ["verify"]),
    };
  } catch (cause) {
    throw new AetheriaError("bad_input", "This device's own key for the mirror is damaged.", {
      hint: "Sign out of the mirror and in again on this device: it gets a new key.",
      cause,
    });
  }
}

export async function createSigner(deviceId: DeviceId, keys: SigningKeys): Promise<Signer> {
  const spki = await subtle().exportKey("spki", keys.publicKey);
  return {
    deviceId,
    publicKey: toBase64url(new Uint8Array(spki)),
    async sign(text) {
      const made = await subtle().sign(scheme, keys.privateKey, utf8(text));
      return toBase64url(new Uint8Array(made));
    },
  };
}

/** false for whatever is not a signature of that key, keys that are none included. */
export const verify: Verify = async (publicKey, signature, text) => {
  const spki = fromBase64url(publicKey);
  const signed = fromBase64url(signature);
  if (spki === null || signed === null) return false;
  const key = await subtle()
    .importKey("spki", spki, curve, false, ["verify"])
    .catch(() => null);
  return key !== null && subtle().verify(scheme, key, signed, utf8(text));
};
