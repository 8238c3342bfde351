import { expect, it } from "vitest";
import { acceleratorOf, shortcutOfAccelerator } from "./accelerator.ts";

it.each([
  ["Ctrl+Shift+Space", "CommandOrControl+Shift+Space"],
  ["Alt+ArrowUp", "Alt+Up"],
  ["Ctrl+K", "CommandOrControl+K"],
])("%s is %s for the system, and comes back", (shortcut, accelerator) => {
  expect(acceleratorOf(shortcut)).toBe(accelerator);
  expect(shortcutOfAccelerator(accelerator)).toBe(shortcut);
});

it.each(["A", "Shift+A", "F5", "Space"])("%s would be taken from everybody else", (shortcut) => {
  expect(acceleratorOf(shortcut)).toBeNull();
});
