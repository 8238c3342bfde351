// The desk in front of the person: the windows of the open session, which one has the keys, and what
// was just done with them. Keeps every change; knows nothing of what a window shows.
import type { SessionId } from "../../contract/ids.ts";
import type { AppName } from "./app-names.ts";
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
  type DeskWindow,
} from "./desk-layout.ts";
import {
  fractionOf,
  movedBy,
  resizedBy,
  stepFrom,
  type Area,
  type Direction,
  type Zone,
} from "./desk-rect.ts";
import { DeskStore } from "./desk-store.ts";

/** What was done last, for those who cannot see it. */
export interface DeskNews {
  app: AppName | null;
  what: Zone | "free" | "placed" | "minimised" | "closed" | "tiled" | "moving" | "sizing";
}

/** A window that the arrow keys move or size until Enter or Escape. */
export interface Adjusting {
  app: AppName;
  kind: "move" | "size";
  before: DeskWindow;
}

export class Desk {
  readonly #store: DeskStore;
  #sessionId = $state.raw<SessionId | null>(null);
  #layout = $state.raw<DeskLayout>([]);
  #area = $state.raw<Area>({ width: 0, height: 0 });
  #news = $state.raw<DeskNews | null>(null);
  #adjusting = $state.raw<Adjusting | null>(null);
  #calls = $state(0);
  readonly #covered = $derived.by(() => coveredIn(this.#layout, this.#area));

  constructor(store = new DeskStore()) {
    this.#store = store;
    this.enter(null);
  }

  /** Bottom to top. */
  get windows(): DeskLayout {
    return this.#layout;
  }
  get visible(): DeskLayout {
    return visibleIn(this.#layout);
  }
  /** The window on top; null: what lies under all windows. */
  get focused(): AppName | null {
    return topOf(this.#layout);
  }
  get area(): Area {
    return this.#area;
  }
  get news(): DeskNews | null {
    return this.#news;
  }
  get adjusting(): Adjusting | null {
    return this.#adjusting;
  }
  /** Grows when the focus is wanted where the top window is, even if that one stays. */
  get calls(): number {
    return this.#calls;
  }

  windowOf(app: AppName): DeskWindow | undefined {
    return windowOf(this.#layout, app);
  }
  isShown(app: AppName): boolean {
    return this.windowOf(app)?.isMinimised === false && !this.#covered.includes(app);
  }

  /** The desk of this session as it was left; null: the one of the start page. */
  enter(sessionId: SessionId | null): void {
    this.#sessionId = sessionId;
    const kept = this.#store.load(sessionId);
    const layout = kept ?? (sessionId === null ? [] : sessionLayout);
    this.#layout = sessionId === null ? layout.filter(({ app }) => app !== "chat") : layout;
    this.#adjusting = null;
    this.#news = null;
    this.#calls += 1;
  }

  measure(area: Area): void {
    this.#area = area;
  }

  /** Opens an app or brings it to the top. Without a session the start page, which lies under all
   * windows, takes the place of the chat. */
  show(app: AppName): void {
    const isStart = app === "chat" && this.#sessionId === null;
    this.#set(isStart ? minimiseAll(this.#layout) : openWindow(this.#layout, app, this.#area));
    this.#calls += 1;
  }

  /** What a press inside a window does: it comes to the top, the focus goes where it was pressed. */
  raise(app: AppName): void {
    if (app !== this.focused) this.#set(focusWindow(this.#layout, app));
  }

  close(app = this.focused): void {
    if (app) this.#do(app, "closed", closeWindow(this.#layout, app));
  }

  minimise(app = this.focused): void {
    if (app) this.#do(app, "minimised", minimiseWindow(this.#layout, app));
  }

  /** Full, or back. */
  maximise(app = this.focused): void {
    if (app) this.snap(app, this.windowOf(app)?.zone === "full" ? null : "full");
  }

  snap(app: AppName, zone: Zone | null): void {
    this.#do(app, zone ?? "free", snapWindow(focusWindow(this.#layout, app), app, zone));
  }

  /** One arrow further: halves, then quarters. */
  step(direction: Direction): void {
    const window = this.focused ? this.windowOf(this.focused) : undefined;
    if (!window) return;
    const to = stepFrom(window.zone, direction);
    if (to === "minimised") this.minimise(window.app);
    else this.snap(window.app, to === "free" ? null : to);
  }

  place(app: AppName, rect: DeskWindow["rect"]): void {
    this.#do(app, "placed", placeWindow(this.#layout, app, rect));
  }

  tile(): void {
    if (this.visible.length > 0) this.#do(null, "tiled", tileWindows(this.#layout));
  }

  cycle(by: 1 | -1): void {
    const app = neighbourOf(this.#layout, by);
    if (app) this.show(app);
  }

  /** From now on the arrow keys move or size the window on top. */
  adjust(kind: Adjusting["kind"]): void {
    const before = this.focused ? this.windowOf(this.focused) : undefined;
    if (!before) return;
    this.#adjusting = { app: before.app, kind, before };
    this.#news = { app: before.app, what: kind === "move" ? "moving" : "sizing" };
  }

  nudge(xPx: number, yPx: number): void {
    const window = this.#adjusting ? this.windowOf(this.#adjusting.app) : undefined;
    if (!window) return;
    const rect = shownRect(window, this.#area);
    const dx = fractionOf(xPx, this.#area.width);
    const dy = fractionOf(yPx, this.#area.height);
    const isMove = this.#adjusting?.kind === "move";
    const next = isMove
      ? movedBy(rect, dx, dy, this.#area)
      : resizedBy(rect, { x: 1, y: 1 }, dx, dy, this.#area);
    this.#set(placeWindow(this.#layout, window.app, next));
  }

  endAdjusting(isKept: boolean): void {
    const { app, before } = this.#adjusting ?? {};
    this.#adjusting = null;
    if (!app || !before) return;
    if (!isKept) this.#set(this.#layout.map((one) => (one.app === app ? before : one)));
    this.#news = { app, what: isKept ? "placed" : (before.zone ?? "free") };
  }

  #do(app: AppName | null, what: DeskNews["what"], layout: DeskLayout): void {
    const top = this.focused;
    this.#set(layout);
    this.#news = { app, what };
    if (top !== this.focused) this.#calls += 1;
  }

  #set(layout: DeskLayout): void {
    this.#layout = layout;
    this.#store.save(this.#sessionId, layout);
  }
}
