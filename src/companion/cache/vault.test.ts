import "fake-indexeddb/auto";
import { afterEach, describe, expect, it } from "vitest";
import { openSealedVault } from "./sealed-vault.ts";
import { memoryVault, type Vault } from "./vault.ts";

let made = 0;
const opened: Vault[] = [];
afterEach(async () => {
  for (const vault of opened.splice(0)) await vault.destroy();
});

async function sealed(name = `vault-${++made}`): Promise<Vault> {
  const vault = await openSealedVault(name);
  opened.push(vault);
  return vault;
}

describe.each([
  ["in memory", async () => memoryVault()],
  ["in IndexedDB", () => sealed()],
])("a vault %s", (_where, open) => {
  it("gives back what it was given, and null for what it was not", async () => {
    const vault = await open();
    await vault.set("a/1", "one");
    expect(await vault.get("a/1")).toBe("one");
    expect(await vault.get("a/2")).toBeNull();
  });

  it("lists names by their beginning, in order, and removes them", async () => {
    const vault = await open();
    for (const name of ["a/2", "b/1", "a/1"]) await vault.set(name, name);
    expect(await vault.names("a/")).toEqual(["a/1", "a/2"]);
    await vault.removeAll("a/");
    expect(await vault.names("")).toEqual(["b/1"]);
  });

  it("writes many at once", async () => {
    const vault = await open();
    await vault.set("a", "old");
    await vault.write(
      new Map([
        ["a", null],
        ["b", "new"],
      ]),
    );
    expect([await vault.get("a"), await vault.get("b")]).toEqual([null, "new"]);
  });
});

describe("the sealed vault", () => {
  /** What lies in the database itself. */
  async function rows(name: string): Promise<{ nonce: Uint8Array; sealed: ArrayBuffer }[]> {
    const { openDB } = await import("idb");
    const database = await openDB(name);
    const all = await database.getAll("texts");
    database.close();
    return all;
  }

  it("opens again with what it kept", async () => {
    const name = `vault-${++made}`;
    await (await sealed(name)).set("a", "kept");
    expect(await (await sealed(name)).get("a")).toBe("kept");
  });

  it("keeps nothing that can be read, and a key that cannot be read out", async () => {
    const name = `vault-${++made}`;
    await (await sealed(name)).set("a", "a secret of mine");
    const [row] = await rows(name);
    expect(new TextDecoder("latin1").decode(row?.sealed)).not.toContain("secret");
    const { openDB } = await import("idb");
    const database = await openDB(name);
    const key: CryptoKey = await database.get("keys", "device");
    database.close();
    await expect(crypto.subtle.exportKey("raw", key)).rejects.toThrow();
  });

  it("never seals twice alike, and refuses a text in another's place or changed", async () => {
    const name = `vault-${++made}`;
    const vault = await sealed(name);
    await vault.set("a", "same");
    await vault.set("b", "same");
    const [one, other] = await rows(name);
    expect(new Uint8Array(one?.sealed ?? [])).not.toEqual(new Uint8Array(other?.sealed ?? []));
    const { openDB } = await import("idb");
    const database = await openDB(name);
    await database.put("texts", one, "b");
    const bytes = new Uint8Array(other?.sealed ?? new ArrayBuffer(1));
    bytes[0] = (bytes[0] ?? 0) ^ 1;
    await database.put("texts", { nonce: other?.nonce, sealed: bytes.buffer }, "c");
    database.close();
    await expect(vault.get("b")).rejects.toMatchObject({ code: "store_damaged" });
    await expect(vault.get("c")).rejects.toMatchObject({ code: "store_damaged" });
  });

  it("keeps keys for signing as they are, unreadable", async () => {
    const vault = await sealed();
    const curve = { name: "ECDSA", namedCurve: "P-256" };
    const keys = await crypto.subtle.generateKey(curve, false, ["sign", "verify"]);
    await vault.setKeys("mine", keys);
    const kept = await vault.getKeys("mine");
    expect(kept?.privateKey.extractable).toBe(false);
    expect(await vault.getKeys("other")).toBeNull();
  });
});
