import { beforeEach, describe, expect, it } from "vitest";
import type { BrowserInput } from "../../../contract/browser.ts";
import { PageKeys } from "./page-keys.ts";

let sent: BrowserInput[];
let did: string[];
let nowMs: number;
let keys: PageKeys;

beforeEach(() => {
  [sent, did, nowMs] = [[], [], 1_000];
  keys = new PageKeys({
    add: (...inputs) => void sent.push(...inputs),
    leave: () => void did.push("leave"),
    copy: () => (did.push("copy"), Promise.resolve()),
    now: () => nowMs,
  });
});

const pressed = (key: string, held: Partial<KeyboardEvent> = {}) => {
  const did = { prevented: false, stopped: false };
  const event = {
    ...{ key, code: `Key${key}`, repeat: false, isComposing: false },
    ...{ altKey: false, ctrlKey: false, metaKey: false, shiftKey: false },
    ...held,
    preventDefault: () => (did.prevented = true),
    stopPropagation: () => (did.stopped = true),
  };
  const pressed: unknown = event;
  return { event: pressed as KeyboardEvent, did };
};
const down = (key: string, held: Partial<KeyboardEvent> = {}) => {
  const { event, did } = pressed(key, held);
  keys.keydown(event);
  return did;
};
const up = (key: string, held: Partial<KeyboardEvent> = {}) => keys.keyup(pressed(key, held).event);
const typed = (inputType: string, data: string | null = null, isComposing = false) =>
  keys.input({ inputType, data, isComposing } as InputEvent);

describe("keys over the page", () => {
  it("go down and up on the page, and nowhere else", () => {
    const did = down("a", { shiftKey: true });
    up("a");
    expect(did).toEqual({ prevented: true, stopped: true });
    expect(sent).toEqual([
      { kind: "key", type: "down", key: "a", code: "Keya", modifiers: { shift: true } },
      { kind: "key", type: "up", key: "a", code: "Keya", modifiers: {} },
    ]);
  });

  it("of an input method are sent as they stand, then finished or given up", () => {
    keys.compose("かん");
    keys.composed("漢");
    keys.composed("");
    expect(sent).toEqual([
      { kind: "compose", text: "かん" },
      { kind: "text", text: "漢" },
      { kind: "compose", text: "" },
    ]);
  });

  it("come up only where they went down", () => {
    up("Enter");
    expect(sent).toEqual([]);
  });

  it("are let go when the focus leaves", () => {
    down("Shift");
    keys.release();
    keys.release();
    expect(sent.at(-1)).toMatchObject({ type: "up", key: "Shift" });
    expect(sent).toHaveLength(2);
  });

  it("give one Escape to the page, and leave with the second", () => {
    down("Escape");
    expect(did).toEqual([]);
    nowMs += 300;
    down("Escape");
    expect(did).toEqual(["leave"]);
    expect(sent).toHaveLength(1);
    nowMs += 5_000;
    down("Escape");
    nowMs += 5_000;
    down("Escape");
    expect(did).toEqual(["leave"]);
  });

  it("leave with Ctrl Shift Escape at once", () => {
    down("Escape", { ctrlKey: true, shiftKey: true });
    expect(did).toEqual(["leave"]);
    expect(sent).toEqual([]);
  });

  it("copy what is selected, and cut it on the page afterwards", async () => {
    down("c", { ctrlKey: true });
    expect(did).toEqual(["copy"]);
    expect(sent).toEqual([]);
    down("x", { ctrlKey: true });
    await Promise.resolve();
    expect(sent).toMatchObject([
      { type: "down", key: "x", modifiers: { ctrl: true } },
      { type: "up", key: "x" },
    ]);
  });

  it("leave a paste and what is being composed to the browser around the page", () => {
    expect(down("v", { ctrlKey: true }).prevented).toBe(false);
    expect(down("Process").prevented).toBe(false);
    expect(sent).toEqual([]);
  });
});

describe("words for the page", () => {
  it("come from a keyboard on the screen", () => {
    typed("insertText", "hi");
    typed("insertText", "half", true);
    typed("deleteContentBackward");
    typed("insertLineBreak");
    expect(sent).toMatchObject([
      { kind: "text", text: "hi" },
      { key: "Backspace", type: "down" },
      { key: "Backspace", type: "up" },
      { key: "Enter", type: "down" },
      { key: "Enter", type: "up" },
    ]);
  });
});
