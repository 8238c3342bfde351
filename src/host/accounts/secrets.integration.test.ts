import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
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
