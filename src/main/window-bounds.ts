// Where a window may be. Pure. A window must be reachable with the mouse: enough of its upper edge
// lies on a display that is there.
import type { Bounds } from "./window-state.ts";

export const usualSize = { width: 1280, height: 860 };
export const smallestSize = { width: 400, height: 480 };
/** How much of the title bar must be on one display. */
const grip = { width: 120, height: 40 };

/** `areas`: the displays' work areas, the primary one first; there is at least one. */
export function placeWindow(wanted: Bounds | null, areas: readonly Bounds[]): Bounds {
  const [primary = { x: 0, y: 0, ...usualSize }] = areas;
  if (wanted === null) return centred(usualSize, primary);
  const area = areas.find((each) => isReachable(wanted, each));
  const placed = area && fitted(wanted, area);
  // Made smaller, it may have slipped out of reach.
  return placed && isReachable(placed, area) ? placed : centred(wanted, area ?? primary);
}

function isReachable(bounds: Bounds, area: Bounds): boolean {
  const left = Math.max(bounds.x, area.x);
  const right = Math.min(bounds.x + bounds.width, area.x + area.width);
  const isInside = bounds.y >= area.y && bounds.y + grip.height <= area.y + area.height;
  return isInside && right - left >= grip.width;
}

/** Its own place, no larger than the display. */
function fitted(bounds: Bounds, area: Bounds): Bounds {
  const width = Math.min(Math.max(bounds.width, smallestSize.width), area.width);
  const height = Math.min(Math.max(bounds.height, smallestSize.height), area.height);
  return { ...bounds, width, height };
}

function centred(size: { width: number; height: number }, area: Bounds): Bounds {
  const width = Math.min(Math.max(size.width, smallestSize.width), area.width);
  const height = Math.min(Math.max(size.height, smallestSize.height), area.height);
  const x = area.x + Math.round((area.width - width) / 2);
  const y = area.y + Math.round((area.height - height) / 2);
  return { x, y, width, height };
}
