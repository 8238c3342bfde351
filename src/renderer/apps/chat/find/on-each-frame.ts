// Draws now, and once per frame in which something below an element changed, until it is stopped.

export function onEachFrame(root: Element, draw: () => void): () => void {
  let frame = requestAnimationFrame(draw);
  const observer = new MutationObserver(() => {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(draw);
  });
  observer.observe(root, { childList: true, subtree: true, characterData: true });
  return () => {
    observer.disconnect();
    cancelAnimationFrame(frame);
  };
}
