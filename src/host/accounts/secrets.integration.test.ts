import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Keychain } from "./key-file.ts";
import { createSecrets } from "./secrets.ts";

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "aetheria-secrets-"));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

const file = () => join(dataDir, "secrets.json.enc");
const open = (env: Record<string, string> = {}) => createSecrets({ dataDir, env });

describe("secrets", () => {
  it("come back after a restart, and are deleted for good", async () => {
    await open().set("openai.key", "sk-ünïcode-1234");
    await open().set("other", "x");
    const again = open();
    expect(await again.get("openai.key")).toBe("sk-ünïcode-1234");
    expect(await again.names()).toEqual(["openai.key", "other"]);
    await again.delete("other");
    expect(await open().names()).toEqual(["openai.key"]);
    expect(again.notices).toEqual([]);
  });

  it("are not readable in the folder, and the key file is its owner's only", async () => {
    await open().set("openai.key", "sk-very-secret-value");
    for (const name of await readdir(dataDir))
      expect(await readFile(join(dataDir, name), "utf8")).not.toContain("very-secret");
    if (process.platform === "win32") return;
    expect((await stat(join(dataDir, "secrets.key"))).mode & 0o777).toBe(0o600);
    expect((await stat(file())).mode & 0o777).toBe(0o600);
  });

  it("keep every one of many writes at once", async () => {
    const secrets = open();
    const names = Array.from({ length: 20 }, (_, n) => `name-${n}`);
    await Promise.all(names.map((name) => secrets.set(name, name)));
    expect(await open().names()).toEqual(names.sort());
    expect((await readdir(dataDir)).sort()).toEqual(["secrets.json.enc", "secrets.key"]);
  });

  it.each([
    ["garbage", "not json at all"],
    ["an empty file", ""],
    ["somebody else's JSON", '{"format":"other"}'],
  ])("survive %s: kept aside, said, and usable", async (_what, content) => {
    await writeFile(file(), content);
    const secrets = open();
    expect(await secrets.get("openai.key")).toBeNull();
    expect(secrets.notices).toMatchObject([
      { code: "store_damaged", message: expect.stringContaining("damaged. It was kept as") },
    ]);
    await secrets.set("openai.key", "new");
    expect(await open().get("openai.key")).toBe("new");
    const aside = (await readdir(dataDir)).find((name) => name.includes(".unreadable-")) ?? "";
    expect(await readFile(join(dataDir, aside), "utf8")).toBe(content);
  });

  it("notice a changed byte", async () => {
    await open().set("a", "b");
    const envelope = JSON.parse(await readFile(file(), "utf8"));
    const sealed = Buffer.from(envelope.sealed, "base64");
    sealed[0] = (sealed[0] ?? 0) ^ 1;
    await writeFile(file(), JSON.stringify({ ...envelope, sealed: sealed.toString("base64") }));
    const secrets = open();
    expect(await secrets.get("a")).toBeNull();
    expect(secrets.notices).toHaveLength(1);
  });

  it("from another machine, without their key, are kept aside", async () => {
    await open().set("a", "b");
    await rm(join(dataDir, "secrets.key"));
    const secrets = open();
    expect(await secrets.names()).toEqual([]);
    expect(secrets.notices[0]?.message).toContain("another key or passphrase");
  });

  it("open with the right passphrase only", async () => {
    await open({ AETHERIA_PASSPHRASE: "correct horse" }).set("a", "b");
    expect(await readdir(dataDir)).toEqual(["secrets.json.enc"]);
    expect(await open({ AETHERIA_PASSPHRASE: "correct horse" }).get("a")).toBe("b");

    const without = open();
    expect(await without.get("a")).toBeNull();
    expect(without.notices[0]).toMatchObject({
      message: "The saved keys are locked with a passphrase that was not given.",
      hint: expect.stringContaining("AETHERIA_PASSPHRASE"),
    });
    expect(await open({ AETHERIA_PASSPHRASE: "correct horse" }).get("a")).toBe("b");
  });

  it("locked with a passphrase are moved, not overwritten, by a write without it", async () => {
    await open({ AETHERIA_PASSPHRASE: "correct horse" }).set("a", "b");
    await open().set("a", "c");
    expect(await open().get("a")).toBe("c");
    expect((await readdir(dataDir)).some((name) => name.includes(".unreadable-"))).toBe(true);
  });

  it("stay readable when a passphrase is set later, and are sealed with it from then on", async () => {
    await open().set("a", "b");
    const later = open({ AETHERIA_PASSPHRASE: "later" });
    expect(await later.get("a")).toBe("b");
    await later.set("c", "d");
    await rm(join(dataDir, "secrets.key"));
    expect(await open({ AETHERIA_PASSPHRASE: "later" }).names()).toEqual(["a", "c"]);
  });

  it("change nothing when they cannot be written, and say so without the value", async () => {
    const secrets = createSecrets({ dataDir: join(dataDir, "secrets.key", "below"), env: {} });
    await writeFile(join(dataDir, "secrets.key"), "a file where a folder should be");
    const failed = await secrets.set("a", "sk-hidden").catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(Error);
    expect(String(failed)).not.toContain("sk-hidden");
  });
});

