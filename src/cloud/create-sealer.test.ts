import { createDecipheriv, createHmac, hkdfSync } from "node:crypto";
import fc from "fast-check";
import { beforeAll, describe, expect, it, vi } from "vitest";
import type { KeyRing } from "../contract/mirror.ts";
import type { Place, Sealer, SealKind } from "../core/mirror/ports.ts";
import { createSealer } from "./create-sealer.ts";

const keyOf = (fill: number) => Buffer.alloc(32, fill).toString("base64url");
const keys: KeyRing["keys"] = [
  { generation: 1, key: keyOf(1) },
  { generation: 2, key: keyOf(2) },
];
const userId = "0191c6f2-0000-7000-8000-000000000001";

const kinds: SealKind[] = [
  "device",
  "head",
  "open",
  "event",
  "command",
  "answer",
  "attachment",
  "piece",
  "push",
];
const anyKind = fc.constantFrom(...kinds);
const anyPlace = fc.array(fc.oneof(fc.string({ maxLength: 8 }), fc.nat()), { maxLength: 4 });
const anyText = fc.string({ unit: "binary", maxLength: 300 });
const sameText = (a: Place, b: Place) => a.join("\0") === b.join("\0");

/** Sealed once and written down: whoever changes the format meets this first. */
const vectors: {
  kind: SealKind;
  place: Place;
  generation: number;
  sealed: string;
  text: string;
}[] = [
  {
    kind: "event",
    place: ["session-1", 7],
    generation: 1,
    sealed: "CHFmO9qU49Je6LZNeQBvJ1pgGq1_z2cqmlqNkv4MZtrBCSb37vXfP5qoLUcmjb6836DObxaRu2fmJzQ",
    text: '{"seq":7,"text":"Grüße \u{1f319}"}',
  },
  {
    kind: "head",
    place: ["a|b", "100%"],
    generation: 2,
    sealed: "3Z1yH_Tp7-Ysq9gDCqxrVikNMOnrGad31dfRWA",
    text: "",
  },
];

