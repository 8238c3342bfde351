// Seals a text with AES-256-GCM. The envelope says how its key is made, so that a file can be told
// from a damaged or foreign one before anything is trusted.
import { createCipheriv, createDecipheriv, randomBytes, scrypt } from "node:crypto";
import * as z from "zod/mini";

export const keyBytes = 32;

const base64 = z.base64();
const Envelope = z.object({
  format: z.literal("aetheria-secrets"),
  version: z.literal(1),
  /** `file`: a random key beside it. `passphrase`: scrypt with `salt`. */
  key: z.enum(["file", "passphrase"]),
  salt: base64,
  nonce: base64,
  tag: base64,
  sealed: base64,
});
export type Envelope = z.infer<typeof Envelope>;

/** The envelope, or undefined for anything else. */
export function parseEnvelope(text: string): Envelope | undefined {
  try {
    return Envelope.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

export const newSalt = (): Buffer => randomBytes(16);

// OWASP's scrypt parameters (N = 2^17, r = 8, p = 1): about 128 MiB and half a second.
const cost = { N: 2 ** 17, r: 8, p: 1, maxmem: 256 * 1024 * 1024 };

export const keyFromPassphrase = (passphrase: string, salt: Buffer): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    scrypt(passphrase.normalize("NFKC"), salt, keyBytes, cost, (error, key) =>
      error === null ? resolve(key) : reject(error),
    );
  });

export function seal(text: string, key: Buffer, kind: Envelope["key"], salt: Buffer): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
  const envelope: Envelope = {
    format: "aetheria-secrets",
    version: 1,
    key: kind,
    salt: salt.toString("base64"),
    nonce: nonce.toString("base64"),
    tag: cipher.getAuthTag().toString("base64"),
    sealed: sealed.toString("base64"),
  };
  return `${JSON.stringify(envelope)}\n`;
}

/** The text, or undefined when the key is not the one it was sealed with, or a byte was changed. */
export function unseal(envelope: Envelope, key: Buffer): string | undefined {
  try {
    const nonce = Buffer.from(envelope.nonce, "base64");
    const decipher = createDecipheriv("aes-256-gcm", key, nonce, { authTagLength: 16 });
    decipher.setAuthTag(Buffer.from(envelope.tag, "base64"));
    const sealed = Buffer.from(envelope.sealed, "base64");
    return Buffer.concat([decipher.update(sealed), decipher.final()]).toString("utf8");
  } catch {
    return undefined;
  }
}
