// One window under the pointer: while it is moved only its transform changes, while it is resized
// its draft; the desk hears of it at the end.
import type { AppName } from "../../client/app-names.ts";
import { shownRect } from "../../client/desk-layout.ts";
import {
  fit,
  fractionOf,
  gapPx,
  movedBy,
  resizedBy,
  zoneAt,
  type Handle,
  type Rect,
  type Zone,
} from "../../client/desk-rect.ts";
import type { Desk } from "../../client/desk.svelte.ts";
import { followPointer } from "./follow-pointer.ts";

interface Point {
  x: number;
  y: number;
}

export class WindowDrag {
  readonly #desk: Desk;
  readonly #app: AppName;
  readonly #preview: (zone: Zone | null) => void;
  #draft = $state.raw<Rect | null>(null);
  #shift = $state.raw<Point | null>(null);

  constructor(desk: Desk, app: AppName, preview: (zone: Zone | null) => void) {
    this.#desk = desk;
    this.#app = app;
    this.#preview = preview;
  }

  /** Where it is drawn while it is dragged. */
  get draft(): Rect | null {
    return this.#draft;
  }
  /** How far it is drawn from there, in pixels. */
  get shift(): Point | null {
    return this.#shift;
  }

  /** `area` is the element that the windows lie in. */
  move(start: PointerEvent, area: HTMLElement): void {
    const corner = area.getBoundingClientRect();
    const at = (event: PointerEvent) => ({
      x: event.clientX - corner.left,
      y: event.clientY - corner.top,
    });
    let next: Rect | null = null;
    followPointer(start, {
      move: (dx, dy, event) => {
        this.#draft ??= this.#lifted(at(start));
        const from = this.#draft;
        if (!from) return;
        const { width, height } = this.#desk.area;
        next = movedBy(from, fractionOf(dx, width), fractionOf(dy, height), this.#desk.area);
        this.#shift = {
          // Whole pixels: text stays sharp.
          x: Math.round((next.x - from.x) * (width + gapPx)),
          y: Math.round((next.y - from.y) * (height + gapPx)),
        };
        this.#preview(this.#zoneAt(at(event)));
      },
      end: (event) => {
        const zone = this.#zoneAt(at(event));
        this.#reset();
        if (zone) this.#desk.snap(this.#app, zone);
        else if (next) this.#desk.place(this.#app, next);
      },
      cancel: () => this.#reset(),
    });
  }

  resize(start: PointerEvent, handle: Handle): void {
    const { area } = this.#desk;
    const from = this.#shown();
    if (!from) return;
    followPointer(start, {
      move: (dx, dy) => {
        const right = fractionOf(dx, area.width);
        const down = fractionOf(dy, area.height);
        this.#draft = resizedBy(from, handle, right, down, area);
      },
      end: () => {
        const rect = this.#draft;
        this.#reset();
        if (rect) this.#desk.place(this.#app, rect);
      },
      cancel: () => this.#reset(),
    });
  }

  #shown(): Rect | null {
    const window = this.#desk.windowOf(this.#app);
    return window ? shownRect(window, this.#desk.area) : null;
  }

  /** A window taken out of its zone gets its own size back, under the pointer. */
  #lifted(pointer: Point): Rect | null {
    const window = this.#desk.windowOf(this.#app);
    const shown = this.#shown();
    if (!window || !shown || window.zone === null) return shown;
    const { area } = this.#desk;
    const own = fit(window.rect, area);
    const x = fractionOf(pointer.x, area.width);
    return fit({ ...own, x: x - ((x - shown.x) / shown.width) * own.width, y: shown.y }, area);
  }

  #zoneAt({ x, y }: Point): Zone | null {
    return zoneAt(x, y, this.#desk.area);
  }

  #reset(): void {
    this.#draft = null;
    this.#shift = null;
    this.#preview(null);
  }
}
