// The person's hand over the picture: a mouse as it is, a finger as what it means — tap a click, drag
// a pull of the enlarged
// picture or else a turn of the wheel, long press the right button. Keeps only what it needs to tell them apart.
import type { BrowserInput } from "../../../contract/browser.ts";
import { buttonOf, heldButton, modifiersOf, wheelPixels, type Point } from "./page-input.ts";

export interface HandNeeds {
  add: (...inputs: BrowserInput[]) => void;
  /** Where on the page the pointer is. */
  point: (event: MouseEvent) => Point;
  /** How many pixels of the page one pixel of the screen is. */
  scale: () => number;
  pageHeight: () => number;
  /** A finger pulls that far, in pixels of the screen: what an enlarged picture leaves of it. */
  pan: (by: Point) => Point;
}

const longPressMs = 500;
/** A finger that moved less is still. */
const slackPx = 8;
/** What rounding leaves of a pull is none. */
const leastPx = 0.01;

interface Finger {
  id: number;
  at: Point;
  lastX: number;
  lastY: number;
  startX: number;
  startY: number;
  hasMoved: boolean;
  timer: ReturnType<typeof setTimeout>;
}

export class PageHand {
  readonly #needs: HandNeeds;
  #finger: Finger | null = null;

  constructor(needs: HandNeeds) {
    this.#needs = needs;
  }

  move(event: MouseEvent): void {
    this.#mouse(event, "move", heldButton(event.buttons), 0);
  }

  /** False: pages do not get that button. */
  press(event: MouseEvent, type: "down" | "up"): boolean {
    const button = buttonOf(event.button);
    if (button) this.#mouse(event, type, button, Math.min(Math.max(event.detail, 1), 3));
    return button !== null;
  }

  wheel(event: WheelEvent): void {
    const { deltaX, deltaY, deltaMode } = event;
    const height = this.#needs.pageHeight();
    this.#needs.add({
      kind: "wheel",
      ...this.#needs.point(event),
      deltaX: wheelPixels(deltaX, deltaMode, height),
      deltaY: wheelPixels(deltaY, deltaMode, height),
      modifiers: modifiersOf(event),
    });
  }

  touchDown(event: PointerEvent): void {
    if (this.#finger) return;
    const at = this.#needs.point(event);
    const { pointerId: id, clientX: x, clientY: y } = event;
    const timer = setTimeout(() => this.#longPress(), longPressMs);
    const place = { lastX: x, lastY: y, startX: x, startY: y };
    this.#finger = { id, at, ...place, hasMoved: false, timer };
  }

  touchMove(event: PointerEvent): void {
    const finger = this.#finger;
    if (!finger || finger.id !== event.pointerId) return;
    const { clientX: x, clientY: y } = event;
    const far = Math.hypot(x - finger.startX, y - finger.startY);
    if (!finger.hasMoved && far < slackPx) return;
    finger.hasMoved = true;
    clearTimeout(finger.timer);
    const rest = this.#needs.pan({ x: x - finger.lastX, y: y - finger.lastY });
    [finger.lastX, finger.lastY] = [x, y];
    if (Math.hypot(rest.x, rest.y) < leastPx) return;
    const scale = this.#needs.scale();
    const [deltaX, deltaY] = [-rest.x * scale, -rest.y * scale];
    this.#needs.add({ kind: "wheel", ...finger.at, deltaX, deltaY, modifiers: {} });
  }

  touchUp(event: PointerEvent): void {
    const finger = this.#finger;
    if (!finger || finger.id !== event.pointerId) return;
    this.touchEnd();
    if (!finger.hasMoved) this.#click(finger.at, "left");
  }

  /** The finger is gone, whatever it was about. */
  touchEnd(): void {
    clearTimeout(this.#finger?.timer);
    this.#finger = null;
  }

  #longPress(): void {
    const finger = this.#finger;
    this.#finger = null;
    if (finger) this.#click(finger.at, "right");
  }

  #click(at: Point, button: "left" | "right"): void {
    const mouse = { kind: "mouse", ...at, clicks: 1, modifiers: {} } as const;
    this.#needs.add(
      { ...mouse, type: "move", button: "none", clicks: 0 },
      { ...mouse, type: "down", button },
      { ...mouse, type: "up", button },
    );
  }

  #mouse(
    event: MouseEvent,
    type: "move" | "down" | "up",
    button: "none" | "left" | "middle" | "right",
    clicks: number,
  ): void {
    const at = this.#needs.point(event);
    const modifiers = modifiersOf(event);
    this.#needs.add({ kind: "mouse", type, ...at, button, clicks, modifiers });
  }
}
