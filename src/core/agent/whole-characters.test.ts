import fc from "fast-check";
import { expect, it } from "vitest";
import { createWholeCharacters } from "./whole-characters.ts";

it("never lets half a character go, and loses nothing", () => {
  const text = fc.string({ unit: "binary" });
  fc.assert(
    fc.property(text, fc.integer({ min: 1, max: 3 }), (whole, size) => {
      const characters = createWholeCharacters();
      const pieces: string[] = [];
      for (let at = 0; at < whole.length; at += size)
        pieces.push(characters.push(whole.slice(at, at + size)));
      pieces.push(characters.end());
      expect(pieces.join("")).toBe(whole);
      for (const piece of pieces) expect(piece.isWellFormed()).toBe(true);
    }),
  );
});
