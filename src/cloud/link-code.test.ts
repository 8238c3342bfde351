import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LinkCode } from "../contract/mirror.ts";
import { toBase64url } from "./base64url.ts";
import { newKeyRing, rotated } from "./key-ring.ts";
import { linkAddress, readLinkCode } from "./link-code.ts";

const code: LinkCode = {
  v: 1,
  url: "https://project.supabase.co",
  anonKey: "anon",
  email: "zoë@example.org",
  ...rotated(newKeyRing()),
};
const encoded = (value: unknown) =>
  `#link=${toBase64url(new TextEncoder().encode(JSON.stringify(value)))}`;

describe("a link code", () => {
  it("is read from the address it was put into, and from its fragment alone", () => {
    const address = linkAddress("https://companion.example/companion/?a=1#old", code);
    expect(address).toMatch(/^https:\/\/companion\.example\/companion\/\?a=1#link=[\w-]+$/);
    expect(readLinkCode(address)).toEqual(code);
    expect(readLinkCode(new URL(address).hash)).toEqual(code);
    expect(address.length).toBeLessThan(600);
  });

  it("keeps any e-mail address and key", () => {
    const any = fc.string({ unit: "binary" });
    fc.assert(
      fc.property(any, any, (email, anonKey) => {
        const other = { ...code, email, anonKey };
        expect(readLinkCode(linkAddress("https://c.example/", other))).toEqual(other);
      }),
    );
  });

  it("is not there in other addresses", () => {
    for (const address of ["", "#", "https://c.example/", "#/sessions/1", "https://c.example/#a"]) {
      expect(readLinkCode(address), address).toBeNull();
    }
  });

  it("is refused in words when it is damaged, or made by another version", () => {
    const wrong = [
      "#link=",
      "#link=AAAA",
      "#link=%%",
      encoded({}),
      encoded(null),
      encoded(code).slice(0, -9),
    ];
    wrong.push(encoded({ ...code, keys: [] }), encoded({ ...code, url: "javascript:alert(1)" }));
    for (const address of wrong) {
      expect(() => readLinkCode(address), address).toThrow(/damaged or was cut off/);
    }
    expect(() => readLinkCode(encoded({ ...code, v: 2 }))).toThrow(/another version of Aetheria/);
  });
});
