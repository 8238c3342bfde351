// Puts the keyboard's focus where one goes on in a part of the page.

/** Not while a small window lies over the page: it has the keys. */
export const isFocusElsewhere = (root: HTMLElement): boolean =>
  !root.contains(document.activeElement) && document.querySelector("dialog[open]") === null;

/** To where it was, to where one writes, or to the part itself. On a touch screen never to a field:
 * that would bring the keyboard up. */
export function focusInside(root: HTMLElement, last: HTMLElement | null): void {
  if (last?.isConnected && root.contains(last) && last !== root) return last.focus();
  const isTouch = matchMedia("(pointer: coarse)").matches;
  const field = root.querySelector<HTMLElement>("[data-first-focus] :is(textarea, input, button)");
  const frame = root.querySelector<HTMLElement>("section[tabindex]") ?? root;
  (isTouch ? frame : (field ?? frame)).focus({ preventScroll: true });
}
