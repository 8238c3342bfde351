import { describe, expect, it } from "vitest";
import { belongsToPage, meaningOf, type TerminalKey } from "./terminal-keys.ts";

const held = (key: string, ...modifiers: ("ctrl" | "meta" | "alt" | "shift")[]): TerminalKey => ({
  key,
  ctrlKey: modifiers.includes("ctrl"),
  metaKey: modifiers.includes("meta"),
  altKey: modifiers.includes("alt"),
  shiftKey: modifiers.includes("shift"),
});

describe("a key in a terminal", () => {
  it("copies, pastes and searches where no shell wants it", () => {
    expect(meaningOf(held("C", "ctrl", "shift"), false)).toBe("copy");
    expect(meaningOf(held("v", "meta"), false)).toBe("paste");
    expect(meaningOf(held("F", "ctrl", "shift"), false)).toBe("find");
  });

  it("interrupts with Ctrl+C unless something is selected", () => {
    expect(meaningOf(held("c", "ctrl"), false)).toBeNull();
    expect(meaningOf(held("c", "ctrl"), true)).toBe("copy");
    expect(belongsToPage(held("c", "ctrl"))).toBe(false);
  });

  it("goes to the shell, but for the way out and what works everywhere", () => {
    const page = [held("F6"), held("F6", "shift"), held("F8", "ctrl"), held("3", "ctrl")];
    expect(page.map(belongsToPage)).toEqual([true, true, true, true]);
    expect(belongsToPage(held("ArrowLeft", "ctrl", "alt"))).toBe(true);
    const shell = [held("k", "ctrl"), held("F8"), held("Tab"), held("b", "alt"), held("w", "ctrl")];
    expect(shell.map(belongsToPage)).toEqual([false, false, false, false, false]);
  });
});
