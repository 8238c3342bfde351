import { describe, expect, it } from "vitest";
import { addressShown, hostOf, typedAddress } from "./address.ts";

describe("an address on the screen", () => {
  it("sets the host apart and says how safe the way is", () => {
    expect(addressShown("https://sales.example.com/q3?a=1#b")).toEqual({
      ...{ before: "", host: "sales.example.com", after: "/q3?a=1#b" },
      ...{ safety: "secure", isLookAlike: false },
    });
    expect(addressShown("http://example.com/")).toMatchObject({
      ...{ before: "http://", host: "example.com", after: "", safety: "plain" },
    });
  });

  it.each([
    "http://localhost:8000/",
    "http://127.0.0.1/",
    "http://[::1]:3000/",
    "http://a.localhost",
  ])("knows that %s is on this machine", (address) =>
    expect(addressShown(address).safety).toBe("local"),
  );

  it("does not let a name or a password before the host pass for it", () => {
    expect(hostOf("https://paypal.com@evil.example/login")).toBe("evil.example");
  });

  it("shows letters of other alphabets as what they are", () => {
    // The first letter is Cyrillic.
    const shown = addressShown("https://\u0430pple.com/");
    expect(shown).toMatchObject({ host: "xn--pple-43d.com", isLookAlike: true });
  });

  it.each(["", "about:blank", "data:text/html,hi", "chrome-error://chromewebdata/"])(
    "has no host in %s",
    (address) => expect(addressShown(address)).toMatchObject({ host: "", safety: "none" }),
  );
});

describe("a typed address", () => {
  it.each([
    ["example.com", "https://example.com"],
    [" example.com/a?b ", "https://example.com/a?b"],
    ["localhost:8000/x", "http://localhost:8000/x"],
    ["127.0.0.1:80", "http://127.0.0.1:80"],
    ["192.168.0.1", "http://192.168.0.1"],
    ["example.com:8443", "https://example.com:8443"],
    ["http://example.com", "http://example.com"],
    ["about:blank", "about:blank"],
  ])("%s is %s", (typed, address) => expect(typedAddress(typed)).toBe(address));

  it.each(["", "two words", "word", "https://", "http://a b"])("%s is none", (typed) =>
    expect(typedAddress(typed)).toBeNull(),
  );
});
