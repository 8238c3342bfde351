import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { escapeGlob, literalPrefix, matchesGlob } from "./glob.ts";

const path = { separators: "/", ignoreCase: false, starCrosses: false };

describe("matchesGlob", () => {
  it.each([
    ["/a/*", "/a/b", true],
    ["/a/*", "/a/b/c", false],
    ["/a/**", "/a/b/c", true],
    ["/a/**", "/a", false],
    ["/a/**", "/ab/c", false],
    ["/a/**/z", "/a/z", true],
    ["/a/**/z", "/a/b/c/z", true],
    ["/a/**/z", "/a/bz", false],
    ["**/z", "z", true],
    ["*.md", "x.md", true],
    ["*.md", "a/x.md", false],
    ["a*c*e", "abcde", true],
    ["a*c*e", "abcd", false],
    ["a[*]b", "a*b", true],
    ["a[*]b", "axb", false],
    ["", "", true],
    ["*", "", true],
    ["A", "a", false],
  ])("%s on %s is %s", (glob, text, expected) => {
    expect(matchesGlob(glob, text, path)).toBe(expected);
  });

  it("crosses parts with a single star when told to", () => {
    expect(matchesGlob("*.b", "x.y.b", { ...path, separators: "." })).toBe(false);
    expect(matchesGlob("*.b", "x.y.b", { ...path, separators: ".", starCrosses: true })).toBe(true);
  });

  it("matches only itself once escaped, whatever the text", () => {
    const texts = fc.string({ unit: fc.constantFrom("*", "[", "]", "/", "a", "b", "😀") });
    fc.assert(
      fc.property(texts, texts, (text, other) => {
        expect(matchesGlob(escapeGlob(text), text, path)).toBe(true);
        expect(matchesGlob(escapeGlob(text), other, path)).toBe(text === other);
      }),
    );
  });

  it("agrees with the regular expression of the same meaning", () => {
    const globs = fc.array(fc.constantFrom("*", "a", "b", "/"), { maxLength: 6 });
    const texts = fc.string({ unit: fc.constantFrom("a", "b", "/"), maxLength: 8 });
    fc.assert(
      fc.property(globs, texts, (pieces, text) => {
        const glob = pieces.join("").replace(/\*\*+/g, "*");
        const pattern = new RegExp(`^${glob.replaceAll("*", "[^/]*")}$`);
        expect(matchesGlob(glob, text, path)).toBe(pattern.test(text));
      }),
    );
  });

  it("knows what every match starts with", () => {
    expect(literalPrefix("/a/b[*]/**")).toBe("/a/b*/");
  });
});
