// A key of the person's keyboard as Chromium's protocol wants it: what it types, its old number, and on
// macOS what it does in text. Any layout: what the key says counts, its place only where it says nothing.
import type { BrowserInput } from "../../../contract/browser.ts";
import { macCommands } from "./mac-commands.ts";

export type KeyInput = Extract<BrowserInput, { kind: "key" }>;
/** As `Input.dispatchKeyEvent` takes it. */
export type KeyEvent = {
  type: "keyDown" | "keyUp" | "rawKeyDown";
  key: string;
  code: string;
  modifiers: number;
  windowsVirtualKeyCode: number;
  location: number;
  text?: string;
  unmodifiedText?: string;
  autoRepeat?: boolean;
  isKeypad?: boolean;
  commands?: string[];
};
type Modifiers = KeyInput["modifiers"];

/** null: an input method or a dead key has it; what comes of it comes as text or as the next key. */
export function keyEventOf(input: KeyInput, platform: NodeJS.Platform): KeyEvent | null {
  if (heldBack.has(input.key)) return null;
  const isMac = platform === "darwin";
  const modifiers = asHere(input, isMac);
  const { key, code } = input;
  const event = {
    ...{ key, code, modifiers: modifierBits(modifiers) },
    windowsVirtualKeyCode: numberOf(key, code),
    location: locationOf(code),
  };
  if (input.type === "up") return { type: "keyUp", ...event };
  const text = textOf(key, modifiers);
  const commands = isMac ? (macCommands[commandKey(key, modifiers)] ?? []) : [];
  return {
    ...{ type: text === "" ? "rawKeyDown" : "keyDown", ...event },
    ...(text === "" ? {} : { text, unmodifiedText: text }),
    ...(input.repeat ? { autoRepeat: true } : {}),
    ...(code.startsWith("Numpad") ? { isKeypad: true } : {}),
    ...(commands.length > 0 ? { commands: [...commands] } : {}),
  };
}

export function modifierBits({ alt, ctrl, meta, shift }: Modifiers): number {
  return (alt ? 1 : 0) | (ctrl ? 2 : 0) | (meta ? 4 : 0) | (shift ? 8 : 0);
}

const heldBack = new Set(["Dead", "Process", "Unidentified", "AllCandidates", "Convert"]);
const edits = new Set(["a", "c", "v", "x", "y", "z"]);

/** The window may stand on a Mac and the browser elsewhere: copy is copy on both. */
function asHere({ key, modifiers }: KeyInput, isMac: boolean): Modifiers {
  const { ctrl = false, meta = false, alt = false } = modifiers;
  const isEdit = edits.has(key.toLowerCase()) && ctrl !== meta && !alt;
  return isEdit ? { ...modifiers, ctrl: !isMac, meta: isMac } : modifiers;
}

function textOf(key: string, { ctrl, meta, alt }: Modifiers): string {
  if (key === "Enter") return ctrl || meta || alt ? "" : "\r";
  if ([...key].length !== 1) return "";
  // Windows says Ctrl and Alt for AltGr; and Alt types what is no letter of ASCII on a Mac.
  const isAltGr = alt === true && (ctrl === true || !/^[\x20-\x7e]$/.test(key));
  return isAltGr || !(ctrl || meta || alt) ? key : "";
}

function commandKey(key: string, { alt, ctrl, meta, shift }: Modifiers): string {
  const held = [shift && "shift", ctrl && "ctrl", alt && "alt", meta && "meta"];
  const name = [...key].length === 1 ? key.toLowerCase() : key;
  return [...held.filter(Boolean), name].join("+");
}

function locationOf(code: string): number {
  if (/^(Shift|Control|Alt|Meta)Left$/.test(code)) return 1;
  if (/^(Shift|Control|Alt|Meta)Right$/.test(code)) return 2;
  return code.startsWith("Numpad") ? 3 : 0;
}

/** KeyboardEvent.keyCode: of the letter or digit where it is one, else of the place. */
function numberOf(key: string, code: string): number {
  if (/^[a-z0-9]$/i.test(key) && !code.startsWith("Numpad")) return key.toUpperCase().charCodeAt(0);
  const f = /^F(\d{1,2})$/.exec(key);
  if (f) return 111 + Number(f[1]);
  const letter = /^(?:Key|Digit)(.)$/.exec(code);
  if (letter) return letter[1]?.charCodeAt(0) ?? 0;
  const pad = /^Numpad(\d)$/.exec(code);
  if (pad && key.length === 1) return 96 + Number(pad[1]);
  return numbers[key] ?? numbers[code] ?? 0;
}

const numbers: Readonly<Record<string, number>> = {
  ...{ Backspace: 8, Tab: 9, Enter: 13, Shift: 16, Control: 17, Alt: 18, AltGraph: 18, Pause: 19 },
  ...{ CapsLock: 20, Escape: 27, " ": 32, PageUp: 33, PageDown: 34, End: 35, Home: 36 },
  ...{ ArrowLeft: 37, ArrowUp: 38, ArrowRight: 39, ArrowDown: 40, PrintScreen: 44, Insert: 45 },
  ...{ Delete: 46, Meta: 91, ContextMenu: 93, NumLock: 144, ScrollLock: 145 },
  ...{ NumpadMultiply: 106, NumpadAdd: 107, NumpadSubtract: 109, NumpadDecimal: 110 },
  ...{ NumpadDivide: 111, Semicolon: 186, Equal: 187, Comma: 188, Minus: 189, Period: 190 },
  ...{
    Slash: 191,
    Backquote: 192,
    BracketLeft: 219,
    Backslash: 220,
    BracketRight: 221,
    Quote: 222,
  },
  IntlBackslash: 226,
};
