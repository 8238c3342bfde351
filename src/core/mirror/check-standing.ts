// Whether this device is still one of the account's, with the account's newest key. With an older key it
// seals nothing more: a device that was revoked may still have that one.
import { AetheriaError } from "../../contract/errors.ts";
import type { Sealer, WaitingCommands } from "./ports.ts";

export type Standing = Pick<WaitingCommands, "generation" | "isRevoked">;

/** Throws `revoked`, or `locked` where the key was changed on another device. An older key than is here
 * proves nothing: the server may say what it likes, and nobody goes back to an older one. */
export function checkStanding(sealer: Pick<Sealer, "generation">, standing: Standing): void {
  if (standing.isRevoked)
    throw new AetheriaError("revoked", "Another of your devices took this one out of the mirror.", {
      hint: "What is on this device stays. Link it again, by its passphrase or from the other one.",
    });
  if (standing.generation !== null && standing.generation > sealer.generation)
    throw new AetheriaError("locked", "The account's key was changed on another device.", {
      hint: "Enter the passphrase that was chosen there.",
    });
}
