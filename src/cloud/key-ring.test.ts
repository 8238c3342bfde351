import { describe, expect, it } from "vitest";
import type { KeyRow } from "../contract/mirror.ts";
import { createSealer } from "./create-sealer.ts";
import { leastCost, newKeyRing, newestOf, rotated, unwrap, usualCost, wrap } from "./key-ring.ts";

const passphrase = "correct horse battery";
/** Wrapped once and written down: whoever changes the format meets this first. */
const written: KeyRow = {
  generation: 3,
  salt: "lBJmlsmhG506rnNypgULvw",
  memory_kib: 19456,
  passes: 2,
  lanes: 1,
  wrapped:
    "pneqcpve7fKQbOLDCjEHHirzABRan2O3m4IzyMPEBkhvcsgFm1V5RlEmSwmNTXcj-lFZoLIVE4dl23t-esNwZZec2U_pNJl7do1BDIHD7vZSHtqIJiLRuycst4JB0ZS9ItQkfItwqBgvcJ8",
};

describe("the account's keys", () => {
  it("come back from under their passphrase, at the usual cost", async () => {
    const ring = rotated(newKeyRing());
    const row = await wrap(ring, passphrase);
    expect(row).toMatchObject({ generation: 2, ...usualCost });
    expect(await unwrap(row, passphrase)).toEqual(ring);
  });

  it("come back from what was wrapped when the format was made", async () => {
    const key = Buffer.alloc(32, 3).toString("base64url");
    expect(await unwrap(written, passphrase)).toEqual({ keys: [{ generation: 3, key }] });
  });

  it("open what was sealed before they were added to", async () => {
    const ring = newKeyRing();
    const more = rotated(ring);
    expect(more.keys.map((key) => key.generation)).toEqual([1, 2]);
    expect(newestOf(more)).toBe(2);
    expect(new Set(more.keys.map((key) => key.key)).size).toBe(2);
    const sealed = await (await createSealer({ userId: "u", ...ring })).seal("head", [], "Title");
    const opened = (await createSealer({ userId: "u", ...more })).open("head", [], 1, sealed);
    expect(await opened).toBe("Title");
  });

  it("do not come back for a wrong passphrase, and a sentence says so", async () => {
    for (const wrong of [
      "Correct horse battery",
      "correct horse battery ",
      "",
      "x".repeat(5_000),
    ]) {
      await expect(unwrap(written, wrong)).rejects.toMatchObject({
        code: "unauthorized",
        message: "That passphrase does not open this account's key.",
        hint: expect.stringContaining("Check capitals"),
      });
    }
  });

  it("come back for the same characters typed on another keyboard", async () => {
    const row = await wrap(newKeyRing(), "Grüße vom Küstenort", leastCost);
    await expect(unwrap(row, "Grüße vom Küstenort".normalize("NFD"))).resolves.toBeDefined();
  });

  it("are not wrapped under a passphrase that a server could guess", async () => {
    for (const weak of ["", "123456789", "x".repeat(1_001)]) {
      await expect(wrap(newKeyRing(), weak)).rejects.toMatchObject({ code: "bad_input" });
    }
  });

  it("are unwrapped only at a cost that a device of ours would name", async () => {
    const others: Partial<KeyRow>[] = [
      { memory_kib: 8 },
      { memory_kib: 4 * 1024 * 1024 },
      { memory_kib: 20_000.5 },
      { passes: 1 },
      { passes: 1_000_000 },
      { lanes: 0 },
      { lanes: 255 },
      { salt: "" },
      { salt: "AAAA" },
      { wrapped: "not base64url!" },
    ];
    for (const other of others) {
      const row = { ...written, ...other };
      await expect(unwrap(row, passphrase), JSON.stringify(other)).rejects.toMatchObject({
        code: "tampered",
      });
    }
  });

  it("do not come back from a row that says another generation or another cost", async () => {
    for (const other of [{ generation: 4 }, { passes: 3 }, { memory_kib: 20_000 }]) {
      const unwrapped = unwrap({ ...written, ...other }, passphrase);
      await expect(unwrapped).rejects.toMatchObject({ code: "unauthorized" });
    }
  });
});
