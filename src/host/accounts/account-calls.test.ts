import { describe, expect, it } from "vitest";
import { AetheriaError } from "../../contract/errors.ts";
import { createAccountCalls } from "./account-calls.ts";
import { createProviderKeys } from "./provider-keys.ts";
import type { Secrets } from "./secrets.ts";

function memorySecrets(): Secrets & { values: Map<string, string> } {
  const values = new Map<string, string>();
  return {
    values,
    notices: [],
    get: async (name) => values.get(name) ?? null,
    set: async (name, value) => void values.set(name, value),
    delete: async (name) => void values.delete(name),
    names: async () => [...values.keys()],
    reseal: async () => undefined,
  };
}

function open(env: Record<string, string> = {}, problem?: AetheriaError) {
  const secrets = memorySecrets();
  const checked: unknown[] = [];
  let changes = 0;
  const keys = createProviderKeys(secrets, env);
  const calls = createAccountCalls({
    keys,
    checkKey: async (provider, key) => {
      checked.push({ provider, ...key });
      if (problem) throw problem;
    },
    onChange: () => (changes += 1),
  });
  return { calls, keys, secrets, checked, changes: () => changes };
}

const key = "sk-abcdefghijklmnop";

describe("accounts", () => {
  it("check a key before it is kept, and show only its end", async () => {
    const { calls, checked, changes } = open();
    const account = await calls["account.connect"]({ provider: "openai", key: ` ${key}\n` });
    expect(account).toEqual({
      provider: "openai",
      connected: true,
      source: "settings",
      keyEnd: "mnop",
    });
    expect(checked).toEqual([{ provider: "openai", key, baseUrl: undefined }]);
    expect(JSON.stringify(await calls["account.list"]({}))).not.toContain("abcdefgh");
    expect(changes()).toBe(1);
  });

  it("keep nothing when the provider refuses the key", async () => {
    const refused = new AetheriaError("model_unauthorized", "The key for OpenAI was refused.");
    const { calls, secrets } = open({}, refused);
    await expect(calls["account.connect"]({ provider: "openai", key })).rejects.toBe(refused);
    expect(secrets.values.size).toBe(0);
  });

  it("accept an address without a key, for local servers", async () => {
    const { calls, keys } = open();
    const baseUrl = "http://127.0.0.1:8080/v1/";
    await calls["account.connect"]({ provider: "openai", key: "", baseUrl });
    expect(await keys.keyFor("openai")).toEqual({
      key: "",
      baseUrl: "http://127.0.0.1:8080/v1",
      source: "settings",
    });
  });

  it.each([
    [{ key: "" }, "There is neither a key nor an address."],
    [{ key: "sk-a b" }, "A key has no spaces or special characters in it."],
    [{ key, baseUrl: "localhost:8080" }, "“localhost:8080” is not a web address."],
  ])("say what is wrong with %j", async (input, message) => {
    const { calls, checked } = open();
    await expect(calls["account.connect"]({ provider: "openai", ...input })).rejects.toMatchObject({
      code: "bad_input",
      message,
    });
    expect(checked).toEqual([]);
  });

  it("show the environment's key as such, let a typed one win, and fall back to it", async () => {
    const env = { OPENAI_API_KEY: "sk-environment-9999", OPENAI_BASE_URL: "https://proxy.test/v1" };
    const { calls, keys } = open(env);
    expect((await calls["account.list"]({})).accounts).toEqual([
      {
        provider: "openai",
        connected: true,
        source: "environment",
        keyEnd: "9999",
        baseUrl: "https://proxy.test/v1",
      },
      { provider: "brave", connected: false, source: "none" },
      { provider: "tavily", connected: false, source: "none" },
    ]);
    await expect(calls["account.disconnect"]({ provider: "openai" })).rejects.toMatchObject({
      code: "conflict",
    });
    await calls["account.connect"]({ provider: "openai", key });
    expect(await keys.keyFor("openai")).toMatchObject({
      key,
      baseUrl: undefined,
      source: "settings",
    });
    await calls["account.disconnect"]({ provider: "openai" });
    expect(await keys.keyFor("openai")).toMatchObject({ source: "environment" });
  });

  it("keep keys of search engines, which have no address of one's own", async () => {
    const { calls, checked, keys } = open({ TAVILY_API_KEY: "tvly-environment-1" });
    const given = { provider: "brave" as const, key: " BSA-0123456789 " };
    expect(await calls["account.connect"]({ ...given, baseUrl: "https://evil.test" })).toEqual({
      ...{ provider: "brave", connected: true, source: "settings", keyEnd: "6789" },
    });
    expect(checked).toHaveLength(1);
    expect(await keys.keyFor("brave")).toMatchObject({ key: "BSA-0123456789", baseUrl: undefined });
    expect(await keys.keyFor("tavily")).toMatchObject({ source: "environment" });
    await expect(calls["account.disconnect"]({ provider: "tavily" })).rejects.toMatchObject({
      hint: "Remove TAVILY_API_KEY where Aetheria is started, and start it again.",
    });
    await expect(calls["account.connect"]({ provider: "brave", key: " " })).rejects.toMatchObject({
      message: "There is no key.",
    });
  });
});
