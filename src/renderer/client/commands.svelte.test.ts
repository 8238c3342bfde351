import { describe, expect, it, vi } from "vitest";
import { X } from "../ui/icons.ts";
import { Commands, type Command } from "./commands.svelte.ts";

const command = (id: string, change: Partial<Command> = {}): Command => ({
  id,
  area: "general",
  title: id,
  icon: X,
  ...change,
});

const ctrl = (key: string) => ({
  key,
  code: "",
  ctrlKey: true,
  metaKey: false,
  altKey: false,
  shiftKey: false,
});
const plain = (key: string) => ({ ...ctrl(key), ctrlKey: false });
const desk = { isTyping: false, isDialogOpen: false };

describe("commands", () => {
  it("run by name and by key, and not where they are not enabled", () => {
    const run = vi.fn();
    const commands = new Commands(() => ({}), false);
    let enabled = false;
    commands.provide(() => [command("a", { key: "Mod+A", run, isEnabled: () => enabled })]);
    expect(commands.run("a")).toBe(false);
    expect(commands.press(ctrl("a"), desk)).toBe(false);
    enabled = true;
    expect(commands.run("a")).toBe(true);
    expect(commands.press(ctrl("a"), desk)).toBe(true);
    expect(commands.run("nothing")).toBe(false);
    expect(run).toHaveBeenCalledTimes(2);
  });

  it("wait for a screen that does them, and ask the last one", () => {
    const first = vi.fn();
    const second = vi.fn();
    const commands = new Commands(() => ({}), false);
    commands.provide(() => [command("find", { key: "Ctrl+F" })]);
    expect(commands.press(ctrl("f"), desk)).toBe(false);
    const leaveFirst = commands.on("find", first);
    const leaveSecond = commands.on("find", second);
    commands.run("find");
    leaveSecond();
    commands.run("find");
    leaveFirst();
    expect(commands.run("find")).toBe(false);
    expect([first.mock.calls.length, second.mock.calls.length]).toEqual([1, 1]);
  });

  it("have the keys the person gave them, or none", () => {
    const changed: Record<string, string> = { a: "ctrl+shift+P", b: "" };
    const commands = new Commands(() => changed, true);
    commands.provide(() => [
      command("a", { key: "Ctrl+A", run: () => undefined }),
      command("b", { key: "Ctrl+B", run: () => undefined }),
      command("c", { key: "Ctrl+C", run: () => undefined }),
    ]);
    expect(["a", "b", "c"].map((id) => commands.keyOf(id))).toEqual(["Ctrl+Shift+P", "", "Ctrl+C"]);
    expect(commands.press(ctrl("a"), desk)).toBe(false);
    expect(commands.tip("a", "All")).toBe("All (⌘ ⇧ P)");
    expect(commands.tip("b", "Bold")).toBe("Bold");
  });

  it("tell who has a key already", () => {
    const commands = new Commands(() => ({}), false);
    commands.provide(() => [command("a", { key: "Ctrl+A" }), command("b", { key: "Ctrl+B" })]);
    expect(commands.ownersOf("Ctrl+A", "b").map(({ id }) => id)).toEqual(["a"]);
    expect(commands.ownersOf("Ctrl+A", "a")).toEqual([]);
    expect(["Ctrl+Z", "A", "", "Escape"].map((key) => commands.canTake(key))).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });

  it("leave typing alone, and the keys of an open dialog", () => {
    const run = vi.fn();
    const commands = new Commands(() => ({}), false);
    commands.provide(() => [
      command("help", { key: "?", run }),
      command("palette", { key: "Ctrl+K", overDialogs: true, run }),
    ]);
    expect(commands.press(plain("?"), { ...desk, isTyping: true })).toBe(false);
    expect(commands.press(plain("?"), { ...desk, isDialogOpen: true })).toBe(false);
    expect(commands.press(ctrl("k"), { isTyping: true, isDialogOpen: true })).toBe(true);
    expect(commands.press(plain("?"), desk)).toBe(true);
    expect(run).toHaveBeenCalledTimes(2);
  });

  it("go when their provider goes", () => {
    const commands = new Commands(() => ({}), false);
    const leave = commands.provide(() => [command("a", { run: () => undefined })]);
    leave();
    expect(commands.current).toEqual([]);
  });
});
