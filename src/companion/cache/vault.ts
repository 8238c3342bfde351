// What this device keeps: texts, each sealed with a key of the device's own that nobody can read out.
// The names under which they lie are not secret; what a person wrote never is a name.
import { AetheriaError } from "../../contract/errors.ts";

export interface Vault {
  /** False: this page only. The browser keeps nothing, or offers no cryptography here. */
  readonly lasts: boolean;
  get(name: string): Promise<string | null>;
  set(name: string, text: string): Promise<void>;
  /** All of them or, when it rejects, none; null removes. */
  write(changes: ReadonlyMap<string, string | null>): Promise<void>;
  remove(name: string): Promise<void>;
  /** All that begin with this, in order. */
  names(prefix: string): Promise<string[]>;
  removeAll(prefix: string): Promise<void>;
  /** Keys that cannot be read out, and so cannot be sealed as texts. */
  getKeys(name: string): Promise<CryptoKeyPair | null>;
  setKeys(name: string, keys: CryptoKeyPair): Promise<void>;
  /** Everything, the device's own key included: what was sealed is lost. */
  destroy(): Promise<void>;
}

export function memoryVault(): Vault {
  const texts = new Map<string, string>();
  const pairs = new Map<string, CryptoKeyPair>();
  const names = (prefix: string) => [...texts.keys()].filter((n) => n.startsWith(prefix)).sort();
  return {
    lasts: false,
    get: async (name) => texts.get(name) ?? null,
    set: async (name, text) => void texts.set(name, text),
    async write(changes) {
      for (const [name, text] of changes)
        if (text === null) texts.delete(name);
        else texts.set(name, text);
    },
    remove: async (name) => void texts.delete(name),
    names: async (prefix) => names(prefix),
    removeAll: async (prefix) => names(prefix).forEach((name) => texts.delete(name)),
    getKeys: async (name) => pairs.get(name) ?? null,
    setKeys: async (name, keys) => void pairs.set(name, keys),
    destroy: async () => {
      texts.clear();
      pairs.clear();
    },
  };
}

/** What was sealed on this device does not open any more: the person is to begin anew. */
export const damaged = (cause?: unknown): AetheriaError =>
  new AetheriaError("store_damaged", "What this device kept cannot be read any more.", {
    hint: "In Settings choose “Forget this device”, then link it again: the desktop has everything.",
    cause,
  });
