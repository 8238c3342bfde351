import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { appNames, type AppName } from "./app-names.ts";
import {
  closeWindow,
  coveredIn,
  focusWindow,
  minimiseAll,
  minimiseWindow,
  neighbourOf,
  openWindow,
  placeWindow,
  sessionLayout,
  shownRect,
  snapWindow,
  tileWindows,
  topOf,
  visibleIn,
  windowOf,
  type DeskLayout,
} from "./desk-layout.ts";
import {
  fit,
  fractionOf,
  gapPx,
  leastPx,
  movedBy,
  overlap,
  resizedBy,
  stepFrom,
  zoneAt,
  zones,
  type Area,
  type Rect,
} from "./desk-rect.ts";
import { DeskStore, keptLayouts, layoutOfText, layoutToText } from "./desk-store.ts";
import { SessionId } from "../../contract/ids.ts";

const desktop: Area = { width: 1_320, height: 810 };
const app = fc.constantFrom(...appNames);
const fraction = fc.double({ min: 0, max: 1, noNaN: true });
const size = fc.double({ min: 0.001, max: 1, noNaN: true });
const rect = fc.record({ x: fraction, y: fraction, width: size, height: size });
const step = fc.double({ min: -2, max: 2, noNaN: true });
const side = fc.constantFrom<-1 | 0 | 1>(-1, 0, 1);
const area = fc.record({
  width: fc.integer({ min: 0, max: 4_000 }),
  height: fc.integer({ min: 0, max: 3_000 }),
});

type Change = (layout: DeskLayout) => DeskLayout;
const changes: fc.Arbitrary<Change> = fc.oneof(
  fc.tuple(app, area).map(
    ([name, on]): Change =>
      (one) =>
        openWindow(one, name, on),
  ),
  app.map(
    (name): Change =>
      (one) =>
        closeWindow(one, name),
  ),
  app.map(
    (name): Change =>
      (one) =>
        focusWindow(one, name),
  ),
  app.map(
    (name): Change =>
      (one) =>
        minimiseWindow(one, name),
  ),
  fc.constant<Change>(minimiseAll),
  fc.constant<Change>(tileWindows),
  fc.tuple(app, fc.option(fc.constantFrom(...zones))).map(
    ([name, zone]): Change =>
      (one) =>
        snapWindow(one, name, zone),
  ),
  fc.tuple(app, rect, area).map(
    ([name, to, on]): Change =>
      (one) =>
        placeWindow(one, name, fit(to, on)),
  ),
);
const layout = fc
  .array(changes, { maxLength: 20 })
  .map((all) => all.reduce((one, next) => next(one), sessionLayout));

const isInside = ({ x, y, width, height }: Rect): boolean =>
  x >= 0 && y >= 0 && x + width <= 1 + 1e-9 && y + height <= 1 + 1e-9 && width > 0 && height > 0;
const names = (one: DeskLayout): AppName[] => one.map((each) => each.app).toSorted();

describe("a desk, whatever is done with it", () => {
  it("keeps every window until it is closed, and one per app", () => {
    fc.assert(
      fc.property(layout, changes, app, area, (before, next, name, on) => {
        const after = next(before);
        expect(new Set(names(after)).size).toBe(after.length);
        expect(names(openWindow(before, name, on))).toEqual(
          [...new Set([...names(before), name])].toSorted(),
        );
        expect(names(closeWindow(before, name))).toEqual(
          names(before).filter((each) => each !== name),
        );
        if (after.length < before.length) expect(before.length - after.length).toBe(1);
      }),
    );
  });

  it("draws every window wholly inside the work area, large enough to use where that fits", () => {
    fc.assert(
      fc.property(layout, area, (windows, on) => {
        for (const one of windows) {
          const drawn = shownRect(one, on);
          expect(isInside(drawn)).toBe(true);
          const widest = Math.min(1, fractionOf(leastPx.width + gapPx, on.width));
          expect(drawn.width).toBeGreaterThanOrEqual(widest - 1e-9);
          expect(fit(drawn, on)).toEqual(drawn);
        }
      }),
    );
  });

  it("puts what is opened on top", () => {
    fc.assert(
      fc.property(layout, app, area, (windows, name, on) => {
        expect(topOf(openWindow(windows, name, on))).toBe(name);
      }),
    );
  });

  it("tiles without a gap and without overlap", () => {
    fc.assert(
      fc.property(layout, (windows) => {
        const rects = visibleIn(tileWindows(windows)).map((one) => one.rect);
        const covered = rects.reduce((sum, one) => sum + one.width * one.height, 0);
        if (rects.length > 0) expect(covered).toBeCloseTo(1);
        expect(rects.every(isInside)).toBe(true);
        expect(rects.some((one, at) => rects.slice(at + 1).some((two) => overlap(one, two)))).toBe(
          false,
        );
      }),
    );
  });

  it("snaps once and for all, and goes back to where it lay", () => {
    fc.assert(
      fc.property(layout, app, fc.constantFrom(...zones), (windows, name, zone) => {
        const once = snapWindow(windows, name, zone);
        expect(snapWindow(once, name, zone)).toEqual(once);
        expect(windowOf(snapWindow(once, name, null), name)?.rect).toEqual(
          windowOf(windows, name)?.rect,
        );
      }),
    );
  });

  it("moves and resizes inside the work area, and pulls one side only", () => {
    fc.assert(
      fc.property(rect, side, side, step, step, area, (from, x, y, dx, dy, on) => {
        const start = fit(from, on);
        expect(isInside(movedBy(start, dx, dy, on))).toBe(true);
        const next = resizedBy(start, { x, y }, dx, dy, on);
        expect(isInside(next)).toBe(true);
        const right = (one: Rect) => one.x + one.width;
        if (x >= 0) expect(next.x).toBeCloseTo(start.x);
        if (x <= 0) expect(right(next)).toBeCloseTo(right(start));
      }),
    );
  });

  it("reaches every window with one key, again and again", () => {
    fc.assert(
      fc.property(layout, fc.constantFrom<1 | -1>(1, -1), (windows, by) => {
        const shown = visibleIn(windows);
        let now = windows;
        const seen = shown.map(() => {
          const next = neighbourOf(now, by);
          if (next) now = focusWindow(now, next);
          return next;
        });
        expect(new Set(seen).size).toBe(shown.length);
      }),
    );
  });

  it("is read back as it was written", () => {
    fc.assert(
      fc.property(layout, fc.nat(), (windows, at) => {
        expect(layoutOfText(layoutToText(windows, at))).toEqual(windows);
      }),
    );
  });
});

