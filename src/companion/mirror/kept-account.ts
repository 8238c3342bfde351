// What this device keeps of the mirror, all of it in the vault: the sign-in, the account's keys, and
// its own key for signing, which nobody can read out.
import { KeyRing } from "../../contract/mirror.ts";
import { newSigningKeys, type SigningKeys } from "../../cloud/signer.ts";
import type { TokenStore } from "../../cloud/token-storage.ts";
import { loadKept, saveKept } from "../cache/kept.ts";
import type { Vault } from "../cache/vault.ts";

const tokensName = "mirror/sign-in";
const ringName = "mirror/keys";
const signingName = "mirror";

export const keptTokens = (vault: Vault): TokenStore => ({
  load: () => vault.get(tokensName),
  save: (secret) => vault.set(tokensName, secret),
  remove: () => vault.remove(tokensName),
});

export const loadKeyRing = (vault: Vault): Promise<KeyRing | null> =>
  loadKept(vault, ringName, KeyRing);

export const saveKeyRing = (vault: Vault, ring: KeyRing): Promise<void> =>
  saveKept(vault, ringName, ring);

/** Made when there are none yet. */
export async function signingKeys(vault: Vault): Promise<SigningKeys> {
  const kept = await vault.getKeys(signingName);
  if (kept) return kept;
  const made = await newSigningKeys();
  await vault.setKeys(signingName, made);
  return made;
}
