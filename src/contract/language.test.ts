import { expect, it } from "vitest";
import { languageOf } from "./language.ts";

it("takes what was chosen, whatever the machine speaks", () => {
  expect(languageOf("en", ["de-DE"])).toBe("en");
  expect(languageOf("de", ["en-US"])).toBe("de");
});

it("takes the first of the machine's languages that there is a table for, else English", () => {
  expect(languageOf("system", ["de-AT"])).toBe("de");
  expect(languageOf("system", ["fr-FR", "DE", "en"])).toBe("de");
  expect(languageOf("system", ["en-GB", "de"])).toBe("en");
  expect(languageOf("system", ["den", "fr"])).toBe("en");
  expect(languageOf("system", [])).toBe("en");
});
