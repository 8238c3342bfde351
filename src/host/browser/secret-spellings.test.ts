import { describe, expect, it } from "vitest";
import { spellingsOf } from "./secret-spellings.ts";

const finds = (secret: string, text: string) =>
  text.replace(new RegExp(spellingsOf(secret), "g"), "#");

describe("a secret", () => {
  const secret = `a"b\\ ü/&<'$*😀`;

  it.each([
    ["as it is", secret],
    ["in an address", encodeURIComponent(secret)],
    ["in an address, in small letters", encodeURIComponent(secret).toLowerCase()],
    ["in a form", String(new URLSearchParams({ x: secret })).slice(2)],
    ["in JSON", JSON.stringify(secret).slice(1, -1)],
    [
      "in JSON of ASCII alone",
      JSON.stringify(secret)
        .slice(1, -1)
        .replace(/[^\x20-\x7e]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`),
    ],
    ["in HTML", secret.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll("'", "&#39;")],
  ])("is found %s", (_how, text) => {
    expect(finds(secret, `<${text}>`)).toBe("<#>");
  });

  it("that is a card's number is found with its gaps", () => {
    expect(finds("4242 4242 4242 4242", "4242424242424242 4242-4242-4242-4242")).toBe("# #");
    expect(finds("1234", "12 34 1234")).toBe("12 34 #");
  });

  it("is found quickly in much text, also in text made to look like it", () => {
    const patterns = Array.from({ length: 100 }, (_, at) =>
      spellingsOf(`aaaa ${"aa ".repeat(20)}${at}`),
    );
    const pattern = new RegExp(patterns.join("|"), "g");
    expect("aaaa+aa%20".repeat(20_000).replace(pattern, "#")).not.toContain("#");
  });
});
