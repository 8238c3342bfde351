// The windows of one desk and what can be done with them; one window per app. Pure: a layout goes
// in, a layout comes out. The order is the stack, the last one is on top.
import { appNames, type AppName } from "./app-names.ts";
import {
  contains,
  fit,
  fractionOf,
  gapPx,
  leastPx,
  overlap,
  tiles,
  zoneRects,
  type Area,
  type Rect,
  type Zone,
} from "./desk-rect.ts";

export interface DeskWindow {
  readonly app: AppName;
  /** Where it lies when it is in no zone. */
  readonly rect: Rect;
  readonly zone: Zone | null;
  readonly isMinimised: boolean;
  /** It was full and gave way to others; alone again it is full again. */
  readonly madeRoom: boolean;
}

export type DeskLayout = readonly DeskWindow[];

const chatShare = 0.53;
const chatRect: Rect = { x: 0, y: 0, width: chatShare, height: 1 };
const besideChat: Rect = { x: chatShare, y: 0, width: 1 - chatShare, height: 1 };
const floating: Rect = { x: 0.1, y: 0.07, width: 0.8, height: 0.86 };

const fresh = (app: AppName, rect: Rect, zone: Zone | null): DeskWindow => ({
  app,
  rect,
  zone,
  isMinimised: false,
  madeRoom: false,
});

export const sessionLayout: DeskLayout = [fresh("chat", chatRect, "full")];

export const windowOf = (layout: DeskLayout, app: AppName): DeskWindow | undefined =>
  layout.find((one) => one.app === app);
export const visibleIn = (layout: DeskLayout): DeskLayout =>
  layout.filter((one) => !one.isMinimised);
export const topOf = (layout: DeskLayout): AppName | null => visibleIn(layout).at(-1)?.app ?? null;

/** Where it is drawn on a work area of this size. */
export const shownRect = ({ zone, rect }: DeskWindow, area: Area): Rect =>
  fit(zone ? zoneRects[zone] : rect, area);

const change = (layout: DeskLayout, app: AppName, patch: Partial<DeskWindow>): DeskLayout =>
  layout.map((one) => (one.app === app ? { ...one, ...patch } : one));

/** Brings it to the top, from the dock as well. */
export function focusWindow(layout: DeskLayout, app: AppName): DeskLayout {
  const found = windowOf(layout, app);
  if (!found) return layout;
  const others = layout.filter((one) => one !== found);
  return settled([...others, { ...found, isMinimised: false }]);
}

/** Opens the app's window, or brings it to the top. */
export function openWindow(layout: DeskLayout, app: AppName, area: Area): DeskLayout {
  if (windowOf(layout, app)) return focusWindow(layout, app);
  return settled(placed(layout, app, area));
}

export const closeWindow = (layout: DeskLayout, app: AppName): DeskLayout =>
  settled(layout.filter((one) => one.app !== app));

export const minimiseWindow = (layout: DeskLayout, app: AppName): DeskLayout =>
  settled(change(layout, app, { isMinimised: true }));

export const minimiseAll = (layout: DeskLayout): DeskLayout =>
  layout.map((one) => ({ ...one, isMinimised: true }));

/** Puts it somewhere, in no zone: the end of every move and resize. */
export const placeWindow = (layout: DeskLayout, app: AppName, rect: Rect): DeskLayout =>
  change(layout, app, { rect, zone: null, madeRoom: false });

/** Into a zone; null: back to where it lay before. */
export const snapWindow = (layout: DeskLayout, app: AppName, zone: Zone | null): DeskLayout =>
  change(layout, app, { zone, madeRoom: false });

/** All that are not minimised, side by side in the order of the dock. */
export function tileWindows(layout: DeskLayout): DeskLayout {
  const shown = appNames.filter((app) => visibleIn(layout).some((one) => one.app === app));
  const places = new Map(tiles(shown.length).map((rect, index) => [shown[index], rect]));
  return layout.map((one) => {
    const rect = one.isMinimised ? undefined : places.get(one.app);
    return rect ? { ...one, rect, zone: null, madeRoom: false } : one;
  });
}

/** The next window in the order of the dock, or the one before. */
export function neighbourOf(layout: DeskLayout, by: 1 | -1): AppName | null {
  const shown = appNames.filter((app) => visibleIn(layout).some((one) => one.app === app));
  const at = shown.findIndex((app) => app === topOf(layout));
  return shown.at((at + by) % shown.length) ?? null;
}

/** Those that another window hides wholly. */
export function coveredIn(layout: DeskLayout, area: Area): readonly AppName[] {
  const shown = visibleIn(layout).map((one) => ({ app: one.app, rect: shownRect(one, area) }));
  return shown
    .filter(({ rect }, index) => shown.slice(index + 1).some((above) => contains(above.rect, rect)))
    .map(({ app }) => app);
}

/** A window that gave way is full while it is alone, and gives way again. */
function settled(layout: DeskLayout): DeskLayout {
  const isAlone = visibleIn(layout).length === 1;
  return layout.map((one) => {
    if (!one.madeRoom || one.isMinimised) return one;
    if (isAlone) return { ...one, zone: "full" };
    return one.zone === "full" ? { ...one, zone: null } : one;
  });
}

function placed(layout: DeskLayout, app: AppName, area: Area): DeskLayout {
  const top = visibleIn(layout).at(-1);
  const isNarrow = area.width > 0 && area.width < 2 * leastPx.width + gapPx;
  const home = app === "chat" ? chatRect : floating;
  if (!top || app === "settings" || isNarrow) return [...layout, fresh(app, home, "full")];
  if (top.zone === "full") return besideFull(layout, top, app);
  const host = app === "chat" ? undefined : hostIn(visibleIn(layout), area);
  const halves = host && halvesOf(shownRect(host, area), area);
  if (!host || !halves) return [...layout, fresh(app, app === "chat" ? chatRect : floating, null)];
  return [
    ...change(layout, host.app, { rect: halves[0], zone: null }),
    fresh(app, halves[1], null),
  ];
}

function besideFull(layout: DeskLayout, full: DeskWindow, app: AppName): DeskLayout {
  const [rect, own] = app === "chat" ? [besideChat, chatRect] : [chatRect, besideChat];
  const giving = change(layout, full.app, { rect, zone: null, madeRoom: true });
  return [...giving, fresh(app, own, null)];
}

/** On a desk where nothing overlaps the largest window shares its place, the chat last of all. */
function hostIn(visible: DeskLayout, area: Area): DeskWindow | undefined {
  const rects = visible.map((one) => shownRect(one, area));
  if (rects.some((rect, index) => rects.slice(index + 1).some((next) => overlap(rect, next))))
    return undefined;
  const size = (one: DeskWindow) => {
    const { width, height } = shownRect(one, area);
    return one.app === "chat" && visible.length > 1 ? 0 : width * height;
  };
  return visible.toSorted((a, b) => size(b) - size(a))[0];
}

function halvesOf(rect: Rect, area: Area): [Rect, Rect] | null {
  const width = rect.width / 2;
  const height = rect.height / 2;
  const isWide = rect.width * area.width > rect.height * area.height;
  if (isWide && width >= fractionOf(leastPx.width + gapPx, area.width))
    return [
      { ...rect, width },
      { ...rect, x: rect.x + width, width },
    ];
  if (height < fractionOf(leastPx.height + gapPx, area.height)) return null;
  return [
    { ...rect, height },
    { ...rect, y: rect.y + height, height },
  ];
}
