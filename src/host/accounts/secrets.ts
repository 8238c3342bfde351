// Keeps secrets in one encrypted file of the data folder. Values are never logged nor put into
// errors. A file that cannot be opened is kept aside and said so; the app goes on without it.
import { mkdir, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod/mini";
import { AetheriaError, type ErrorData } from "../../contract/errors.ts";
import {
  isKeyFileSealed,
  openKeyFile,
  readKeyFile,
  sealKeyFile,
  type Keychain,
} from "./key-file.ts";
import {
  keyFromPassphrase,
  newSalt,
  parseEnvelope,
  seal,
  unseal,
  type Envelope,
} from "./secret-box.ts";
import { writeAtomically } from "./write-atomically.ts";

export interface Secrets {
  get(name: string): Promise<string | null>;
  /** Kept on the disk when it resolves. Throws disk_full or internal, and nothing was changed. */
  set(name: string, value: string): Promise<void>;
  delete(name: string): Promise<void>;
  names(): Promise<string[]>;
  /** Protects the key file anew, after what the keychain may do has changed. */
  reseal(): Promise<void>;
  /** What was found wrong, for the person; complete after the first other call. */
  readonly notices: readonly ErrorData[];
}

export type SecretsParts = {
  dataDir: string;
  env: Readonly<Record<string, string | undefined>>;
  /** Instead of AETHERIA_PASSPHRASE. */
  passphrase?: string;
  /** Seals the key file; a passphrase comes before it. */
  keychain?: Keychain | undefined;
};

type Sealing = { kind: Envelope["key"]; key: Buffer; salt: Buffer };
/** `locked`: a file that is whole but wants a passphrase or a keychain lies there; it is moved before
 * a write. */
/** `sealing` is null where there is nothing to read yet: looking for a key writes nothing. */
type Opened = { values: Map<string, string>; sealing: Sealing | null; locked: boolean };

const Values = z.record(z.string(), z.string());

export function createSecrets(parts: SecretsParts): Secrets {
  const keychain = parts.keychain ?? null;
  const passphrase = parts.passphrase ?? parts.env["AETHERIA_PASSPHRASE"];
  const path = join(parts.dataDir, "secrets.json.enc");
  const keyPath = join(parts.dataDir, "secrets.key");
  const notices: ErrorData[] = [];
  let opened: Promise<Opened> | undefined;
  let lastWrite: Promise<unknown> = Promise.resolve();

  const open = (): Promise<Opened> => {
    opened ??= openFile().catch((error: unknown) => {
      opened = undefined;
      throw error;
    });
    return opened;
  };

  const sealingFor = async (envelope?: Envelope): Promise<Sealing> => {
    if (!passphrase)
      return { kind: "file", key: await openKeyFile(keyPath, keychain), salt: Buffer.alloc(0) };
    const isOurs = envelope?.key === "passphrase";
    const salt = isOurs ? Buffer.from(envelope.salt, "base64") : newSalt();
    return { kind: "passphrase", key: await keyFromPassphrase(passphrase, salt), salt };
  };

  const openFile = async (): Promise<Opened> => {
    const text = await readIfThere(path);
    const values = new Map<string, string>();
    if (text === null) return { values, sealing: null, locked: false };
    const envelope = parseEnvelope(text);
    const keyFile = envelope?.key === "file" ? await readKeyFile(keyPath, keychain) : undefined;
    if (keyFile === "locked" || (envelope?.key === "passphrase" && !passphrase)) {
      notices.push(keyFile === "locked" ? keychainNotice(path) : lockedNotice(path));
      return { values, sealing: null, locked: true };
    }
    const sealing = await sealingFor(envelope);
    const fresh = { values, sealing, locked: false };
    const kept = envelope === undefined ? undefined : valuesOf(envelope, sealing, keyFile);
    if (kept !== undefined) {
      if (sealing.kind === "file") await sealOlderKey(keyPath, sealing.key, keychain);
      return { ...fresh, values: kept };
    }
    notices.push(asideNotice(await keepAside(path), envelope === undefined));
    return fresh;
  };

  /** One after the other; the values in memory change only when the file has. */
  const change = (edit: (values: Map<string, string>) => void): Promise<void> => {
    const write = async () => {
      const now = await open();
      const next = new Map(now.values);
      edit(next);
      await mkdir(parts.dataDir, { recursive: true });
      const sealing = now.sealing ?? (await sealingFor());
      const { key, kind, salt } = sealing;
      const text = seal(JSON.stringify(Object.fromEntries(next)), key, kind, salt);
      if (now.locked) await keepAside(path);
      await writeAtomically(path, text).catch((error: unknown) => {
        throw notKept(error);
      });
      opened = Promise.resolve({ values: next, sealing, locked: false });
    };
    const done = lastWrite.then(write, write);
    lastWrite = done.catch(() => undefined);
    return done;
  };

  return {
    notices,
    get: async (name) => (await open()).values.get(name) ?? null,
    set: (name, value) => change((values) => values.set(name, value)),
    delete: (name) => change((values) => values.delete(name)),
    names: async () => [...(await open()).values.keys()].sort(),
    async reseal() {
      const { sealing } = await open();
      // Null: nothing was ever kept here.
      if (sealing?.kind === "file") await sealKeyFile(keyPath, sealing.key, keychain);
    },
  };
}

/** A key from before there was a keychain. What is sealed stays so: consent may not be known yet. */
async function sealOlderKey(path: string, key: Buffer, keychain: Keychain | null): Promise<void> {
  if (keychain === null || (await isKeyFileSealed(path)) !== false) return;
  await sealKeyFile(path, key, keychain).catch(() => undefined); // the plain one is still there
}

function valuesOf(
  envelope: Envelope,
  sealing: Sealing,
  keyFile: Buffer | undefined,
): Map<string, string> | undefined {
  // A file sealed before a passphrase was set still opens; the next write seals it anew.
  const key = envelope.key === sealing.kind ? sealing.key : keyFile;
  const text = key === undefined ? undefined : unseal(envelope, key);
  if (text === undefined) return undefined;
  const parsed = Values.safeParse(parseJson(text));
  return parsed.success ? new Map(Object.entries(parsed.data)) : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}

async function keepAside(path: string): Promise<string> {
  const aside = `${path}.unreadable-${Date.now()}`;
  await rename(path, aside);
  return aside;
}

const keychainNotice = (path: string): ErrorData => ({
  code: "unauthorized",
  message: "The saved keys are locked with the keychain of this system.",
  hint: `The desktop app opens ${path}. Without it, keys come from the environment.`,
  retryable: false,
});

const lockedNotice = (path: string): ErrorData => ({
  code: "unauthorized",
  message: "The saved keys are locked with a passphrase that was not given.",
  hint: `Set AETHERIA_PASSPHRASE and start again. The keys stay in ${path}.`,
  retryable: false,
});

const asideNotice = (aside: string, damaged: boolean): ErrorData => ({
  code: "store_damaged",
  message: damaged
    ? `The file with the saved keys is damaged. It was kept as ${aside}.`
    : `The saved keys were locked with another key or passphrase. They were kept as ${aside}.`,
  hint: "Add the keys again in Settings › Models.",
  retryable: false,
});

function notKept(error: unknown): AetheriaError {
  const full = error instanceof Error && "code" in error && error.code === "ENOSPC";
  return full
    ? new AetheriaError("disk_full", "The key could not be saved: the disk is full.", {
        hint: "Free some space and try again.",
        retryable: true,
      })
    : new AetheriaError("internal", "The key could not be saved in the data folder.", {
        hint: "Check that the data folder can be written.",
        retryable: true,
        cause: error,
      });
}
