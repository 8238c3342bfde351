// The keys of a window that is moved or sized without a pointer.
import type { Desk } from "../../client/desk.svelte.ts";

const stepPx = 16;
const ways: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** Takes the key when a window is being adjusted: Shift goes in larger steps, Ctrl in pixels. */
export function adjustKey(desk: Desk, event: KeyboardEvent): void {
  if (!desk.adjusting) return;
  const way = ways[event.key];
  // The key that chose “Move” may still be held.
  const isEnd = event.key === "Tab" || (event.key === "Enter" && !event.repeat);
  if (way) {
    const step = event.shiftKey ? 5 * stepPx : event.ctrlKey ? 1 : stepPx;
    desk.nudge(way[0] * step, way[1] * step);
  } else if (isEnd) desk.endAdjusting(true);
  else if (event.key === "Escape") desk.endAdjusting(false);
  else if (event.key !== "Enter") return;
  event.preventDefault();
  event.stopPropagation();
}
