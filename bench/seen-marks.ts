// When a page has shown a mark (`mark-17-sent`), whichever part of it was drawn anew: by the clock that the
// host's log has too, at the latest: after the frame that follows.

export type SeenMarks = Record<string, number>;

/** In the page, before anything else of it: `seenMarks` has milliseconds since the epoch by mark, and
 * `markSeen(mark)` resolves once it is there. */
export function watchMarks(): void {
  const seen: SeenMarks = {};
  const awaited = new Map<string, () => void>();
  const waiting = new Set<string>();
  let isAsked = false;
  const painted = () => {
    const at = Date.now();
    for (const mark of waiting) {
      seen[mark] ??= at;
      awaited.get(mark)?.();
    }
    waiting.clear();
    isAsked = false;
  };
  const look = (node: Node) => {
    for (const [mark] of (node.textContent ?? "").matchAll(/mark-[\d]+-[a-z]+/g))
      if (!(mark in seen)) waiting.add(mark);
    if (waiting.size === 0 || isAsked) return;
    isAsked = true;
    requestAnimationFrame(() => setTimeout(painted));
  };
  new MutationObserver((records) => {
    for (const { type, target, addedNodes } of records)
      if (type === "characterData") look(target);
      else addedNodes.forEach(look);
  }).observe(document, { childList: true, characterData: true, subtree: true });
  const markSeen = (mark: string) =>
    new Promise<void>((resolve) => {
      awaited.set(mark, resolve);
      if (mark in seen) resolve();
    });
  Object.assign(window, { seenMarks: seen, markSeen });
}
