import { expect, it } from "vitest";
import { showBidi, withoutBidi } from "./bidi.ts";

it("writes out what turns the text around", () => {
  expect(showBidi("report\u202Efdp.exe")).toBe("report[RLO]fdp.exe");
  expect(showBidi("a\u2066b\u2069")).toBe("a[LRI]b[PDI]");
});

it("leaves right-to-left writing as it is", () => {
  const hebrew = "שלום \u200F(עולם)";
  expect(showBidi(hebrew)).toBe(hebrew);
  expect(withoutBidi(hebrew)).toBe(hebrew);
});
