// Puts the keyboard's focus where one goes on in a part of the page.

/** What takes the focus of a part in which nothing asks for it. */
const frameOf = (root: HTMLElement): HTMLElement =>
  root.querySelector<HTMLElement>("section[tabindex]") ?? root;

/** Not while a small window lies over the page: it has the keys. */
export function isFocusElsewhere(root: HTMLElement): boolean {
  if (document.querySelector("dialog[open]") !== null) return false;
  const active = document.activeElement;
  return !root.contains(active) || active === root || active === frameOf(root);
}

/** To where it was, to where one writes, or to the part itself. On a touch screen never to a field:
 * that would bring the keyboard up. */
export function focusInside(root: HTMLElement, last: HTMLElement | null): void {
  const frame = frameOf(root);
  const isKept = last?.isConnected && root.contains(last) && last !== frame && last !== root;
  if (isKept) return last.focus();
  const isTouch = matchMedia("(pointer: coarse)").matches;
  const field = root.querySelector<HTMLElement>("[data-first-focus] :is(textarea, input, button)");
  (isTouch ? frame : (field ?? frame)).focus({ preventScroll: true });
}