describe("a sealer", () => {
  let sealer: Sealer;
  let before: Sealer;
  let stranger: Sealer;
  beforeAll(async () => {
    sealer = await createSealer({ userId, keys });
    before = await createSealer({ userId, keys: keys.slice(0, 1) });
    stranger = await createSealer({ userId: userId.replace(/1$/, "2"), keys });
  });

  it("opens what it sealed", async () => {
    await fc.assert(
      fc.asyncProperty(anyKind, anyPlace, anyText, async (kind, place, text) => {
        const sealed = await sealer.seal(kind, place, text);
        expect(sealed).toMatch(/^[A-Za-z0-9_-]+$/);
        expect(await sealer.open(kind, place, 2, sealed)).toBe(text);
      }),
    );
  });

  it("opens pieces of files it sealed", async () => {
    await fc.assert(
      fc.asyncProperty(anyPlace, fc.uint8Array(), async (place, bytes) => {
        const sealed = await sealer.sealBytes("piece", place, bytes);
        expect(sealed.length).toBe(bytes.length + 28);
        const opened = await sealer.openBytes("piece", place, 2, sealed);
        expect(opened).toEqual(new Uint8Array(bytes));
      }),
    );
  });

  it("refuses a row in which one bit was changed, or that was cut", async () => {
    await fc.assert(
      fc.asyncProperty(anyText, fc.nat(), fc.nat(7), async (text, where, bit) => {
        const sealed = Buffer.from(await sealer.seal("event", ["s", 1], text), "base64url");
        sealed[where % sealed.length]! ^= 1 << bit;
        const changed = sealed.toString("base64url");
        const tampered = { code: "tampered" };
        await expect(sealer.open("event", ["s", 1], 2, changed)).rejects.toMatchObject(tampered);
        const cut = sealed.subarray(0, where % sealed.length).toString("base64url");
        await expect(sealer.open("event", ["s", 1], 2, cut)).rejects.toMatchObject(tampered);
      }),
    );
  });

  it("refuses a row in which one letter was changed", async () => {
    const sealed = await sealer.seal("event", ["s", 1], "a");
    for (let at = 0; at < sealed.length; at++) {
      for (const letter of ["A", "B", "_", "+", "=", "ä"]) {
        if (sealed[at] === letter) continue;
        const changed = sealed.slice(0, at) + letter + sealed.slice(at + 1);
        const opened = sealer.open("event", ["s", 1], 2, changed);
        await expect(opened, `${at} ${letter}`).rejects.toMatchObject({ code: "tampered" });
      }
    }
  });

  it("refuses a row that stands in another place", async () => {
    await fc.assert(
      fc.asyncProperty(anyKind, anyPlace, anyPlace, async (kind, place, other) => {
        fc.pre(!sameText(place, other));
        const sealed = await sealer.seal(kind, place, "text");
        const opened = sealer.open(kind, other, 2, sealed);
        await expect(opened).rejects.toMatchObject({ code: "tampered" });
      }),
    );
    const sealed = await sealer.seal("event", ["a|b", "c"], "text");
    for (const other of [
      ["a", "b|c"],
      ["a", "b", "c"],
      ["a%7Cb", "c"],
    ]) {
      const opened = sealer.open("event", other, 2, sealed);
      await expect(opened).rejects.toMatchObject({ code: "tampered" });
    }
  });

  it("refuses a row of another kind, another user or another generation", async () => {
    for (const kind of kinds) {
      const sealed = await sealer.seal(kind, ["s", 1], "text");
      for (const other of kinds.filter((other) => other !== kind)) {
        const opened = sealer.open(other, ["s", 1], 2, sealed);
        await expect(opened).rejects.toMatchObject({ code: "tampered" });
      }
      for (const [who, generation] of [[stranger, 2] as const, [sealer, 1] as const]) {
        const opened = who.open(kind, ["s", 1], generation, sealed);
        await expect(opened).rejects.toMatchObject({ code: "tampered" });
      }
    }
  });

  it("says so when it lacks the key, and opens what older keys sealed", async () => {
    expect([sealer.generation, before.generation]).toEqual([2, 1]);
    const older = await before.seal("head", ["s", "h"], "Title");
    expect(await sealer.open("head", ["s", "h"], 1, older)).toBe("Title");
    const newer = await sealer.seal("head", ["s", "h"], "Title");
    const opened = before.open("head", ["s", "h"], 2, newer);
    await expect(opened).rejects.toMatchObject({
      code: "locked",
      message: "This device does not have the account's key number 2, which this was sealed with.",
      hint: expect.stringContaining("passphrase"),
    });
  });

  it("never seals the same text the same way", async () => {
    const sealed = await Promise.all(
      Array.from({ length: 2_000 }, () => sealer.seal("event", ["s", 1], "same")),
    );
    expect(new Set(sealed.map((text) => text.slice(0, 16))).size).toBe(2_000);
    expect(new Set(sealed.map((text) => text.slice(16))).size).toBe(2_000);
  });

  it("keeps the name of a file when the keys change, and does not tell which file it is", async () => {
    const sha256 = "a".repeat(64);
    const name = await sealer.attachmentId(sha256);
    expect(name).toBe(await before.attachmentId(sha256));
    expect(name).not.toContain(sha256);
    expect(name).toMatch(/^[A-Za-z0-9_-]{43}$/);
    const key = hkdfSync("sha256", Buffer.alloc(32, 1), "", "aetheria/1|key|name", 32);
    expect(name).toBe(createHmac("sha256", Buffer.from(key)).update(sha256).digest("base64url"));
  });

  it("opens what was sealed when the format was made, as does a program written after the docs", async () => {
    for (const { kind, place, generation, sealed, text } of vectors) {
      expect(await sealer.open(kind, place, generation, sealed)).toBe(text);
      const bytes = Buffer.from(sealed, "base64url");
      const master = Buffer.alloc(32, generation);
      const key = Buffer.from(hkdfSync("sha256", master, "", `aetheria/1|key|${kind}`, 32));
      const parts = place.map((part) => String(part).replace(/%/g, "%25").replace(/\|/g, "%7C"));
      const about = ["aetheria/1", userId, kind, ...parts, generation].join("|");
      const opening = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, 12));
      opening.setAAD(Buffer.from(about)).setAuthTag(bytes.subarray(-16));
      const opened = Buffer.concat([opening.update(bytes.subarray(12, -16)), opening.final()]);
      expect(opened.toString()).toBe(text);
    }
  });

  it("says so where a browser gives no encryption", async () => {
    vi.stubGlobal("crypto", { getRandomValues: () => new Uint8Array(12) });
    try {
      await expect(createSealer({ userId, keys })).rejects.toMatchObject({
        code: "part_missing",
        message: "This page was not loaded over a secure connection.",
      });
    } finally {
      vi.unstubAllGlobals();
    }
  });

  it("takes no keys that are none", async () => {
    const wrong: KeyRing["keys"][] = [
      [],
      [{ generation: 1, key: "AAAA" }],
      [{ generation: 0, key: keyOf(1) }],
      [{ generation: 1.5, key: keyOf(1) }],
      [keys[0]!, keys[0]!],
    ];
    for (const keys of wrong) {
      await expect(createSealer({ userId, keys })).rejects.toMatchObject({ code: "bad_input" });
    }
  });
});
