// A press followed until it ends: how far the pointer went, in pixels. Escape, or a pointer that the
// system takes away, gives it up.
interface Follower {
  /** Not before the pointer has clearly moved. */
  move: (dx: number, dy: number, event: PointerEvent) => void;
  end: (event: PointerEvent) => void;
  cancel: () => void;
}

const thresholdPx = 4;

export function followPointer(start: PointerEvent, follower: Follower): void {
  const element = start.currentTarget;
  if (start.button !== 0 || !(element instanceof HTMLElement)) return;
  const held = element;
  const over = new AbortController();
  const { signal } = over;
  let hasMoved = false;
  const mine = (event: PointerEvent) => event.pointerId === start.pointerId;

  function move(event: PointerEvent): void {
    if (!mine(event)) return;
    const dx = event.clientX - start.clientX;
    const dy = event.clientY - start.clientY;
    if (!hasMoved && Math.hypot(dx, dy) < thresholdPx) return;
    // Not at the press: a click, or a double one, stays what it is.
    if (!hasMoved) held.setPointerCapture(start.pointerId);
    hasMoved = true;
    follower.move(dx, dy, event);
  }

  function stop(act: () => void): void {
    over.abort();
    if (hasMoved) act();
  }

  addEventListener("pointermove", move, { signal });
  addEventListener("pointerup", (event) => mine(event) && stop(() => follower.end(event)), {
    signal,
  });
  addEventListener("pointercancel", (event) => mine(event) && stop(follower.cancel), { signal });
  addEventListener(
    "keydown",
    (event) => {
      if (event.key !== "Escape" || !hasMoved) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      stop(follower.cancel);
    },
    { signal, capture: true },
  );
}
