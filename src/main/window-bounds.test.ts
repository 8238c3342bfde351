import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { placeWindow, smallestSize } from "./window-bounds.ts";

const left = { x: 0, y: 25, width: 1600, height: 975 };
const right = { x: 1600, y: 0, width: 1920, height: 1080 };

describe("the place of a window", () => {
  it("is what it was, on whichever display that is", () => {
    const place = { x: 1700, y: 100, width: 900, height: 700 };
    expect(placeWindow(place, [left, right])).toEqual(place);
  });

  it("is the middle of the first display when it never had one, or its display is gone", () => {
    expect(placeWindow(null, [left])).toEqual({ x: 160, y: 83, width: 1280, height: 860 });
    const gone = { x: 1700, y: 100, width: 900, height: 700 };
    expect(placeWindow(gone, [left])).toEqual({ x: 350, y: 163, width: 900, height: 700 });
  });

  it("may hang over an edge as long as it can be taken by its title", () => {
    const hanging = { x: -600, y: 400, width: 800, height: 700 };
    expect(placeWindow(hanging, [left])).toEqual(hanging);
    expect(placeWindow({ ...hanging, x: -750 }, [left]).x).toBeGreaterThanOrEqual(0);
    expect(placeWindow({ ...hanging, y: -100 }, [left]).y).toBeGreaterThanOrEqual(25);
  });

  it("is always reachable and never larger than a display, wherever it was", () => {
    const number = fc.integer({ min: -50_000, max: 50_000 });
    const size = fc.integer({ min: 1, max: 50_000 });
    const wanted = fc.record({ x: number, y: number, width: size, height: size });
    fc.assert(
      fc.property(wanted, (bounds) => {
        const place = placeWindow(bounds, [left, right]);
        const fits = [left, right].some(
          (area) =>
            place.y >= area.y &&
            place.y + 40 <= area.y + area.height &&
            Math.min(place.x + place.width, area.x + area.width) - Math.max(place.x, area.x) >= 120,
        );
        expect(fits).toBe(true);
        expect(place.width).toBeGreaterThanOrEqual(smallestSize.width);
        expect(place.height).toBeLessThanOrEqual(1080);
      }),
    );
  });
});
