import { describe, expect, it } from "vitest";
import { securityHeaders } from "../host/gateway/security-headers.ts";
import { isOurPage, pageHeaders } from "./page-policy.ts";

const directives = (policy = "") =>
  new Map(policy.split("; ").map((each) => [each.split(" ")[0], each] as const));

describe("the page of the desktop", () => {
  it("has the headers that the gateway gives it, and connects to nothing but its own files", () => {
    const served = securityHeaders("127.0.0.1:1");
    const name = "Content-Security-Policy";
    const here = directives(pageHeaders[name]);
    expect(here.get("connect-src")).toBe("connect-src 'self'");
    here.delete("connect-src");
    const there = directives(served[name]);
    there.delete("connect-src");
    expect(here).toEqual(there);
    // Nothing opens the desktop's page: an opener policy only costs it a second process.
    const { "Cross-Origin-Opener-Policy": _, ...expected } = served;
    expect({ ...pageHeaders, [name]: "" }).toEqual({ ...expected, [name]: "" });
    expect(pageHeaders[name]).not.toContain("unsafe");
  });

  it.each([
    ["app://aetheria/", true],
    ["app://aetheria/index.html?quick#x", true],
    ["app://aetheria", true],
    ["app://aetheria.evil/", false],
    ["app://aetheria:80/", false],
    ["app://me@aetheria/", false],
    ["https://aetheria/", false],
    ["about:blank", false],
    ["", false],
  ])("%s is ours: %s", (url, isOurs) => {
    expect(isOurPage(url)).toBe(isOurs);
  });
});
