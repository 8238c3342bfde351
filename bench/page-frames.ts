// What a page did from one look to the next: its frames, its keys until they were painted, its nodes.

export type Seen = { frames: number[]; keys: number[]; nodes: number };

/** In the page: what is seen from one `seen()` to the next. */
export function watchPage(): void {
  let [frames, keys]: [number[], number[]] = [[], []];
  let [last, nodes] = [0, 0];
  const step = (at: number) => {
    if (last > 0) frames.push(at - last);
    last = at;
    requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
  const observer = new PerformanceObserver((list) => {
    for (const { name, duration } of list.getEntries()) if (name === "keydown") keys.push(duration);
  });
  const observed: PerformanceObserverInit & { durationThreshold: number } = {
    type: "event",
    durationThreshold: 16,
  };
  observer.observe(observed);
  const count = () => {
    const walker = document.createTreeWalker(document);
    let counted = 0;
    while (walker.nextNode()) counted += 1;
    nodes = Math.max(nodes, counted);
  };
  setInterval(count, 1_000);
  const seen = (): Seen => {
    const before = { frames, keys, nodes };
    [frames, keys, nodes] = [[], [], 0];
    return before;
  };
  Object.assign(window, { seen });
}

/** In %. A frame of two beats of a 60 Hz screen lasts 33.3 ms. */
export function lateShare(frames: readonly number[]): number {
  return (frames.filter((ms) => Math.round(ms) > 33).length / frames.length) * 100;
}
