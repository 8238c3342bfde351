// What a person's hand does over the picture, as the page is to get it: positions in the page's own
// pixels, keys by their names. Pure; it keeps nothing of what is typed.
import type { BrowserInput, PageBox } from "../../../contract/browser.ts";

export interface Size {
  width: number;
  height: number;
}
export interface Point {
  x: number;
  y: number;
}
type Modifiers = BrowserInput extends infer One
  ? One extends { modifiers: infer Held }
    ? Held
    : never
  : never;

interface HeldKeys {
  altKey: boolean;
  ctrlKey: boolean;
  metaKey: boolean;
  shiftKey: boolean;
}

/** The largest box of the page's shape that fits, in the middle; in an upright place at its top. */
export function fitted(page: Size, place: Size): PageBox {
  if (page.width <= 0 || page.height <= 0 || place.width <= 0 || place.height <= 0)
    return { x: 0, y: 0, width: 0, height: 0 };
  const scale = Math.min(place.width / page.width, place.height / page.height);
  const width = Math.round(page.width * scale);
  const height = Math.round(page.height * scale);
  return {
    x: Math.floor((place.width - width) / 2),
    y: place.height > place.width ? 0 : Math.floor((place.height - height) / 2),
    width,
    height,
  };
}

const within = (value: number, most: number) => Math.min(Math.max(value, 0), most);

/** A point of the picture, from its own upper left corner, as a point of the page. */
export function pagePoint(point: Point, picture: Size, page: Size): Point {
  if (picture.width <= 0 || picture.height <= 0) return { x: 0, y: 0 };
  const x = within((point.x / picture.width) * page.width, page.width - 1);
  const y = within((point.y / picture.height) * page.height, page.height - 1);
  return { x: Math.round(x * 10) / 10, y: Math.round(y * 10) / 10 };
}

export function modifiersOf({ altKey, ctrlKey, metaKey, shiftKey }: HeldKeys): Modifiers {
  return {
    ...(altKey && { alt: true }),
    ...(ctrlKey && { ctrl: true }),
    ...(metaKey && { meta: true }),
    ...(shiftKey && { shift: true }),
  };
}

const buttons = ["left", "middle", "right"] as const;

/** null: a button that pages do not get, such as back and forward. */
export const buttonOf = (button: number): (typeof buttons)[number] | null =>
  buttons[button] ?? null;

/** The button that is held while the mouse moves. */
export function heldButton(held: number): "none" | (typeof buttons)[number] {
  if (held & 1) return "left";
  if (held & 2) return "right";
  return held & 4 ? "middle" : "none";
}

const linePx = 16;

/** How far the wheel was turned, in pixels, whatever it counts in. */
export function wheelPixels(delta: number, mode: number, pagePx: number): number {
  return delta * (mode === 1 ? linePx : mode === 2 ? pagePx : 1);
}

/** What a key is for while the picture has the focus. */
export type KeyUse =
  /** To the page. */
  | "send"
  /** An input method takes it; its words come later. */
  | "compose"
  | "paste"
  | "copy"
  | "cut"
  /** Out of the picture at once. */
  | "leave";

export interface PressedKey extends HeldKeys {
  key: string;
  isComposing: boolean;
}

/** Keys that only an input method or a keyboard on the screen has names for. */
const composing = new Set(["Process", "Dead", "Unidentified", "Compose", "AltGraph"]);

export function keyUse(pressed: PressedKey): KeyUse {
  const { key, ctrlKey, metaKey, shiftKey, altKey, isComposing } = pressed;
  if (isComposing || composing.has(key)) return "compose";
  if (key === "Escape" && ctrlKey && shiftKey) return "leave";
  // Either of them: the person's own keyboard decides which one it is.
  if ((ctrlKey || metaKey) && !altKey && !shiftKey) {
    const letter = key.toLowerCase();
    if (letter === "v") return "paste";
    if (letter === "c") return "copy";
    if (letter === "x") return "cut";
  }
  return "send";
}

const longestText = 100_000;

/** A text in pieces that one input can hold. */
export function textInputs(text: string): BrowserInput[] {
  const inputs: BrowserInput[] = [];
  for (let at = 0; at < text.length; at += longestText)
    inputs.push({ kind: "text", text: text.slice(at, at + longestText) });
  return inputs;
}
