import { describe, expect, it } from "vitest";
import { plainName } from "./plain-name.ts";

describe("a name that is shown", () => {
  it("keeps what one can read, in any script", () => {
    for (const name of ["report.csv", "תמונה.png", "صورة ١.jpg", "家族 👩‍👩‍👧.png", "naïve.txt"])
      expect(plainName(name)).toBe(name);
  });

  it("shows the signs that turn the direction or hide", () => {
    expect(plainName("photo_\u202egpj.exe")).toBe("photo_⟨U+202E⟩gpj.exe");
    expect(plainName("a\u2066b\u2069.txt")).toBe("a⟨U+2066⟩b⟨U+2069⟩.txt");
    expect(plainName("in\u200bvoice\u0000.pdf\n")).toBe("in⟨U+200B⟩voice⟨U+0000⟩.pdf⟨U+000A⟩");
    expect(plainName("a\u{e0041}")).toBe("a⟨U+E0041⟩");
  });
});
