// Whoever scrolls a text tells its parts when they come near the reader and when they go far. Where
// nobody does, every text is drawn whole.
import { getContext, setContext } from "svelte";

/** So far beyond the edge of the view a part still counts as near. */
const marginPx = 600;

export interface NearReader {
  /** Everything is to be drawn, as it is being looked through. */
  readonly wantsAll: boolean;
  /** `tell` hears at once and on every change. Returns what stops it. */
  watch(part: Element, tell: (entry: IntersectionObserverEntry) => void): () => void;
}

/** `scroller` is asked for when the first part is watched. */
export function createNearReader(
  scroller: (part: Element) => Element | null,
  wantsAll: () => boolean,
): NearReader {
  const listeners = new WeakMap<Element, (entry: IntersectionObserverEntry) => void>();
  let observer: IntersectionObserver | undefined;
  return {
    get wantsAll() {
      return wantsAll();
    },
    watch(part, tell) {
      observer ??= new IntersectionObserver(
        (entries) => entries.forEach((entry) => listeners.get(entry.target)?.(entry)),
        { root: scroller(part), rootMargin: `${marginPx}px 0px` },
      );
      listeners.set(part, tell);
      observer.observe(part);
      return () => observer?.unobserve(part);
    },
  };
}

const key = Symbol("near reader");

export const provideNearReader = (reader: NearReader): NearReader => setContext(key, reader);
export const nearReader = (): NearReader | undefined => getContext<NearReader | undefined>(key);
