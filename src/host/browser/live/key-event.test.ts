import { describe, expect, it } from "vitest";
import { keyEventOf, type KeyInput } from "./key-event.ts";

const down = (key: string, code: string, modifiers: KeyInput["modifiers"] = {}): KeyInput => ({
  ...{ kind: "key", type: "down", key, code, modifiers },
});
const onLinux = (input: KeyInput) => keyEventOf(input, "linux");
const onMac = (input: KeyInput) => keyEventOf(input, "darwin");

describe("a key of the person's", () => {
  it("types what it says, whatever the layout", () => {
    expect(onLinux(down("a", "KeyQ"))).toMatchObject({ text: "a", windowsVirtualKeyCode: 65 });
    expect(onLinux(down("ß", "Minus"))).toMatchObject({ text: "ß", windowsVirtualKeyCode: 189 });
    expect(onLinux(down("я", "KeyZ"))).toMatchObject({ text: "я", windowsVirtualKeyCode: 90 });
    expect(onLinux(down("😀", ""))).toMatchObject({ type: "keyDown", text: "😀" });
    expect(onLinux(down("Enter", "Enter"))).toMatchObject({
      text: "\r",
      windowsVirtualKeyCode: 13,
    });
    expect(onLinux(down("5", "Numpad5"))).toMatchObject({
      windowsVirtualKeyCode: 101,
      location: 3,
    });
  });

  it("types nothing where it is a shortcut or moves about", () => {
    for (const input of [
      down("a", "KeyA", { ctrl: true }),
      down("a", "KeyA", { alt: true }),
      down("Tab", "Tab"),
      down("ArrowLeft", "ArrowLeft"),
      down("F5", "F5"),
    ])
      expect(onLinux(input)).toMatchObject({ type: "rawKeyDown" });
    expect(onLinux(down("F5", "F5"))).toMatchObject({ windowsVirtualKeyCode: 116 });
  });

  it("types with AltGr, and with Alt on a Mac", () => {
    expect(onLinux(down("@", "KeyQ", { ctrl: true, alt: true }))).toMatchObject({ text: "@" });
    expect(onMac(down("∂", "KeyD", { alt: true }))).toMatchObject({ text: "∂" });
  });

  it("leaves dead keys and input methods to what they make", () => {
    for (const key of ["Dead", "Process", "Unidentified"])
      expect(onLinux(down(key, "KeyE"))).toBeNull();
  });

  it("copies with the key of the machine the browser is on", () => {
    expect(onLinux(down("c", "KeyC", { meta: true }))).toMatchObject({ modifiers: 2 });
    expect(onMac(down("c", "KeyC", { ctrl: true }))).toMatchObject({
      ...{ modifiers: 4, commands: ["copy"] },
    });
    expect(onLinux(down("k", "KeyK", { meta: true }))).toMatchObject({ modifiers: 4 });
  });

  it("says on a Mac what it does in text", () => {
    expect(onMac(down("Backspace", "Backspace"))).toMatchObject({ commands: ["deleteBackward"] });
    expect(onMac(down("ArrowLeft", "ArrowLeft", { meta: true, shift: true }))).toMatchObject({
      commands: ["moveToLeftEndOfLineAndModifySelection"],
    });
    expect(onLinux(down("Backspace", "Backspace"))).not.toHaveProperty("commands");
  });

  it("repeats, and comes up again", () => {
    expect(onLinux({ ...down("a", "KeyA"), repeat: true })).toMatchObject({ autoRepeat: true });
    const up = onLinux({ ...down("a", "KeyA"), type: "up" });
    expect(up).toMatchObject({ type: "keyUp", windowsVirtualKeyCode: 65 });
    expect(up).not.toHaveProperty("text");
  });
});