describe("what was kept", () => {
  it("is no layout when it is anything else", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), fc.constant(null)), (text) => {
        expect(layoutOfText(text)).toBeNull();
      }),
    );
    const window = sessionLayout[0];
    const broken = [
      [{ ...window, app: "unknown" }],
      [{ ...window, rect: { x: 0, y: 0, width: 0, height: 1 } }],
      [{ ...window, rect: { x: -4, y: 0, width: 1, height: 1 } }],
      [{ ...window, zone: "middle" }],
      [window, window],
    ];
    for (const windows of broken)
      expect(layoutOfText(JSON.stringify({ at: 1, windows })), JSON.stringify(windows)).toBeNull();
  });

  it("is kept for the sessions used last", () => {
    const shelf = fakeShelf();
    const store = new DeskStore(() => shelf);
    const session = (index: number) => SessionId.parse(`s${index}`);
    for (let index = 0; index < keptLayouts; index += 1) store.save(session(index), sessionLayout);
    shelf.setItem("aetheria-desk:s7", layoutToText(sessionLayout, 1));
    shelf.setItem("of somebody else", "stays");
    store.save(session(keptLayouts), sessionLayout);
    expect(shelf.length).toBe(keptLayouts + 1);
    expect(store.load(session(7))).toBeNull();
    expect(store.load(session(keptLayouts))).toEqual(sessionLayout);
    expect(shelf.getItem("of somebody else")).toBe("stays");
  });

  it("is nothing where storage is refused", () => {
    const store = new DeskStore(() => {
      throw new Error("denied");
    });
    store.save(null, sessionLayout);
    expect(store.load(null)).toBeNull();
  });
});

describe("opening beside", () => {
  const open = (...all: AppName[]) =>
    all.reduce((one, name) => openWindow(one, name, desktop), sessionLayout);

  it("gives the chat the left and shares the right", () => {
    const three = open("activity", "files");
    const at = (name: AppName) => windowOf(three, name)?.rect;
    expect(at("chat")).toMatchObject({ x: 0, width: 0.53, height: 1 });
    expect(at("activity")).toMatchObject({ x: 0.53, y: 0, height: 0.5 });
    expect(at("files")).toMatchObject({ x: 0.53, y: 0.5, height: 0.5 });
    expect(windowOf(open("settings"), "settings")?.zone).toBe("full");
  });

  it("lets the chat be full again when it is alone, and give way again", () => {
    const alone = minimiseWindow(open("activity"), "activity");
    expect(windowOf(alone, "chat")?.zone).toBe("full");
    expect(windowOf(focusWindow(alone, "activity"), "chat")?.zone).toBeNull();
    const moved = placeWindow(open("activity"), "chat", { x: 0, y: 0, width: 0.4, height: 0.4 });
    expect(windowOf(closeWindow(moved, "activity"), "chat")?.zone).toBeNull();
  });

  it("floats where windows overlap already, and covers where there is no room", () => {
    const untidy = placeWindow(open("activity"), "activity", {
      x: 0.2,
      y: 0.2,
      width: 0.5,
      height: 0.5,
    });
    const files = windowOf(openWindow(untidy, "files", desktop), "files");
    expect(files).toMatchObject({ zone: null, rect: { width: 0.8 } });
    const narrow = openWindow(sessionLayout, "files", { width: 600, height: 700 });
    expect(windowOf(narrow, "files")?.zone).toBe("full");
  });

  it("knows what another window hides", () => {
    expect(coveredIn(open("activity"), desktop)).toEqual([]);
    expect(coveredIn(open("activity", "settings"), desktop)).toEqual(["chat", "activity"]);
  });
});

describe("snapping", () => {
  it("reaches halves by the edges, quarters by the corners, everything by the top", () => {
    const { width, height } = desktop;
    const at = (x: number, y: number) => zoneAt(x, y, desktop);
    expect([at(2, 400), at(width - 2, 400), at(600, -3), at(600, 300)]).toEqual([
      "left",
      "right",
      "full",
      null,
    ]);
    expect([at(0, 5), at(0, height), at(width, 5), at(width, height)]).toEqual([
      "topLeft",
      "bottomLeft",
      "topRight",
      "bottomRight",
    ]);
  });

  it("combines two arrows to a quarter", () => {
    expect(stepFrom(null, "left")).toBe("left");
    expect(stepFrom("left", "up")).toBe("topLeft");
    expect(stepFrom("right", "down")).toBe("bottomRight");
    expect(stepFrom("left", "right")).toBe("free");
    expect(stepFrom("full", "down")).toBe("free");
    expect(stepFrom(null, "down")).toBe("minimised");
  });
});

function fakeShelf(): Storage {
  const kept = new Map<string, string>();
  return {
    get length() {
      return kept.size;
    },
    key: (index) => [...kept.keys()][index] ?? null,
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
    clear: () => kept.clear(),
  };
}
