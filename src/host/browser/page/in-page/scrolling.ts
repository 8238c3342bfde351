// Scrolls the page or a part of it, and says where one is then.
import type { PageElement, PageWindow } from "./dom.ts";
import type { Elements } from "./elements.ts";
import type { ElementId } from "./wire.ts";

export type ScrollRequest = { id: ElementId | null; to: string; pages: number };
export type Scrolled = {
  found: boolean;
  document: string;
  moved: boolean;
  /** Where one is, when it was not the page that scrolled. */
  partText?: string;
};

/** Sent into the page as text: refers to nothing outside itself. */
export function createScrolling(window: PageWindow, elements: Elements) {
  function scrollerOf(start: PageElement | null): PageElement {
    for (let at = start; at; at = at.parentElement) {
      const { overflowY, overflowX } = window.getComputedStyle(at);
      const canScroll = /auto|scroll|overlay/.test(overflowY + overflowX);
      if (
        canScroll &&
        (at.scrollHeight > at.clientHeight + 1 || at.scrollWidth > at.clientWidth + 1)
      )
        return at;
    }
    return window.document.scrollingElement ?? window.document.documentElement;
  }

  /** The largest part that scrolls, where the page itself does not. */
  function mainScroller(): PageElement {
    const page = window.document.scrollingElement ?? window.document.documentElement;
    if (page.scrollHeight > page.clientHeight + 1) return page;
    const middle = window.document.elementFromPoint(window.innerWidth / 2, window.innerHeight / 2);
    return scrollerOf(middle);
  }

  return function scroll({ id, to, pages }: ScrollRequest): Scrolled {
    const element = id === null ? null : elements.find(id);
    if (id !== null && !element) return { found: false, document: elements.document, moved: false };
    const scroller = element ? scrollerOf(element) : mainScroller();
    const before = [scroller.scrollTop, scroller.scrollLeft];
    const across = scroller.clientWidth * 0.9 * pages;
    const down = scroller.clientHeight * 0.9 * pages;
    const behavior = "instant";
    if (to === "top") scroller.scrollTo({ top: 0, behavior });
    else if (to === "bottom") scroller.scrollTo({ top: scroller.scrollHeight, behavior });
    else
      scroller.scrollBy({
        top: to === "down" ? down : to === "up" ? -down : 0,
        left: to === "right" ? across : to === "left" ? -across : 0,
        behavior,
      });
    const moved = scroller.scrollTop !== before[0] || scroller.scrollLeft !== before[1];
    const page = window.document.scrollingElement ?? window.document.documentElement;
    const rest = scroller.scrollHeight - scroller.clientHeight;
    const percent = rest > 0 ? Math.round((scroller.scrollTop / rest) * 100) : 100;
    const partText = scroller === page ? undefined : `(at ${percent} % of that part of the page)`;
    return { found: true, document: elements.document, moved, partText };
  };
}
