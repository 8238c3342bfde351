import { describe, expect, it } from "vitest";
import { seatbeltProfile } from "./seatbelt-profile.ts";

const place = {
  workspace: "/Users/ada/Projects/orbit",
  scratch: "/private/tmp/aetheria-1",
  inside: "/Users/ada/Library/Application Support/Aetheria/sandbox/inside-1",
  proxyPort: 50123,
};

describe("the profile of sandbox-exec", () => {
  const profile = seatbeltProfile(place);

  it("denies what it does not allow, the network above all", () => {
    expect(profile.startsWith("(version 1)\n(deny default)\n")).toBe(true);
    expect(profile).toContain("(deny network*)");
    expect(profile).not.toMatch(/allow (network\*|default|file\*)/);
    const outbound = profile.match(/network-outbound[^\n]*/g);
    expect(outbound).toEqual([
      'network-outbound (remote ip "localhost:50123"))',
      "network-outbound",
    ]);
  });

  it("lets only the workspace and its own folder be written", () => {
    const writes = /\(allow file-write\*\n([^)]*\)\n?)*?[^)]*\)\)/.exec(profile)?.[0];
    expect(writes).toBe(
      '(allow file-write*\n  (subpath "/Users/ada/Projects/orbit")\n  (subpath "/private/tmp/aetheria-1"))',
    );
  });

  it("shows nothing of the person's but the workspace", () => {
    const people = profile.match(/\((subpath|literal) "\/(Users|Volumes|private\/var)[^"]*"\)/g);
    expect([...new Set(people)].sort()).toEqual([
      '(literal "/Users")',
      '(literal "/Users/ada")',
      '(literal "/Users/ada/Library")',
      '(literal "/Users/ada/Library/Application Support")',
      '(literal "/Users/ada/Library/Application Support/Aetheria")',
      '(literal "/Users/ada/Library/Application Support/Aetheria/sandbox")',
      '(literal "/Users/ada/Projects")',
      '(subpath "/Users/ada/Library/Application Support/Aetheria/sandbox/inside-1")',
      '(subpath "/Users/ada/Projects/orbit")',
      '(subpath "/private/var/db/dyld")',
      '(subpath "/private/var/db/timezone")',
      '(subpath "/private/var/select")',
    ]);
    // On the way there folders can be walked, not read.
    expect(profile).toMatch(/allow file-read-metadata\n\s+\(literal "\/Users"\)/);
  });

  it("is broken by no folder's name", () => {
    const evil = '/Users/ada/a") (allow default) ("\\';
    expect(seatbeltProfile({ ...place, workspace: evil })).toContain(
      '(subpath "/Users/ada/a\\") (allow default) (\\"\\\\")',
    );
    expect(() => seatbeltProfile({ ...place, workspace: "/a\n(allow default)" })).toThrow(
      "cannot be used",
    );
    expect(() => seatbeltProfile({ ...place, workspace: "a" })).toThrow("cannot be used");
  });

  it("has as many parentheses open as closed", () => {
    const plain = profile.replace(/"(?:\\.|[^"\\])*"/g, "");
    expect(plain.split("(").length).toBe(plain.split(")").length);
  });
});
