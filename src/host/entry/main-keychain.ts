// The system's keychain as the host of the desktop has it: it asks main, which alone may use it.
import type { HostMessage } from "../../contract/desktop.ts";
import type { Keychain } from "../accounts/key-file.ts";

export interface MainKeychain extends Keychain {
  /** What main said to the question with this number. */
  answer(id: number, text: string | null): void;
}

export function createMainKeychain(tell: (message: HostMessage) => void): MainKeychain {
  const waiting = new Map<number, (text: string | null) => void>();
  let nextId = 1;
  const ask = (verb: "encrypt" | "decrypt", text: string) =>
    new Promise<string | null>((resolve) => {
      const id = nextId++;
      waiting.set(id, resolve);
      tell({ type: "secret", id, verb, text });
    });
  return {
    encrypt: (text) => ask("encrypt", text),
    decrypt: (sealed) => ask("decrypt", sealed),
    answer(id, text) {
      waiting.get(id)?.(text);
      waiting.delete(id);
    },
  };
}
