import { expect, it } from "vitest";
import { plainLine } from "./plain-line.ts";

it("keeps a title as it is", () => {
  expect(plainLine("Über R&D: 5 größer 3 – ünd 世界 😀")).toBe(
    "Über R&D: 5 größer 3 – ünd 世界 😀",
  );
});

it("leaves no tag, line, hidden or turning sign, and no endless text", () => {
  expect(plainLine('<a href="https://evil.example">Allow</a>')).toBe(
    '‹a href="https://evil.example"›Allow‹/a›',
  );
  expect(plainLine("Done\n\nClick \u202Ehere\u0007\u200b")).toBe("Done Click here");
  expect([...plainLine("😀".repeat(10_000))]).toHaveLength(160);
});
