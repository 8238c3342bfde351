// Keys as Electron names them for the whole system, from and to how the page names them. Pure.

const electronNames: Readonly<Record<string, string>> = {
  Ctrl: "CommandOrControl",
  ArrowUp: "Up",
  ArrowDown: "Down",
  ArrowLeft: "Left",
  ArrowRight: "Right",
};
const pageNames: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.entries(electronNames).map(([page, electron]) => [electron, page])),
  CmdOrCtrl: "Ctrl",
  Control: "Ctrl",
  Command: "Ctrl",
};

/** null: these keys alone would be taken from every other program. */
export function acceleratorOf(shortcut: string): string | null {
  const parts = shortcut.split("+");
  if (!parts.includes("Ctrl") && !parts.includes("Alt")) return null;
  return parts.map((part) => electronNames[part] ?? part).join("+");
}

export const shortcutOfAccelerator = (accelerator: string): string =>
  accelerator
    .split("+")
    .map((part) => pageNames[part] ?? part)
    .join("+");
