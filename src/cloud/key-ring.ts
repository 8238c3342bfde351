// The account's keys: made, added to, and wrapped by what Argon2id makes of a passphrase. The server
// keeps the wrapped form; it names the cost of unwrapping, and only sensible costs are paid.
import { AetheriaError } from "../contract/errors.ts";
import { KeyRing, mirrorProtocol, type KeyRow } from "../contract/mirror.ts";
import { fromBase64url, toBase64url, type Bytes } from "./base64url.ts";
import { associated, openWith, sealWith, subtle, utf8, type CloudKey } from "./sealing.ts";

export type Cost = Pick<KeyRow, "memory_kib" | "passes" | "lanes">;

export const usualCost: Cost = { memory_kib: 64 * 1024, passes: 3, lanes: 1 };
/** The least OWASP advises for Argon2id; less than that protects no passphrase. */
export const leastCost: Cost = { memory_kib: 19 * 1024, passes: 2, lanes: 1 };
const mostCost: Cost = { memory_kib: 256 * 1024, passes: 10, lanes: 4 };

export const shortestPassphrase = 10;
const longestPassphrase = 1_000;
const saltBytes = 16;

export function newKeyRing(): KeyRing {
  return { keys: [{ generation: 1, key: newKey() }] };
}

/** With one more key, which seals from now on; the others still open what is there. */
export function rotated(ring: KeyRing): KeyRing {
  return { keys: [...ring.keys, { generation: newestOf(ring) + 1, key: newKey() }] };
}

export const newestOf = (ring: KeyRing): number =>
  Math.max(...ring.keys.map((key) => key.generation));

/** For `account_keys`. Takes about half a second, on purpose. */
export async function wrap(ring: KeyRing, passphrase: string, cost = usualCost): Promise<KeyRow> {
  if (passphrase.normalize("NFKC").length < shortestPassphrase) throw tooShort();
  if (passphrase.length > longestPassphrase) throw tooLong();
  const salt = toBase64url(crypto.getRandomValues(new Uint8Array(saltBytes)));
  const row = { generation: newestOf(ring), salt, ...cost };
  const key = await passphraseKey(passphrase, row);
  const wrapped = await sealWith(key, about(row), utf8(JSON.stringify(ring)));
  return { ...row, wrapped: toBase64url(wrapped) };
}

/** Throws `unauthorized` for a wrong passphrase, `tampered` for a row no device of ours wrote. */
export async function unwrap(row: KeyRow, passphrase: string): Promise<KeyRing> {
  const wrapped = fromBase64url(row.wrapped);
  if (!isSensible(row) || wrapped === null) throw notOurs();
  // What could not have wrapped it does not open it either, and the wasm takes no empty one.
  if (passphrase === "" || passphrase.length > longestPassphrase) throw wrongPassphrase();
  const opened = await openWith(await passphraseKey(passphrase, row), about(row), wrapped);
  if (opened === null) throw wrongPassphrase();
  const ring = KeyRing.safeParse(JSON.parse(new TextDecoder().decode(opened)));
  if (!ring.success || newestOf(ring.data) !== row.generation) throw notOurs();
  return ring.data;
}

type Wrapping = Omit<KeyRow, "wrapped">;

const newKey = (): string => toBase64url(crypto.getRandomValues(new Uint8Array(32)));

const about = (row: Wrapping): Bytes =>
  associated([
    `aetheria/${mirrorProtocol}`,
    "keys",
    row.generation,
    row.salt,
    row.memory_kib,
    row.passes,
    row.lanes,
  ]);

function isSensible(row: Wrapping): boolean {
  const costs = ["memory_kib", "passes", "lanes"] as const;
  return (
    fromBase64url(row.salt)?.length === saltBytes &&
    costs.every(
      (name) =>
        Number.isSafeInteger(row[name]) &&
        row[name] >= leastCost[name] &&
        row[name] <= mostCost[name],
    )
  );
}

async function passphraseKey(passphrase: string, row: Wrapping): Promise<CloudKey> {
  const argon2id = await loadArgon2id().catch((cause: unknown) => {
    throw new AetheriaError("part_missing", "What reads the passphrase could not be loaded.", {
      hint: "Go online, load Aetheria again, and enter the passphrase once more.",
      retryable: true,
      cause,
    });
  });
  const bytes = await argon2id({
    // The same characters typed on another keyboard may come composed otherwise.
    password: utf8(passphrase.normalize("NFKC")),
    salt: fromBase64url(row.salt) ?? "",
    memorySize: row.memory_kib,
    iterations: row.passes,
    parallelism: row.lanes,
    hashLength: 32,
    outputType: "binary",
  });
  const key = new Uint8Array(bytes);
  return subtle().importKey("raw", key, "AES-GCM", false, ["encrypt", "decrypt"]);
}

/** Named here so that a bundler takes this one function and none of the other hashes. */
async function loadArgon2id() {
  const { argon2id } = await import("hash-wasm");
  return argon2id;
}

const wrongPassphrase = (): AetheriaError =>
  new AetheriaError("unauthorized", "That passphrase does not open this account's key.", {
    hint: "Check capitals and the keyboard's language. If it is lost, link this device from one that still opens the mirror; without either, the cloud copy cannot be read by anybody.",
  });

const tooShort = (): AetheriaError =>
  new AetheriaError(
    "bad_input",
    `The passphrase needs at least ${shortestPassphrase} characters: whoever has the server can try as often as they like.`,
    { hint: "Four or five words that do not belong together are easy to keep and hard to guess." },
  );

const tooLong = (): AetheriaError =>
  new AetheriaError("bad_input", `The passphrase is longer than ${longestPassphrase} characters.`, {
    hint: "Use a shorter one.",
  });

const notOurs = (): AetheriaError =>
  new AetheriaError("tampered", "The wrapped key on the server is not one your devices wrote.", {
    hint: "Nothing was tried with your passphrase. Link this device from one that still opens the mirror, and wrap the key anew there.",
  });
