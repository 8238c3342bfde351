// Keys as text, `Ctrl+Shift+P`: from a key event, from the settings, and as people read them. `Ctrl`
// stands for ⌘ as well, so that one table fits every machine. Pure.

const modifiers = ["Ctrl", "Alt", "Shift"] as const;
type Modifier = (typeof modifiers)[number];

const modifierNames: Readonly<Record<string, Modifier>> = {
  ctrl: "Ctrl",
  control: "Ctrl",
  mod: "Ctrl",
  meta: "Ctrl",
  cmd: "Ctrl",
  command: "Ctrl",
  commandorcontrol: "Ctrl",
  alt: "Alt",
  option: "Alt",
  shift: "Shift",
};

const keyNames: Readonly<Record<string, string>> = {
  " ": "Space",
  "+": "Plus",
  left: "ArrowLeft",
  right: "ArrowRight",
  up: "ArrowUp",
  down: "ArrowDown",
  esc: "Escape",
  comma: ",",
  period: ".",
};

const keyOf = (name: string): string =>
  keyNames[name.toLowerCase()] ?? (name.length === 1 ? name.toUpperCase() : name);

/** The one way a combination is written; "" when it names no key. */
export function shortcutOf(text: string): string {
  const parts = text.split("+").map((part) => part.trim());
  const held = new Set(parts.slice(0, -1).map((part) => modifierNames[part.toLowerCase()]));
  const last = parts.at(-1) ?? "";
  if (last === "" || modifierNames[last.toLowerCase()]) return "";
  return [...modifiers.filter((modifier) => held.has(modifier)), keyOf(last)].join("+");
}

export interface PressedKey {
  key: string;
  code: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
}

/** What was pressed; null while only modifiers are held. Letters and digits are taken from their
 * place on the keyboard where the layout or a modifier makes another sign of them. */
export function pressed(event: PressedKey): string | null {
  if (["Control", "Meta", "Alt", "Shift", "AltGraph", "Dead", "Process"].includes(event.key))
    return null;
  const placed = /^(?:Key|Digit|Numpad)([A-Z0-9])$/.exec(event.code)?.[1];
  const isPlain = /^[a-zA-Z0-9]$/.test(event.key);
  const isHeld = event.ctrlKey || event.metaKey || event.altKey;
  const key = isPlain || !placed || !isHeld ? keyOf(event.key) : placed;
  const isSign = event.key.length === 1 && !/[A-Z0-9]/.test(key);
  const held = [
    event.ctrlKey || event.metaKey ? "Ctrl" : "",
    event.altKey ? "Alt" : "",
    // A sign such as ? already tells that Shift is held.
    event.shiftKey && !(isSign && event.key !== " ") ? "Shift" : "",
  ];
  return [...held.filter(Boolean), key].join("+");
}

/** A combination that types something where one writes. */
export const typesText = (shortcut: string): boolean => {
  const key = shortcut.replace(/^Shift\+/, "");
  return !key.includes("+") && (key.length === 1 || key === "Space" || key === "Plus");
};

/** Keys that belong to moving and typing everywhere: nothing may take them. */
const kept = ["Enter", "Tab", "Escape", "Backspace", "Delete", "Space", "Home", "End"];

export function isFree(shortcut: string): boolean {
  const key = shortcut.replace(/^Shift\+/, "");
  if (key.startsWith("Arrow") || key.startsWith("Page") || kept.includes(key)) return false;
  return !/^[A-Z0-9]$/.test(key);
}

const signs: Readonly<Record<string, string>> = {
  ArrowLeft: "←",
  ArrowRight: "→",
  ArrowUp: "↑",
  ArrowDown: "↓",
  Enter: "↵",
  Escape: "Esc",
  Plus: "+",
};
const macSigns: Readonly<Record<string, string>> = { Ctrl: "⌘", Alt: "⌥", Shift: "⇧" };

/** As it is printed on the keyboard: `Ctrl Shift P`, on a Mac `⇧ ⌘ P`. */
export function shownKeys(shortcut: string, isMac: boolean): string {
  if (shortcut === "") return "";
  const parts = shortcut.split("+").map((part) => signs[part] ?? part);
  return parts.map((part) => (isMac ? (macSigns[part] ?? part) : part)).join(" ");
}
