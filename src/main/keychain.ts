// The system's keychain, asynchronously, and only where it protects: what Electron calls `basic_text`
// is a fixed password, and seals with the person's consent alone. What was sealed with it still opens.
import { safeStorage } from "electron";
import type { Keychain } from "../contract/desktop.ts";

export interface SystemKeychain {
  readonly kind: Keychain;
  /** base64; null: not possible, or not allowed. */
  encrypt(text: string): Promise<string | null>;
  decrypt(base64: string): Promise<string | null>;
}

/** After the app is ready. `allowsPlain`: the person agreed to a keychain that does not protect. */
export function openKeychain(allowsPlain: () => boolean): SystemKeychain {
  const kind = kindOfKeychain();
  if (kind === "basic_text") safeStorage.setUsePlainTextEncryption(true);
  const attempt = async (step: () => string): Promise<string | null> => {
    try {
      return kind === "none" ? null : step();
    } catch {
      return null; // locked, or sealed by another keychain
    }
  };
  return {
    kind,
    encrypt: async (text) =>
      kind === "basic_text" && !allowsPlain()
        ? null
        : attempt(() => safeStorage.encryptString(text).toString("base64")),
    decrypt: (text) => attempt(() => safeStorage.decryptString(Buffer.from(text, "base64"))),
  };
}

function kindOfKeychain(): Keychain {
  if (process.platform !== "linux") return safeStorage.isEncryptionAvailable() ? "os" : "none";
  const backend = safeStorage.getSelectedStorageBackend();
  if (backend === "basic_text") return "basic_text";
  return backend !== "unknown" && safeStorage.isEncryptionAvailable() ? "os" : "none";
}
