// Two fingers on the picture: how far they went apart and where their middle went. A third one is
// nothing; whichever of the two is lifted first ends it, and the other one does nothing until it is up.
import type { Point } from "./page-input.ts";

export interface Pinch {
  /** How many times farther apart than at the last movement. */
  by: number;
  /** Their middle. */
  at: Point;
  /** How far it moved. */
  moved: Point;
}

type Touch = Pick<PointerEvent, "pointerId" | "clientX" | "clientY">;
/** Closer than that their distance says nothing. */
const leastPx = 16;

export class TwoFingers {
  readonly #down = new Map<number, Point>();
  #isPinching = false;

  /** True: it takes two fingers, and no single one means anything. */
  down({ pointerId, clientX, clientY }: Touch): boolean {
    this.#down.set(pointerId, { x: clientX, y: clientY });
    if (this.#down.size > 1) this.#isPinching = true;
    return this.#isPinching;
  }

  /** null: nothing came of it; undefined: it is a single finger's. */
  move({ pointerId, clientX, clientY }: Touch): Pinch | null | undefined {
    const before = this.#pair();
    if (this.#down.has(pointerId)) this.#down.set(pointerId, { x: clientX, y: clientY });
    if (!this.#isPinching) return undefined;
    const after = this.#pair();
    if (!before || !after) return null;
    const { at } = after;
    const moved = { x: at.x - before.at.x, y: at.y - before.at.y };
    return { by: after.apart / before.apart, at, moved };
  }

  /** True: it was one of two. */
  up({ pointerId }: Touch): boolean {
    const was = this.#isPinching;
    this.#down.delete(pointerId);
    if (this.#down.size === 0) this.#isPinching = false;
    return was;
  }

  #pair(): { at: Point; apart: number } | null {
    const [one, other] = [...this.#down.values()];
    if (!one || !other) return null;
    const at = { x: (one.x + other.x) / 2, y: (one.y + other.y) / 2 };
    return { at, apart: Math.max(leastPx, Math.hypot(one.x - other.x, one.y - other.y)) };
  }
}
