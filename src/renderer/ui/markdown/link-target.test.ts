import { describe, expect, it } from "vitest";
import { hostToShow, linkTarget } from "./link-target.ts";

describe("linkTarget", () => {
  it.each([
    ["https://example.com/a", "https://example.com/a"],
    ["HTTP://localhost:3000", "http://localhost:3000/"],
    ["mailto:a@b.c", "mailto:a@b.c"],
    ["https://аpple.com", "https://xn--pple-43d.com/"],
  ])("names %s in full", (href, target) => {
    expect(linkTarget(href)).toBe(target);
  });

  it.each([
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\tscript:alert(1)",
    "\u0001javascript:alert(1)",
    "data:text/html,<script>",
    "vbscript:x",
    "file:///etc/passwd",
    "blob:https://a.b/c",
    "aetheria://new",
    "#token=x",
    "//evil.example",
    "/relative",
    "https://",
    "",
  ])("refuses %j", (href) => {
    expect(linkTarget(href)).toBeNull();
  });
});

describe("hostToShow", () => {
  it.each([
    ["apple.com", "https://evil.example/login", "evil.example"],
    ["https://apple.com", "https://apple.com.evil.example/", "apple.com.evil.example"],
    ["https://apple.com@evil.example", "https://apple.com@evil.example/", "evil.example"],
    ["www.bank.de/login", "https://evil.example:8443/", "evil.example:8443"],
    ["click", "https://xn--pple-43d.com/", "xn--pple-43d.com"],
  ])("warns that %j leads elsewhere", (words, target, host) => {
    expect(hostToShow(words, target)).toBe(host);
  });

  it.each([
    ["the report", "https://example.com/q3"],
    ["https://example.com/a_b", "https://example.com/a_b"],
    ["example.com", "https://www.example.com/"],
    ["main.ts", "https://github.com/a/b"],
    ["a@b.com", "mailto:a@b.com"],
  ])("says nothing more of %j", (words, target) => {
    expect(hostToShow(words, target)).toBeNull();
  });
});
