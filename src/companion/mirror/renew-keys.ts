// The account's key was changed on another device: the passphrase that was chosen there opens the new one
// here. Nothing else of the link changes.
import { newestOf, unwrap } from "../../cloud/key-ring.ts";
import { openCloud } from "../../cloud/open-cloud.ts";
import { AetheriaError } from "../../contract/errors.ts";
import type { Vault } from "../cache/vault.ts";
import type { Link } from "../state/link.ts";
import { keptTokens, loadKeyRing, saveKeyRing } from "./kept-account.ts";

/** Takes half a second, on purpose. Throws `unauthorized` for a wrong passphrase, `tampered` where the
 * server shows an older key than this device had. */
export async function renewKeys(
  { url, anonKey }: Extract<Link, { wire: "mirror" }>,
  vault: Vault,
  passphrase: string,
  signal: AbortSignal,
): Promise<void> {
  const cloud = await openCloud({ url, anonKey, tokens: keptTokens(vault) });
  try {
    const row = await cloud.server.keys(signal);
    if (!row) throw noKey();
    const before = await loadKeyRing(vault);
    if (before && row.generation < newestOf(before)) throw olderKey();
    await saveKeyRing(vault, await unwrap(row, passphrase));
  } finally {
    await cloud.close();
  }
}

const noKey = () =>
  new AetheriaError("not_found", "This account has no key any more.", {
    hint: "Turn the mirror on again: on your desktop, in Connections.",
  });

const olderKey = () =>
  new AetheriaError(
    "tampered",
    "The server shows an older key of this account than was used here.",
    {
      hint: "Nothing was tried with the passphrase. Link this device again by a picture from your desktop.",
    },
  );
