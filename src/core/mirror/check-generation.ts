// Whether the account's key was changed on another device: then this one seals nothing more with the old
// key, which a device that was revoked may still have.
import { AetheriaError } from "../../contract/errors.ts";
import type { Sealer } from "./ports.ts";

/** `newest`: as the server tells; null: there is none. Throws `locked`. An older one than is here proves
 * nothing: the server may say what it likes, and nobody goes back to an older key. */
export function checkGeneration({ generation }: Pick<Sealer, "generation">, newest: number | null) {
  if (newest === null || newest <= generation) return;
  throw new AetheriaError("locked", "The account's key was changed on another device.", {
    hint: "Enter the passphrase that was chosen there.",
  });
}
