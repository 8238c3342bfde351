// Puts the caret behind what is written in a field, so that more can be added.
import type { PageWindow } from "./dom.ts";
import type { Elements } from "./elements.ts";
import type { ElementId } from "./wire.ts";

/** Sent into the page as text: refers to nothing outside itself. */
export function createCaret(window: PageWindow, elements: Elements) {
  return function caretToEnd(id: ElementId): { found: boolean; document: string } {
    const element = elements.find(id);
    if (!element) return { found: false, document: elements.document };
    element.focus();
    if (/^(INPUT|TEXTAREA)$/i.test(element.tagName)) {
      const length = element.value?.length ?? 0;
      // Number and date fields have no caret that can be set; there the focus is enough.
      if (/^(text|search|url|tel|password|textarea)$/.test(element.type ?? "text"))
        element.setSelectionRange?.(length, length);
    } else {
      const selection = window.getSelection();
      selection?.selectAllChildren(element);
      selection?.collapseToEnd();
    }
    return { found: true, document: elements.document };
  };
}
