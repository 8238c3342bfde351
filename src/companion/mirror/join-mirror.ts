// Becoming a device of the mirror: signed in, with the account's keys, and known to the host by a key
// of its own. Each step throws an AetheriaError that a person can act on.
import { uuidv7 } from "uuidv7";
import { createSealer } from "../../cloud/create-sealer.ts";
import { newestOf, unwrap } from "../../cloud/key-ring.ts";
import { openCloud, type Cloud } from "../../cloud/open-cloud.ts";
import { createSigner } from "../../cloud/signer.ts";
import { AetheriaError } from "../../contract/errors.ts";
import { DeviceId } from "../../contract/ids.ts";
import type { DeviceCard, KeyRing, KeyRow, MirrorAccount } from "../../contract/mirror.ts";
import type { Vault } from "../cache/vault.ts";
import type { Link } from "../state/link.ts";
import { keptTokens, saveKeyRing, signingKeys } from "./kept-account.ts";

export type Project = { url: string; anonKey: string };

export type SignedIn = {
  account: MirrorAccount;
  /** null: no desktop has turned the mirror on for this account. */
  keyRow: KeyRow | null;
  cloud: Cloud;
};

/** Whoever gets it closes `cloud`. */
export async function signIn(
  vault: Vault,
  project: Project,
  { email, password }: { email: string; password: string },
  signal: AbortSignal,
): Promise<SignedIn> {
  const url = project.url.trim().replace(/\/+$/, "");
  const anonKey = project.anonKey.trim();
  const cloud = await openCloud({ url, anonKey, tokens: keptTokens(vault) });
  try {
    const account = await cloud.auth.signIn(email.trim(), password);
    return { account, cloud, keyRow: await cloud.server.keys(signal) };
  } catch (error) {
    await cloud.close();
    throw error;
  }
}

/** Takes half a second, on purpose. Throws `unauthorized` for a wrong passphrase. */
export async function keysBy(signedIn: SignedIn, passphrase: string): Promise<KeyRing> {
  if (!signedIn.keyRow) throw noKey();
  return unwrap(signedIn.keyRow, passphrase);
}

/** Keeps the keys, makes this device known, and closes the cloud. */
export async function enter(
  vault: Vault,
  { account, cloud, keyRow }: SignedIn,
  ring: KeyRing,
  { name, platform }: Pick<DeviceCard, "name" | "platform">,
  signal: AbortSignal,
): Promise<Link> {
  const generation = newestOf(ring);
  if (keyRow && keyRow.generation > generation) throw olderKey();
  const deviceId = DeviceId.parse(uuidv7());
  const sealer = await createSealer({ userId: account.userId, keys: ring.keys });
  const { publicKey } = await createSigner(deviceId, await signingKeys(vault));
  const card: DeviceCard = { name, platform, publicKey };
  const row = {
    device_id: deviceId,
    kind: "companion",
    generation,
    card: await sealer.seal("device", [deviceId, "companion"], JSON.stringify(card)),
    public_key: publicKey,
  } as const;
  await cloud.server.saveDevice(row, signal);
  await saveKeyRing(vault, ring);
  await cloud.close();
  const { url, anonKey, userId, email } = account;
  return { wire: "mirror", url, anonKey, userId, email, deviceId };
}

const noKey = () =>
  new AetheriaError("not_found", "This account has no key yet.", {
    hint: "Turn the mirror on first: on your desktop, in Connections.",
  });

const olderKey = () =>
  new AetheriaError("locked", "The account's key was changed since this picture was made.", {
    hint: "Show a new picture on your desktop and scan it, or enter the passphrase.",
  });
