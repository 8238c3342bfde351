import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseDeepLink } from "./deep-link.ts";

describe("a link of ours", () => {
  it.each([
    ["aetheria://session/0190-abc_D", { kind: "session", sessionId: "0190-abc_D" }],
    ["aetheria://session/a?seq=12", { kind: "session", sessionId: "a", seq: 12 }],
    ["aetheria://session/a?app=browser", { kind: "session", sessionId: "a", app: "browser" }],
    ["aetheria://new", { kind: "new" }],
    ["aetheria://new/", { kind: "new" }],
    ["aetheria://new?draft=Gr%C3%BC%C3%9Fe%20%26%20mehr", { kind: "new", draft: "Grüße & mehr" }],
    [
      "aetheria://auth-callback?code=a1b2",
      { kind: "signIn", callback: "aetheria://auth-callback?code=a1b2" },
    ],
    [
      "aetheria://auth-callback?error=access_denied&error_description=No%20more",
      {
        kind: "signIn",
        callback: "aetheria://auth-callback?error=access_denied&error_description=No+more",
      },
    ],
    ["aetheria://settings", { kind: "settings" }],
    ["aetheria://settings/appearance", { kind: "settings", section: "appearance" }],
  ])("%s", (link, expected) => {
    expect(parseDeepLink(link)).toEqual(expected);
  });
});

describe("anything else leads nowhere", () => {
  it.each([
    "",
    "aetheria:",
    "aetheria://",
    "aetheria:session/a",
    "AETHERIA://session/a",
    "aetheria://run?command=rm",
    "aetheria://palette",
    "aetheria://import/etc/passwd",
    "aetheria://session",
    "aetheria://auth-callback/elsewhere?code=a",
    "aetheria://auth-callback?code=a&next=b",
    "aetheria://session/a/b",
    "aetheria://session/%2e%2e%2fetc",
    "aetheria://session/..%5c..",
    "aetheria://session/<script>",
    `aetheria://session/${"a".repeat(65)}`,
    "aetheria://session/a?seq=-1",
    "aetheria://session/a?seq=1e9",
    "aetheria://session/a?seq=1&seq=2",
    "aetheria://session/a?send=1",
    "aetheria://session/a#b",
    "aetheria://me:secret@session/a",
    "aetheria://session:80/a",
    "aetheria://settings/about/../../x",
    "aetheria://settings/%2E./x",
    "aetheria://settings/About",
    "aetheria://settings/about?x=1",
    "aetheria://new?draft=a&run=1",
    "aetheria://new/now",
    `aetheria://new?draft=${"x".repeat(20_001)}`,
    `aetheria://new?draft=${"x".repeat(100_000)}`,
    "https://session/a",
    "javascript:alert(1)",
  ])("%s", (link) => {
    expect(parseDeepLink(link)).toBeNull();
  });

  it("whatever stands behind the scheme: it never throws, and never does more than lead", () => {
    const kinds = ["session", "new", "settings"];
    const unit = fc.constantFrom(..."/.%?#&=:@ab1<>\\ +2e\u202e\u0000ü\ud800");
    fc.assert(
      fc.property(fc.constantFrom(...kinds, ""), fc.string({ unit }), (host, rest) => {
        const to = parseDeepLink(`aetheria://${host}${rest}`);
        expect(to === null || kinds.includes(to.kind)).toBe(true);
      }),
    );
  });
});
