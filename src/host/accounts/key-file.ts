// The random key that seals the secrets, in a file beside them: sealed in turn by the system's keychain
// where there is one to use, else plain and readable by its owner only.
import { chmod, mkdir, readFile, rename } from "node:fs/promises";
import { randomBytes } from "node:crypto";
import { dirname } from "node:path";
import { keyBytes } from "./secret-box.ts";
import { writeAtomically } from "./write-atomically.ts";

/** The system's keychain. base64 in and out of the sealed side; null: it cannot, or may not. */
export interface Keychain {
  encrypt(text: string): Promise<string | null>;
  decrypt(sealed: string): Promise<string | null>;
}

/** `locked`: it is sealed, and this process has no keychain that opens it. */
export type StoredKey = Buffer | "locked" | undefined;

const sealedMark = "keychain:";

export async function readKeyFile(path: string, keychain: Keychain | null): Promise<StoredKey> {
  const text = (await readIfThere(path))?.trim();
  if (text === undefined) return undefined;
  const plain = text.startsWith(sealedMark)
    ? ((await keychain?.decrypt(text.slice(sealedMark.length))) ?? null)
    : text;
  if (plain === null) return "locked";
  const key = Buffer.from(plain, "base64");
  if (key.length !== keyBytes) return undefined;
  // Copies and backups often come back readable for everybody.
  await chmod(path, 0o600);
  return key;
}

/** The key that is there, else a new one; a key nobody can open is kept aside for it. */
export async function openKeyFile(path: string, keychain: Keychain | null): Promise<Buffer> {
  const known = await readKeyFile(path, keychain);
  if (known instanceof Buffer) return known;
  if (known === "locked") await rename(path, `${path}.unreadable-${Date.now()}`);
  const key = randomBytes(keyBytes);
  await mkdir(dirname(path), { recursive: true });
  await sealKeyFile(path, key, keychain);
  return key;
}

/** Writes the key as it can be protected now, if that is not how it lies there. A keychain counts only when it gives back what it got. */
export async function sealKeyFile(
  path: string,
  key: Buffer,
  keychain: Keychain | null,
): Promise<void> {
  const plain = key.toString("base64");
  const sealed = (await keychain?.encrypt(plain)) ?? null;
  const isKept = sealed !== null && (await keychain?.decrypt(sealed)) === plain;
  if ((await isKeyFileSealed(path)) === isKept) return;
  await writeAtomically(path, `${isKept ? sealedMark + sealed : plain}\n`);
}

/** null: there is no key file. */
export async function isKeyFileSealed(path: string): Promise<boolean | null> {
  return (await readIfThere(path))?.startsWith(sealedMark) ?? null;
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
