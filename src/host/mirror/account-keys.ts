// The account's keys: in this computer's keychain, and wrapped by the passphrase on the server.
import { AetheriaError, type ErrorData } from "../../contract/errors.ts";
import type { KeyRing, KeyRow, MirrorStatus } from "../../contract/mirror.ts";
import type { MirrorSecrets } from "./mirror-secrets.ts";
import { asking } from "./mirrored-sessions.ts";
import type { SignedIn } from "./sign-in.ts";

export type FoundKeys = {
  key: MirrorStatus["key"];
  /** null: not here. */
  ring: KeyRing | null;
  /** Why it is not known. */
  problem: ErrorData | null;
};

export function createAccountKeys(kept: MirrorSecrets) {
  const keptRing = ({ account }: SignedIn) => kept.ring(account.userId);

  /** Throws `locked`. */
  async function ringOf(signedIn: SignedIn): Promise<KeyRing> {
    return (await keptRing(signedIn)) ?? Promise.reject(locked());
  }

  async function save(signedIn: SignedIn, ring: KeyRing, passphrase: string): Promise<KeyRing> {
    const { wrap } = await import("../../cloud/key-ring.ts");
    await signedIn.cloud.server.saveKeys(await wrap(ring, passphrase), asking());
    await kept.saveRing(signedIn.account.userId, ring);
    return ring;
  }

  return {
    ringOf,
    /** Whether the account has a key, and whether it is here. Never rejects for the server. */
    async look(signedIn: SignedIn): Promise<FoundKeys> {
      const ring = await keptRing(signedIn);
      try {
        const row = await signedIn.cloud.server.keys(asking());
        const key = row === null ? "none" : opens(ring, row) ? "ready" : "locked";
        return { key, ring, problem: null };
      } catch (error) {
        // With a key at hand the engine tries again by itself.
        if (ring !== null) return { key: "ready", ring, problem: null };
        return { key: "unknown", ring, problem: AetheriaError.toData(error) };
      }
    },
    /** Another device made a newer one. */
    async isOutdated(signedIn: SignedIn): Promise<boolean> {
      const row = await signedIn.cloud.server.keys(asking()).catch(() => null);
      return row !== null && !opens(await keptRing(signedIn), row);
    },
    /** Opens the account's key, or makes its first one. */
    async unlock(signedIn: SignedIn, passphrase: string): Promise<KeyRing> {
      const { newestOf, newKeyRing, unwrap } = await import("../../cloud/key-ring.ts");
      const row = await signedIn.cloud.server.keys(asking());
      if (row === null) return save(signedIn, newKeyRing(), passphrase);
      const before = await keptRing(signedIn);
      if (before && row.generation < newestOf(before)) throw olderKey();
      const ring = await unwrap(row, passphrase);
      await kept.saveRing(signedIn.account.userId, ring);
      return ring;
    },
    async rotate(signedIn: SignedIn, passphrase: string): Promise<KeyRing> {
      const { rotated } = await import("../../cloud/key-ring.ts");
      return save(signedIn, rotated(await ringOf(signedIn)), passphrase);
    },
  };
}

const opens = (ring: KeyRing | null, row: KeyRow): boolean =>
  ring?.keys.some(({ generation }) => generation === row.generation) ?? false;

const olderKey = () =>
  new AetheriaError(
    "tampered",
    "The server shows an older key of this account than was used here.",
    {
      hint: "Nothing was tried with the passphrase. Link another device from this one instead, or change the key here.",
    },
  );

export const locked = () =>
  new AetheriaError("locked", "The account's key is not on this computer.", {
    hint: "Enter its passphrase under Connections → Mirror.",
  });
