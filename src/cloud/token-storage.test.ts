import { describe, expect, it } from "vitest";
import { createTokenStorage, type TokenStore } from "./token-storage.ts";

function memoryTokens(secret: string | null = null): TokenStore & { secret: string | null } {
  const store = {
    secret,
    load: async () => store.secret,
    save: async (secret: string) => void (store.secret = secret),
    remove: async () => void (store.secret = null),
  };
  return store;
}

describe("the place of a sign-in", () => {
  it("keeps all of it in one secret, and nothing once nothing is left", async () => {
    const store = memoryTokens();
    const storage = createTokenStorage(store);
    await Promise.all([storage.setItem("a", "1"), storage.setItem("b", "2")]);
    expect(await createTokenStorage(store).getItem("b")).toBe("2");
    await storage.removeItem("a");
    expect(await storage.getItem("a")).toBeNull();
    await storage.removeItem("b");
    expect(store.secret).toBeNull();
  });

  it("takes what is damaged as signed out", async () => {
    for (const secret of ["{", "7", '{"a":1}']) {
      const storage = createTokenStorage(memoryTokens(secret));
      expect(await storage.getItem("a")).toBeNull();
      await storage.setItem("a", "1");
      expect(await storage.getItem("a")).toBe("1");
    }
  });

  it("goes on after a keychain that failed once", async () => {
    const store = memoryTokens();
    const save = store.save;
    store.save = () => Promise.reject(new Error("locked"));
    const storage = createTokenStorage(store);
    await expect(storage.setItem("a", "1")).rejects.toThrow("locked");
    store.save = save;
    await storage.setItem("a", "1");
    expect(await storage.getItem("a")).toBe("1");
  });
});
