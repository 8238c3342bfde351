// What push messages are signed with (VAPID, RFC 8292): a P-256 key made of the account's newest key, so
// that every computer of the account signs alike: a browser takes messages of one signer only. A device
// that was revoked cannot make the one that is used after the account's key was changed.
import { createECDH, hkdfSync } from "node:crypto";
import { mirrorProtocol, type KeyRing } from "../../contract/mirror.ts";

/** base64url: the uncompressed point, and the scalar. */
export type VapidKeys = { publicKey: string; privateKey: string };

/** Of the group of P-256 (SEC 2, section 2.4.2). */
const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
/** 128 bits more than the order has: what the remainder favours is too little to matter. */
const bytes = 48;

/** By extra random bits (FIPS 186-5, A.2.1), taken from HKDF instead of chance. */
export function vapidKeysOf({ keys }: KeyRing): VapidKeys {
  const [newest] = keys.toSorted((one, other) => other.generation - one.generation);
  const secret = Buffer.from(newest?.key ?? "", "base64url");
  const info = `aetheria/${mirrorProtocol}|key|vapid`;
  const wide = Buffer.from(hkdfSync("sha256", secret, "", info, bytes)).toString("hex");
  const scalar = (BigInt(`0x${wide}`) % (order - 1n)) + 1n;
  const privateKey = Buffer.from(scalar.toString(16).padStart(64, "0"), "hex");
  const ecdh = createECDH("prime256v1");
  ecdh.setPrivateKey(privateKey);
  return {
    publicKey: ecdh.getPublicKey("base64url"),
    privateKey: privateKey.toString("base64url"),
  };
}
