// The frame that index.html paints before any script runs, and the marks of the page's start.

/** What is there now takes its place. */
export function takeFirstFrameAway(): void {
  document.getElementById("first-frame")?.remove();
  document.body.classList.remove("beginning");
}

/** For the benches and the browser's own timeline; only the first time counts. */
export function markStart(name: "composer" | "host"): void {
  const full = `aetheria:${name}`;
  if (performance.getEntriesByName(full).length === 0) performance.mark(full);
}
