// Which keys a terminal leaves to the page, and which mean copy, paste and search instead of what a
// shell would do with them. Everything else goes to the shell. Pure.

export type TerminalKey = Pick<
  KeyboardEvent,
  "key" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey"
>;

/** What it means beside typing; null: nothing of that. */
export function meaningOf(
  key: TerminalKey,
  hasSelection: boolean,
): "copy" | "paste" | "find" | null {
  const isHeld = key.ctrlKey || key.metaKey;
  if (!isHeld || key.altKey) return null;
  const name = key.key.toLowerCase();
  if (name === "c" && (key.shiftKey || key.metaKey)) return "copy";
  // With something selected Ctrl+C copies it, as everywhere; a second one interrupts.
  if (name === "c" && hasSelection) return "copy";
  if (name === "v" && (key.shiftKey || key.metaKey)) return "paste";
  if (name === "f" && (key.shiftKey || key.metaKey)) return "find";
  return null;
}

/** The way out of a terminal by keyboard, and what the page does from anywhere. */
export function belongsToPage({ key, ctrlKey, metaKey, altKey, shiftKey }: TerminalKey): boolean {
  if (/^F(?:6|7|8|9|10)$/.test(key)) return key === "F6" || ctrlKey;
  if (ctrlKey && altKey) return key.startsWith("Arrow");
  if ((ctrlKey && shiftKey) || metaKey) return true;
  return ctrlKey && /^[0-9,]$/.test(key);
}