describe("secrets with the system's keychain", () => {
  const keyFile = () => readFile(join(dataDir, "secrets.key"), "utf8");
  /** Reverses the text; `allows` is the person's consent. */
  const reversing = (allows = { sealing: true }): Keychain => {
    const turned = (text: string) => [...text].reverse().join("");
    return {
      encrypt: async (text) => (allows.sealing ? turned(text) : null),
      decrypt: async (sealed) => turned(sealed),
    };
  };
  const openWith = (keychain: Keychain) => createSecrets({ dataDir, env: {}, keychain });

  it("have their key sealed by it, and come back with it", async () => {
    await openWith(reversing()).set("a", "b");
    expect(await keyFile()).toMatch(/^keychain:/);
    expect(await openWith(reversing()).get("a")).toBe("b");
  });

  it("are locked without it, and a write then keeps both files aside", async () => {
    await openWith(reversing()).set("a", "b");
    const without = open();
    expect(await without.get("a")).toBeNull();
    expect(without.notices).toMatchObject([
      { message: "The saved keys are locked with the keychain of this system." },
    ]);
    expect(await openWith(reversing()).get("a")).toBe("b");
    await without.set("a", "c");
    expect(await open().get("a")).toBe("c");
    const aside = (await readdir(dataDir)).filter((name) => name.includes(".unreadable-"));
    expect(aside.map((name) => name.split(".unreadable-")[0]).sort()).toEqual([
      "secrets.json.enc",
      "secrets.key",
    ]);
  });

  it("keep the plain key file without consent; consent seals it and its end unseals it", async () => {
    const allows = { sealing: false };
    const secrets = openWith(reversing(allows));
    await secrets.reseal();
    expect(await readdir(dataDir)).toEqual([]);
    await secrets.set("a", "b");
    expect(await keyFile()).not.toMatch(/^keychain:/);
    allows.sealing = true;
    await secrets.reseal();
    expect(await keyFile()).toMatch(/^keychain:/);
    expect(await openWith(reversing(allows)).get("a")).toBe("b");
    allows.sealing = false;
    await secrets.reseal();
    expect(await open().get("a")).toBe("b");
  });

  it("from before there was one are sealed when they are opened with it", async () => {
    await open().set("a", "b");
    expect(await openWith(reversing()).get("a")).toBe("b");
    expect(await keyFile()).toMatch(/^keychain:/);
    // Not the other way round: consent may not be known yet.
    expect(await openWith(reversing({ sealing: false })).get("a")).toBe("b");
    expect(await keyFile()).toMatch(/^keychain:/);
  });

  it("do not trust a keychain that gives back something else", async () => {
    const broken = { ...reversing(), decrypt: async () => "something else" };
    await openWith(broken).set("a", "b");
    expect(await open().get("a")).toBe("b");
  });

  it("leave a passphrase in charge", async () => {
    const parts = { dataDir, env: {}, passphrase: "correct horse", keychain: reversing() };
    await createSecrets(parts).set("a", "b");
    await createSecrets(parts).reseal();
    expect(await readdir(dataDir)).toEqual(["secrets.json.enc"]);
  });
});
