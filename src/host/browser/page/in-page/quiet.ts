// Notices when a document changes, so that one can tell when it has come to rest.
import type { PageNode, PageWindow } from "./dom.ts";

export type QuietState = {
  document: string;
  loaded: boolean;
  /** Bursts of changes since the document is watched, and how long the last one is ago; without any,
   * how long ago the document was loaded. */
  bursts: number;
  sinceLastMs: number;
};

export type Quiet = { watch(root: PageNode): void; state(document: string): QuietState };

/** Sent into the page as text: refers to nothing outside itself. */
export function createQuiet(window: PageWindow): Quiet {
  const watched = new WeakSet<PageNode>();
  let bursts = 0;
  let lastMs = window.performance.now();
  const loadedMs = () => {
    const [navigation] = window.performance.getEntriesByType("navigation");
    // Zero until all that waits for the load has run.
    return navigation?.loadEventEnd || window.performance.now();
  };
  const observer = new window.MutationObserver(() => {
    const nowMs = window.performance.now();
    if (nowMs - lastMs > 4 || bursts === 0) bursts += 1;
    lastMs = nowMs;
  });
  const attributeFilter =
    "class hidden disabled open value checked aria-expanded aria-hidden aria-selected aria-checked aria-busy".split(
      " ",
    );
  function watch(root: PageNode): void {
    if (watched.has(root)) return;
    watched.add(root);
    observer.observe(root, {
      ...{ subtree: true, childList: true, characterData: true, attributes: true, attributeFilter },
    });
  }
  watch(window.document);
  return {
    watch,
    state: (document) => ({
      ...{ document, bursts },
      sinceLastMs: window.performance.now() - (bursts === 0 ? loadedMs() : lastMs),
      loaded: window.document.readyState === "complete",
    }),
  };
}
