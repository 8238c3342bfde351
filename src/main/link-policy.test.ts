import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fateOf } from "./link-policy.ts";

describe("a link", () => {
  it.each([
    "https://example.invalid/a?b=c#d",
    "HTTPS://EXAMPLE.INVALID",
    "mailto:me@example.invalid?subject=Hi%20there",
  ])("opens: %s", (url) => {
    expect(fateOf(url)).toBe("open");
  });

  it.each([
    "http://example.invalid/",
    "tel:+4930123456",
    "magnet:?xt=urn:btih:0",
    "https://your-bank.invalid@elsewhere.invalid/",
    "https://a:b@elsewhere.invalid/",
  ])("asks first: %s", (url) => {
    expect(fateOf(url)).toBe("ask");
  });

  it.each([
    "",
    "/etc/passwd",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    " javascript:alert(1)",
    "java\nscript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "file:///etc/passwd",
    "smb://host/share",
    "\\\\host\\share",
    "blob:https://example.invalid/1",
    "app://aetheria/",
    "aetheria://settings",
    "ms-msdt:/id PCWDiagnostic",
    "search-ms:query=x",
    "vscode://file/etc/passwd",
    "ssh://-oProxyCommand=calc/x",
    "ftp://example.invalid/",
    "chrome://settings",
    "view-source:https://example.invalid",
    "https://exam\u202eple.invalid/",
    "https://example.invalid/\u200b",
    "https://example.invalid/a b",
    `https://example.invalid/${"x".repeat(5000)}`,
  ])("never opens: %s", (url) => {
    expect(fateOf(url)).toBe("never");
  });

  it("of any other scheme never opens", () => {
    const known = /^(https?|mailto|tel|sms|geo|webcal|magnet|xmpp|ircs?)$/;
    const scheme = fc
      .stringMatching(/^[a-z][a-z0-9+.-]{0,12}$/)
      .filter((name) => !known.test(name));
    fc.assert(
      fc.property(scheme, fc.webPath(), (name, path) => {
        expect(fateOf(`${name}://host${path}`)).toBe("never");
      }),
    );
  });
});
