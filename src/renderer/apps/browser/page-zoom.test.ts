import { describe, expect, it } from "vitest";
import { fitted, pagePoint } from "./page-input.ts";
import { maxScale, moved, wholePage, zoomedAt, zoomedBox } from "./page-zoom.ts";
import { TwoFingers } from "./two-fingers.ts";

const page = { width: 1280, height: 800 };
const place = { width: 390, height: 640 };
const whole = fitted(page, place);

describe("the zoom of the page", () => {
  it("keeps what is under the fingers where it is", () => {
    const at = { x: 200, y: 60 };
    const before = pagePoint({ x: at.x - whole.x, y: at.y - whole.y }, whole, page);
    const box = zoomedBox(whole, zoomedAt(wholePage, 3, at, whole, place), place);
    expect(box.width).toBe(whole.width * 3);
    const after = pagePoint({ x: at.x - box.x, y: at.y - box.y }, box, page);
    expect(after.x).toBeCloseTo(before.x, 0);
    // Its upper edge stays at the top as long as all of its height fits.
    expect(zoomedBox(whole, zoomedAt(wholePage, 2, at, whole, place), place).y).toBe(0);
  });

  it("ends at the whole page and at a largest", () => {
    const large = zoomedAt(wholePage, 100, { x: 0, y: 0 }, whole, place);
    expect(large.scale).toBe(maxScale);
    expect(zoomedAt(large, 0.001, { x: 9, y: 9 }, whole, place)).toEqual(wholePage);
    expect(zoomedBox(whole, wholePage, place)).toEqual(whole);
  });

  it("is pulled to its edges and no farther, and says what was too far", () => {
    const zoom = zoomedAt(wholePage, 2, { x: 195, y: 0 }, whole, place);
    const [left, rest] = moved(zoom, { x: 1_000, y: 7 }, whole, place);
    expect(zoomedBox(whole, left, place).x).toBe(0);
    expect(rest.x).toBeCloseTo(1_000 - 195);
    expect(rest.y).toBe(7);
    const [back, none] = moved(left, { x: -10, y: 0 }, whole, place);
    expect(zoomedBox(whole, back, place).x).toBeCloseTo(-10);
    expect(none.x).toBeCloseTo(0);
    expect(moved(wholePage, { x: 5, y: 6 }, whole, place)).toEqual([wholePage, { x: 5, y: 6 }]);
  });
});

describe("two fingers", () => {
  const touch = (pointerId: number, clientX: number, clientY = 0) => ({
    ...{ pointerId, clientX, clientY },
  });

  it("tell how far they went apart and where to, and leave a single finger alone", () => {
    const fingers = new TwoFingers();
    expect(fingers.down(touch(1, 100))).toBe(false);
    expect(fingers.move(touch(1, 90))).toBeUndefined();
    expect(fingers.down(touch(2, 190))).toBe(true);
    expect(fingers.move(touch(2, 290))).toEqual({
      ...{ by: 2, at: { x: 190, y: 0 }, moved: { x: 50, y: 0 } },
    });
    expect(fingers.up(touch(1, 90))).toBe(true);
    // The one that stays is no finger on the page.
    expect(fingers.move(touch(2, 300))).toBeNull();
    expect(fingers.up(touch(2, 300))).toBe(true);
    expect(fingers.down(touch(3, 0))).toBe(false);
  });
});
