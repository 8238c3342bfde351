// The numbers that the programs in the page give to its elements, for as long as the document lives.
import type { PageElement, PageWindow } from "./dom.ts";
import type { ElementId } from "./wire.ts";

export type Elements = {
  document: string;
  idOf(element: PageElement): ElementId;
  find(id: ElementId): PageElement | null;
};

/** Sent into the page as text: refers to nothing outside itself. */
export function createElements(window: PageWindow): Elements {
  const ids = new WeakMap<PageElement, ElementId>();
  const known = new Map<ElementId, { deref(): PageElement | undefined }>();
  let last = 0;
  return {
    document: `${Math.random().toString(36).slice(2)}${Math.random().toString(36).slice(2)}`,
    idOf(element) {
      let id = ids.get(element);
      if (id === undefined) {
        id = ++last;
        ids.set(element, id);
        known.set(id, new window.WeakRef(element));
      }
      return id;
    },
    find(id) {
      const element = known.get(id)?.deref();
      return element?.isConnected ? element : null;
    },
  };
}
