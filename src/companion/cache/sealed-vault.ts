// The vault in IndexedDB: AES-256-GCM with a key that IndexedDB keeps and never shows. A text's name is
// part of what is sealed, so that none can be put in another's place.
import { openDB, type DBSchema, type IDBPDatabase } from "idb";
import { damaged, memoryVault, type Vault } from "./vault.ts";

interface Tables extends DBSchema {
  keys: { key: string; value: CryptoKey | CryptoKeyPair };
  texts: { key: string; value: { nonce: Uint8Array<ArrayBuffer>; sealed: ArrayBuffer } };
}

const databaseName = "aetheria-companion";
const nonceBytes = 12;

/** The one that lasts where the browser allows it, else one for this page only. */
export async function openVault(): Promise<Vault> {
  // Without TLS there is no cryptography; a private window may refuse to keep anything.
  if (typeof indexedDB === "undefined" || !globalThis.crypto?.subtle) return memoryVault();
  try {
    return await openSealedVault();
  } catch {
    return memoryVault();
  }
}

export async function openSealedVault(name = databaseName): Promise<Vault> {
  const database = await openDB<Tables>(name, 1, {
    upgrade(fresh) {
      fresh.createObjectStore("keys");
      fresh.createObjectStore("texts");
    },
    // Another tab forgets this device: what holds it open would keep it from doing so.
    blocking: (_version, _next, event) => (event.target as IDBDatabase).close(),
  });
  return sealedBy(await deviceKey(database), database);
}

async function deviceKey(database: IDBPDatabase<Tables>): Promise<CryptoKey> {
  const kept = await database.get("keys", "device");
  if (kept && "algorithm" in kept) return kept;
  const uses: KeyUsage[] = ["encrypt", "decrypt"];
  const made = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, uses);
  // Two tabs may begin at once: the key that is there first is everybody's.
  const change = database.transaction("keys", "readwrite");
  const first = await change.store.get("device");
  if (!first) await change.store.put(made, "device");
  await change.done;
  return first && "algorithm" in first ? first : made;
}

function sealedBy(key: CryptoKey, database: IDBPDatabase<Tables>): Vault {
  const range = (prefix: string) => IDBKeyRange.bound(prefix, `${prefix}\uffff`);
  const scheme = (name: string, iv: Uint8Array<ArrayBuffer>) => ({
    ...{ name: "AES-GCM", iv },
    additionalData: new TextEncoder().encode(name),
  });
  async function sealed(name: string, text: string): Promise<Tables["texts"]["value"]> {
    const nonce = crypto.getRandomValues(new Uint8Array(nonceBytes));
    const plain = new TextEncoder().encode(text);
    return { nonce, sealed: await crypto.subtle.encrypt(scheme(name, nonce), key, plain) };
  }
  return {
    lasts: true,
    async get(name) {
      const kept = await database.get("texts", name);
      if (!kept) return null;
      try {
        const opened = await crypto.subtle.decrypt(scheme(name, kept.nonce), key, kept.sealed);
        return new TextDecoder().decode(opened);
      } catch (cause) {
        throw damaged(cause);
      }
    },
    async set(name, text) {
      await database.put("texts", await sealed(name, text), name);
    },
    async write(changes) {
      // Sealed before it begins: a transaction does not wait for anything but the database.
      const rows = await Promise.all(
        [...changes].map(async ([name, text]) => ({
          name,
          row: text === null ? null : await sealed(name, text),
        })),
      );
      const change = database.transaction("texts", "readwrite");
      for (const { name, row } of rows)
        void (row === null ? change.store.delete(name) : change.store.put(row, name));
      await change.done;
    },
    remove: (name) => database.delete("texts", name),
    names: (prefix) => database.getAllKeys("texts", range(prefix)),
    removeAll: (prefix) => database.delete("texts", range(prefix)),
    async getKeys(name) {
      const kept = await database.get("keys", `pair:${name}`);
      return kept && "privateKey" in kept ? kept : null;
    },
    async setKeys(name, keys) {
      await database.put("keys", keys, `pair:${name}`);
    },
    async destroy() {
      await Promise.all([database.clear("keys"), database.clear("texts")]);
      database.close();
    },
  };
}
