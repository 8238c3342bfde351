// Where a window lies: fractions of the work area, so that a layout fits every screen. The gap
// between windows is drawn, not stored: {0, 0, 0.5, 1} beside {0.5, 0, 0.5, 1} leaves one gap.
export interface Rect {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** The work area, in pixels; nothing yet measured: zeros. */
export interface Area {
  width: number;
  height: number;
}

export const gapPx = 26;
/** The smallest a window gets, in pixels. */
export const leastPx: Area = { width: 320, height: 220 };

export const zones = [
  "full",
  "left",
  "right",
  "topLeft",
  "topRight",
  "bottomLeft",
  "bottomRight",
] as const;
export type Zone = (typeof zones)[number];

export const zoneRects: Readonly<Record<Zone, Rect>> = {
  full: { x: 0, y: 0, width: 1, height: 1 },
  left: { x: 0, y: 0, width: 0.5, height: 1 },
  right: { x: 0.5, y: 0, width: 0.5, height: 1 },
  topLeft: { x: 0, y: 0, width: 0.5, height: 0.5 },
  topRight: { x: 0.5, y: 0, width: 0.5, height: 0.5 },
  bottomLeft: { x: 0, y: 0.5, width: 0.5, height: 0.5 },
  bottomRight: { x: 0.5, y: 0.5, width: 0.5, height: 0.5 },
};

const clamp = (value: number, least: number, most: number): number =>
  Math.max(least, Math.min(most, value));

/** What a length in pixels is of the work area, its gap counted. */
export const fractionOf = (px: number, areaPx: number): number =>
  areaPx <= 0 ? 0 : px / (areaPx + gapPx);

/** Before the work area is measured as well a window is something. */
const leastFraction = 0.01;

function leastIn({ width, height }: Area): Area {
  const least = (px: number, areaPx: number) =>
    Math.max(leastFraction, Math.min(1, fractionOf(px + gapPx, areaPx)));
  return { width: least(leastPx.width, width), height: least(leastPx.height, height) };
}

/** The same place, large enough to use and wholly inside the work area. */
export function fit(rect: Rect, area: Area): Rect {
  const least = leastIn(area);
  const width = clamp(rect.width, least.width, 1);
  const height = clamp(rect.height, least.height, 1);
  return { x: clamp(rect.x, 0, 1 - width), y: clamp(rect.y, 0, 1 - height), width, height };
}

export const movedBy = (rect: Rect, dx: number, dy: number, area: Area): Rect =>
  fit({ ...rect, x: rect.x + dx, y: rect.y + dy }, area);

/** The side that is pulled: -1 the first one, 1 the last one, 0 neither. */
export interface Handle {
  x: -1 | 0 | 1;
  y: -1 | 0 | 1;
}

/** One side is pulled, the one across from it stays. */
export function resizedBy(from: Rect, handle: Handle, dx: number, dy: number, area: Area): Rect {
  const rect = fit(from, area);
  const least = leastIn(area);
  const [x, width] = pull(rect.x, rect.width, handle.x, dx, least.width);
  const [y, height] = pull(rect.y, rect.height, handle.y, dy, least.height);
  return { x, y, width, height };
}

function pull(
  start: number,
  size: number,
  side: number,
  by: number,
  least: number,
): [start: number, size: number] {
  if (side === 0) return [start, size];
  if (side > 0) return [start, clamp(size + by, Math.min(least, size), 1 - start)];
  const next = clamp(start + by, 0, Math.max(0, start + size - least));
  return [next, start + size - next];
}

const sliver = 1e-6;

export const contains = (outer: Rect, inner: Rect): boolean =>
  outer.x <= inner.x + sliver &&
  outer.y <= inner.y + sliver &&
  outer.x + outer.width >= inner.x + inner.width - sliver &&
  outer.y + outer.height >= inner.y + inner.height - sliver;

export const overlap = (a: Rect, b: Rect): boolean =>
  Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x) > sliver &&
  Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y) > sliver;

/** Columns of windows that cover everything: 1, 1+1, 1+2, 2+2, 1+2+2 … */
export function tiles(count: number): Rect[] {
  const columns = Math.ceil(Math.sqrt(count));
  return Array.from({ length: columns }, (_, column) => {
    const before = Math.floor((column * count) / columns);
    const rows = Math.floor(((column + 1) * count) / columns) - before;
    const width = 1 / columns;
    const height = 1 / rows;
    return Array.from({ length: rows }, (_, row) => ({
      x: column * width,
      y: row * height,
      width,
      height,
    }));
  }).flat();
}

const edgePx = 8;

/** Where a window snaps when the pointer lets go of it here (pixels from the area's corner). */
export function zoneAt(x: number, y: number, { width, height }: Area): Zone | null {
  const isLeft = x < edgePx;
  const isRight = x > width - edgePx;
  if (isLeft || isRight) {
    if (y < height / 4) return isLeft ? "topLeft" : "topRight";
    if (y > (3 * height) / 4) return isLeft ? "bottomLeft" : "bottomRight";
    return isLeft ? "left" : "right";
  }
  return y < 0 ? "full" : null;
}

export type Direction = "left" | "right" | "up" | "down";
type Step = Zone | "free" | "minimised";

const steps: Readonly<Record<Zone | "free", Readonly<Record<Direction, Step>>>> = {
  free: { left: "left", right: "right", up: "full", down: "minimised" },
  full: { left: "left", right: "right", up: "full", down: "free" },
  left: { left: "left", right: "free", up: "topLeft", down: "bottomLeft" },
  right: { left: "free", right: "right", up: "topRight", down: "bottomRight" },
  topLeft: { left: "topLeft", right: "topRight", up: "full", down: "left" },
  topRight: { left: "topLeft", right: "topRight", up: "full", down: "right" },
  bottomLeft: { left: "bottomLeft", right: "bottomRight", up: "left", down: "minimised" },
  bottomRight: { left: "bottomLeft", right: "bottomRight", up: "right", down: "minimised" },
};

/** Where one press of an arrow takes a window; two presses make the quarters. */
export const stepFrom = (zone: Zone | null, direction: Direction): Step =>
  steps[zone ?? "free"][direction];
