import { expect, it } from "vitest";
import { defaultSettings } from "../../contract/settings.ts";
import { SettingsMemory } from "./settings-memory.ts";

function shelfOf(text: string | null) {
  let kept = text;
  return {
    getItem: () => kept,
    setItem: (_key: string, value: string) => void (kept = value),
  };
}

it("gives back what was saved", () => {
  const memory = new SettingsMemory(() => shelf);
  const shelf = shelfOf(null);
  expect(memory.load()).toBe(null);
  memory.save({ ...defaultSettings, guided: true, workspace: "/home/me" });
  expect(memory.load()).toEqual({ ...defaultSettings, guided: true, workspace: "/home/me" });
});

it.each(["", "{", "[]", JSON.stringify({ ...defaultSettings, theme: "neon" })])(
  "remembers nothing of %j",
  (text) => {
    expect(new SettingsMemory(() => shelfOf(text)).load()).toBe(null);
  },
);

it("does without a storage", () => {
  const memory = new SettingsMemory(() => {
    throw new Error("The storage is blocked.");
  });
  memory.save(defaultSettings);
  expect(memory.load()).toBe(null);
});
