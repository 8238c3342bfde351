// An element is made ready to be touched, or a sentence says why it cannot be and what to try.
import { setTimeout as delay } from "node:timers/promises";
import { AetheriaError } from "../../../contract/errors.ts";
import type { ElementNumber } from "../../../core/browser-ports.ts";
import type { FramePoint, Touch } from "./in-page/touch.ts";
import { cut } from "./line-text.ts";
import type { Numbers } from "./numbers.ts";
import type { Place } from "./page-model.ts";
import type { PagePrograms } from "./page-programs.ts";

const maxWaitMs = 2_000;
const pollMs = 50;

export type Wanted = "press" | "fill" | "hover" | "choose" | "upload" | "see";
export type Point = { x: number; y: number };
export type Ready = {
  touch: Touch;
  place: Place;
  /** In the main window. */ point: Point;
  box: Touch["box"];
};

export type Touchables = {
  placeOf(number: ElementNumber): Place;
  ready(number: ElementNumber, wanted: Wanted, signal: AbortSignal): Promise<Ready>;
  /** Without waiting and without scrolling. */
  look(place: Place, scroll: boolean, signal?: AbortSignal): Promise<Ready | null>;
};

export function createTouchables(programs: PagePrograms, numbers: Numbers): Touchables {
  function placeOf(number: ElementNumber): Place {
    const known = numbers.what(number);
    if (known) return known.place;
    throw new AetheriaError("bad_input", `There is no element with the number ${number}.`, {
      hint: "Use a number that the last look or change showed; `look` shows the page as it is now.",
    });
  }

  /** A frame's point in the main window; what lies over the frame covers what is in it. */
  async function look(place: Place, scroll: boolean, signal?: AbortSignal): Promise<Ready | null> {
    const asked = { verb: "touch", id: place.id, scroll };
    const touch = await programs.ask<Touch>(place.frames, asked, signal);
    if (!touch.found || touch.document !== place.document) return null;
    const ready: Ready = { touch, place, point: touch.point, box: touch.box };
    for (let depth = place.frames.length - 1; depth >= 0; depth--) {
      const step = place.frames[depth]!;
      const around = { verb: "frame", id: step.id, point: ready.point, scroll };
      const frame = await programs.ask<FramePoint>(place.frames.slice(0, depth), around, signal);
      if (!frame.found) return null;
      ready.point = { x: ready.point.x + frame.left, y: ready.point.y + frame.top };
      const [x, y, width, height] = ready.box;
      ready.box = [x + frame.left, y + frame.top, width, height];
      if (frame.cover && !touch.cover) touch.cover = frame.cover;
    }
    return ready;
  }

  async function ready(number: ElementNumber, wanted: Wanted, signal: AbortSignal): Promise<Ready> {
    const place = placeOf(number);
    const endMs = performance.now() + maxWaitMs;
    for (;;) {
      const found = await look(place, true, signal).catch((error: unknown) => {
        if (place.frames.length > 0 && error instanceof AetheriaError) return null;
        throw error;
      });
      const problem = found ? problemOf(found, number, wanted) : goneError(number);
      if (found && !problem) return found;
      if (!found || (problem && !problem.retryable) || performance.now() > endMs) throw problem;
      await delay(pollMs, undefined, { signal });
    }
  }

  function problemOf(
    { touch, place }: Ready,
    number: ElementNumber,
    wanted: Wanted,
  ): AetheriaError | null {
    const title = titleOf(touch, number);
    const refuse = (message: string, hint: string, retryable = true) =>
      new AetheriaError("refused", message, { hint, retryable });
    if (wanted === "upload")
      return touch.type === "file" || touch.tag !== "INPUT"
        ? null
        : refuse(`${title} does not take files.`, "Look for a file chooser.", false);
    if (touch.hidden)
      return refuse(
        `${title} is not visible now.`,
        "Something else may open it first: look at the page again.",
      );
    if (touch.disabled && wanted !== "hover" && wanted !== "see")
      return refuse(
        `${title} is disabled.`,
        "Fill in or choose what it waits for first, then look again.",
      );
    if (wanted === "fill" && !touch.editable)
      return refuse(
        `Nothing can be typed into ${title}.`,
        touch.options
          ? "Use select with one of its options."
          : "Click on it, or look for a text field.",
        false,
      );
    if (wanted === "fill" && touch.readOnly)
      return refuse(
        `${title} can only be read.`,
        "Something else on the page may set it, a calendar or a list.",
      );
    if (wanted === "fill" || wanted === "choose" || wanted === "see") return null;
    if (touch.offScreen)
      return refuse(
        `${title} is off screen and cannot be scrolled to.`,
        "It may be in a menu or a carousel that must be opened first; look at the page again.",
      );
    return touch.cover ? covered(touch, place, title) : null;
  }

  function covered({ cover }: Touch, place: Place, title: string): AetheriaError {
    const { role, name, close } = cover!;
    const what = role === "generic" ? "something" : `the ${role}`;
    const sentence = `${title} is covered by ${what}${name === "" ? "" : ` "${cut(name, 60)}"`}.`;
    const hint = close
      ? `Close that first: [${numbers.of({ ...place, id: close.id })}] ${close.role} "${cut(close.name, 40)}".`
      : "Close or finish that first (Escape may do), or scroll.";
    return new AetheriaError("refused", sentence, { hint, retryable: true });
  }

  return { placeOf, ready, look };
}

export const titleOf = ({ role, name }: Pick<Touch, "role" | "name">, number: number): string =>
  `[${number}] ${role === "generic" ? "element" : role}${name === "" ? "" : ` "${cut(name, 60)}"`}`;

export const goneError = (number: ElementNumber): AetheriaError =>
  new AetheriaError("bad_input", `[${number}] is no longer on the page.`, {
    hint: "The page has changed: look again and use the number that it has now.",
  });
