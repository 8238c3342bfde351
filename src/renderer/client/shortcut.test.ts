import { describe, expect, it } from "vitest";
import { isFree, pressed, shortcutOf, shownKeys, typesText, type PressedKey } from "./shortcut.ts";

const key = (name: string, change: Partial<PressedKey> = {}): PressedKey => ({
  key: name,
  code: /^[a-z]$/i.test(name) ? `Key${name.toUpperCase()}` : "",
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...change,
});

describe("a combination of keys", () => {
  it("is written in one way, whatever way it came in", () => {
    expect(shortcutOf("shift+cmd+p")).toBe("Ctrl+Shift+P");
    expect(shortcutOf("Mod+Left")).toBe("Ctrl+ArrowLeft");
    expect(shortcutOf("CommandOrControl+Comma")).toBe("Ctrl+,");
    expect(shortcutOf("?")).toBe("?");
    for (const none of ["", "Ctrl+", "Ctrl+Shift"]) expect(shortcutOf(none)).toBe("");
  });

  it("is read from an event, ⌘ and Ctrl alike", () => {
    expect(pressed(key("k", { metaKey: true }))).toBe("Ctrl+K");
    expect(pressed(key("K", { ctrlKey: true, shiftKey: true }))).toBe("Ctrl+Shift+K");
    expect(pressed(key("ArrowDown", { altKey: true }))).toBe("Alt+ArrowDown");
    expect(pressed(key("?", { shiftKey: true, code: "Slash" }))).toBe("?");
    expect(pressed(key("Control", { ctrlKey: true }))).toBeNull();
  });

  it("is the key's place where a layout or a modifier makes another sign of it", () => {
    expect(pressed(key("л", { ctrlKey: true, code: "KeyK" }))).toBe("Ctrl+K");
    expect(pressed(key("å", { altKey: true, code: "KeyA" }))).toBe("Alt+A");
    expect(pressed(key("!", { ctrlKey: true, shiftKey: true, code: "Digit1" }))).toBe(
      "Ctrl+Shift+1",
    );
  });

  it("that types a sign, or moves, is not taken from the person", () => {
    expect(["?", "Shift+A", "Ctrl+A", "F2"].map(typesText)).toEqual([true, true, false, false]);
    expect(["A", "Shift+Tab", "ArrowUp", "?", "Ctrl+A", "F2"].map(isFree)).toEqual([
      false,
      false,
      false,
      true,
      true,
      true,
    ]);
  });

  it("reads as on the keyboard", () => {
    expect(shownKeys("Ctrl+Shift+P", false)).toBe("Ctrl Shift P");
    expect(shownKeys("Ctrl+Alt+ArrowLeft", true)).toBe("⌘ ⌥ ←");
    expect(shownKeys("", true)).toBe("");
  });
});
