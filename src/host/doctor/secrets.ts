// Where keys are kept at rest, and whether the machine's own keychain guards them.
import type { Finding } from "./finding.ts";

export type SecretsPlace = {
  /** `the macOS keychain`, `an encrypted file in the data folder`. */
  place: string;
  /** False: whoever can read the files of this account can read the keys. */
  guarded: boolean;
};

export async function checkSecrets(
  look: () => Promise<SecretsPlace>,
  platform: NodeJS.Platform,
): Promise<Finding> {
  const { place, guarded } = await look();
  const found = `Keys are kept in ${place}.`;
  return guarded ? { state: "ok", found } : { state: "warning", found, fix: fixes(platform) };
}

function fixes(platform: NodeJS.Platform): string {
  if (platform === "linux")
    return "Install and unlock a keyring (gnome-keyring or KWallet), or keep keys in the environment.";
  return "Sign in to this computer's own account so that its keychain opens.";
}
