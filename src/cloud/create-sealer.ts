// Seals and opens rows with the account's keys. One key per kind and generation, derived once. Who the
// user is, which kind and which place are part of what is sealed: a row moved elsewhere does not open.
import { AetheriaError } from "../contract/errors.ts";
import { mirrorProtocol, type KeyRing } from "../contract/mirror.ts";
import type { Place, Sealer, SealKind } from "../core/mirror/ports.ts";
import { fromBase64url, toBase64url, type Bytes } from "./base64url.ts";
import { associated, openWith, own, sealWith, subtle, utf8, type CloudKey } from "./sealing.ts";

export type SealerSetup = { userId: string; keys: KeyRing["keys"] };

export async function createSealer(setup: SealerSetup): Promise<Sealer> {
  const { userId } = setup;
  const masters = await masterKeys(setup.keys);
  const derived = new Map<string, Promise<CloudKey>>();
  const newest = Math.max(...masters.keys());
  const oldest = Math.min(...masters.keys());

  function keyFor(kind: SealKind | "name", generation: number): Promise<CloudKey> {
    const name = `${kind}|${generation}`;
    const known = derived.get(name);
    if (known !== undefined) return known;
    const master = masters.get(generation);
    if (master === undefined) throw locked(generation);
    const made = deriveKey(master, kind);
    derived.set(name, made);
    return made;
  }

  const about = (kind: SealKind, place: Place, generation: number) =>
    associated([`aetheria/${mirrorProtocol}`, userId, kind, ...place, generation]);

  async function sealBytes(kind: SealKind, place: Place, bytes: Uint8Array): Promise<Bytes> {
    return sealWith(await keyFor(kind, newest), about(kind, place, newest), own(bytes));
  }

  async function openBytes(
    kind: SealKind,
    place: Place,
    generation: number,
    bytes: Uint8Array | null,
  ): Promise<Bytes> {
    const key = await keyFor(kind, generation);
    const opened =
      bytes === null ? null : await openWith(key, about(kind, place, generation), own(bytes));
    if (opened === null) throw tampered(kind);
    return opened;
  }

  return {
    generation: newest,
    sealBytes,
    openBytes,
    async seal(kind, place, text) {
      return toBase64url(await sealBytes(kind, place, utf8(text)));
    },
    async open(kind, place, generation, sealed) {
      const opened = await openBytes(kind, place, generation, fromBase64url(sealed));
      return asText(opened) ?? raise(tampered(kind));
    },
    // Under the oldest key, so that a file keeps its name when the keys change.
    async attachmentId(sha256) {
      const name = await subtle().sign("HMAC", await keyFor("name", oldest), utf8(sha256));
      return toBase64url(new Uint8Array(name));
    },
  };
}

async function masterKeys(keys: KeyRing["keys"]): Promise<Map<number, CloudKey>> {
  const masters = new Map<number, CloudKey>();
  for (const { generation, key } of keys) {
    const bytes = fromBase64url(key);
    const isNew = !masters.has(generation) && Number.isSafeInteger(generation) && generation > 0;
    if (bytes?.length !== 32 || !isNew) throw notAKeyRing();
    masters.set(generation, await subtle().importKey("raw", bytes, "HKDF", false, ["deriveKey"]));
  }
  if (masters.size === 0) throw notAKeyRing();
  return masters;
}

function deriveKey(master: CloudKey, kind: SealKind | "name"): Promise<CloudKey> {
  const info = utf8(`aetheria/${mirrorProtocol}|key|${kind}`);
  const derivation = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(0), info };
  return kind === "name"
    ? subtle().deriveKey(
        derivation,
        master,
        { name: "HMAC", hash: "SHA-256", length: 256 },
        false,
        ["sign"],
      )
    : subtle().deriveKey(derivation, master, { name: "AES-GCM", length: 256 }, false, [
        "encrypt",
        "decrypt",
      ]);
}

/** null: not UTF-8. A byte-order mark is text like any other here. */
function asText(bytes: Bytes): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}

function raise(error: AetheriaError): never {
  throw error;
}

const named: Record<SealKind, string> = {
  device: "The card of a device",
  head: "A session's title and summary",
  open: "What is being written in a session",
  event: "A step of a session",
  command: "A command from another device",
  answer: "The answer to a command",
  attachment: "The card of a file",
  piece: "A piece of a file",
  push: "The address for push messages",
};

const tampered = (kind: SealKind): AetheriaError =>
  new AetheriaError(
    "tampered",
    `${named[kind]} on the server is not what your devices wrote: it was changed, cut or moved.`,
    {
      hint: "Nothing of it was used, and what is on your computer is unharmed. Delete the cloud copy in Connections → Mirror and mirror again; if it comes back, do not trust this server.",
    },
  );

const locked = (generation: number): AetheriaError =>
  new AetheriaError(
    "locked",
    `This device does not have the account's key number ${generation}, which this was sealed with.`,
    {
      hint: "The keys were changed on another device. Enter the passphrase again, or link this device anew from one that still opens it.",
    },
  );

const notAKeyRing = (): AetheriaError =>
  new AetheriaError("bad_input", "The account's keys on this device are damaged.", {
    hint: "Enter the passphrase again, or link this device anew from one that still works.",
  });
