import { describe, expect, it } from "vitest";
import { hostOf, isWebPage, typedAddress, webAddress } from "./addresses.ts";

const refusal = (open: (text: string) => string, text: string) => {
  try {
    return open(text);
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe("an address", () => {
  it.each([
    "file:///etc/passwd",
    "view-source:https://example.com",
    "data:text/html,<h1>x</h1>",
    "javascript:alert(1)",
    "chrome://settings",
    "blob:https://example.com/1",
    "mailto:a@example.com",
    "about:config",
    "  FILE:///etc/passwd",
    "https://bank.example@evil.example/",
  ])("%s is refused to the agent and to the person", (address) => {
    expect(refusal(webAddress, address)).toBe("refused");
    expect(refusal(typedAddress, address)).toBe("refused");
  });

  it.each([
    ["example.com", "https://example.com/"],
    ["example.com:8443/a", "https://example.com:8443/a"],
    ["localhost:3000", "http://localhost:3000/"],
    ["127.0.0.1:80/x?y#z", "http://127.0.0.1/x?y#z"],
    ["http://example.com", "http://example.com/"],
    [" about:blank ", "about:blank"],
  ])("typed as %s is %s", (typed, whole) => expect(typedAddress(typed)).toBe(whole));

  it("that is none says so", () => {
    for (const typed of ["", "two words", "https://", "http:// x"])
      expect(refusal(typedAddress, typed)).toBe("bad_input");
    expect(refusal(webAddress, "example.com")).toBe("bad_input");
  });

  it("of a page may be what the web shows, and nothing else", () => {
    for (const url of ["https://a.example/", "http://a.example", "about:blank", "blob:https://a/1"])
      expect(isWebPage(url)).toBe(true);
    for (const url of [
      "file:///a",
      "data:text/html,x",
      "chrome://version",
      "view-source:https://a",
    ])
      expect(isWebPage(url)).toBe(false);
  });

  it("has a host as grants write it", () => {
    expect(hostOf("https://Example.COM./a")).toBe("example.com");
    expect(hostOf("http://example.com:81/")).toBe("example.com:81");
    expect(hostOf("about:blank")).toBeNull();
  });
});
