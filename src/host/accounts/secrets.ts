// Keeps secrets in one encrypted file of the data folder. Values are never logged nor put into
// errors. A file that cannot be opened is kept aside and said so; the app goes on without it.
import { chmod, mkdir, readFile, rename } from "node:fs/promises";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import * as z from "zod/mini";
import { AetheriaError, type ErrorData } from "../../contract/errors.ts";
import {
  keyBytes,
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
  /** What was found wrong, for the person; complete after the first other call. */
  readonly notices: readonly ErrorData[];
}

export type SecretsParts = {
  dataDir: string;
  env: Readonly<Record<string, string | undefined>>;
  /** Instead of AETHERIA_PASSPHRASE. */
  passphrase?: string;
};

type Sealing = { kind: Envelope["key"]; key: Buffer; salt: Buffer };
/** `locked`: a file that is whole but wants a passphrase lies there; it is moved before a write. */
/** `sealing` is null where there is nothing to read yet: looking for a key writes nothing. */
type Opened = { values: Map<string, string>; sealing: Sealing | null; locked: boolean };

const Values = z.record(z.string(), z.string());

export function createSecrets(parts: SecretsParts): Secrets {
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
    if (!passphrase) return { kind: "file", key: await keyFile(keyPath), salt: Buffer.alloc(0) };
    const isOurs = envelope?.key === "passphrase";
    const salt = isOurs ? Buffer.from(envelope.salt, "base64") : newSalt();
    return { kind: "passphrase", key: await keyFromPassphrase(passphrase, salt), salt };
  };

  const openFile = async (): Promise<Opened> => {
    const text = await readIfThere(path);
    const values = new Map<string, string>();
    if (text === null) return { values, sealing: null, locked: false };
    const envelope = parseEnvelope(text);
    const sealing = await sealingFor(envelope);
    const fresh = { values, sealing, locked: false };
    if (envelope?.key === "passphrase" && !passphrase) {
      notices.push(lockedNotice(path));
      return { ...fresh, locked: true };
    }
    const kept = envelope === undefined ? undefined : await valuesOf(envelope, sealing, keyPath);
    if (kept !== undefined) return { ...fresh, values: kept };
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
  };
}

async function valuesOf(
  envelope: Envelope,
  sealing: Sealing,
  keyPath: string,
): Promise<Map<string, string> | undefined> {
  // A file sealed before a passphrase was set still opens; the next write seals it anew.
  const key = envelope.key === sealing.kind ? sealing.key : await otherKey(envelope, keyPath);
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

async function otherKey(envelope: Envelope, keyPath: string): Promise<Buffer | undefined> {
  return envelope.key === "file" ? readKey(keyPath) : undefined;
}

async function keyFile(path: string): Promise<Buffer> {
  const known = await readKey(path);
  if (known) return known;
  const key = randomBytes(keyBytes);
  await mkdir(join(path, ".."), { recursive: true });
  await writeAtomically(path, `${key.toString("base64")}\n`);
  return key;
}

async function readKey(path: string): Promise<Buffer | undefined> {
  const text = await readIfThere(path);
  const key = Buffer.from(text ?? "", "base64");
  if (key.length !== keyBytes) return undefined;
  // Copies and backups often come back readable for everybody.
  await chmod(path, 0o600);
  return key;
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
