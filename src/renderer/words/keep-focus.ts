// Where the keyboard is on a page that is about to be drawn anew in the same shape.

/** The place of an element among its ancestors' children, and what it is. */
interface Place {
  path: readonly number[];
  tag: string;
}

/** null: nothing in particular has it. */
export function placeOfFocus(): Place | null {
  const focused = document.activeElement;
  if (!focused || focused === document.body) return null;
  const path: number[] = [];
  for (let at = focused; at.parentElement && at !== document.body; at = at.parentElement)
    path.unshift([...at.parentElement.children].indexOf(at));
  return { path, tag: focused.tagName };
}

const patience = 20;

/** Gives it to what is there now; a window whose content is still loading gets some frames. Whoever
 * moved it elsewhere meanwhile keeps it. */
export function refocus(place: Place | null, tries = patience): void {
  if (!place) return;
  let found: Element | undefined = document.body;
  for (const index of place.path) found = found?.children[index];
  if (found instanceof HTMLElement && found.tagName === place.tag) {
    if (document.activeElement?.contains(found)) found.focus();
  } else if (tries > 0) requestAnimationFrame(() => refocus(place, tries - 1));
}
