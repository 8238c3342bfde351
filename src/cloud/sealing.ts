// AES-256-GCM as everything sealed uses it: 12 random bytes of nonce, then the ciphertext with its tag
// of 16 bytes at the end. What else must be right to open it (place, generation) is associated data.
import { AetheriaError } from "../contract/errors.ts";
import type { Bytes } from "./base64url.ts";

export type CloudKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>;

/** Browsers keep encryption from pages that came over plain http. */
export function subtle(): typeof crypto.subtle {
  if (globalThis.crypto?.subtle !== undefined) return crypto.subtle;
  throw new AetheriaError("part_missing", "This page was not loaded over a secure connection.", {
    hint: "Open it with https:// in front: without it the browser gives it no encryption.",
  });
}

const nonceBytes = 12;
const tagBytes = 16;

export const utf8 = (text: string): Bytes => new TextEncoder().encode(text);

/** Bytes WebCrypto takes: what lies in shared memory is copied. */
export const own = (bytes: Uint8Array): Bytes =>
  bytes.buffer instanceof ArrayBuffer ? (bytes as Bytes) : new Uint8Array(bytes);

/** The parts of the associated data with a bar between, so that two lists never give the same text. */
export const associated = (parts: readonly (string | number)[]): Bytes =>
  utf8(parts.map((part) => String(part).replaceAll("%", "%25").replaceAll("|", "%7C")).join("|"));

export async function sealWith(key: CloudKey, about: Bytes, bytes: Bytes): Promise<Bytes> {
  const nonce = crypto.getRandomValues(new Uint8Array(nonceBytes));
  const algorithm = { name: "AES-GCM", iv: nonce, additionalData: about };
  const made = new Uint8Array(await subtle().encrypt(algorithm, key, bytes));
  const sealed = new Uint8Array(nonceBytes + made.length);
  sealed.set(nonce);
  sealed.set(made, nonceBytes);
  return sealed;
}

/** null: sealed with another key, for another place, or changed since. */
export async function openWith(key: CloudKey, about: Bytes, sealed: Bytes): Promise<Bytes | null> {
  if (sealed.length < nonceBytes + tagBytes) return null;
  const algorithm = {
    name: "AES-GCM",
    iv: sealed.subarray(0, nonceBytes),
    additionalData: about,
  };
  try {
    const opened = await subtle().decrypt(algorithm, key, sealed.subarray(nonceBytes));
    return new Uint8Array(opened);
  } catch (error) {
    if (error instanceof Error && error.name === "OperationError") return null;
    throw error;
  }
}
