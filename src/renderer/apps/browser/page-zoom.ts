// How a small screen looks at a large page: how much larger than the whole of it, and at which part.
// Pure; the place is where the picture may be, in pixels of the screen.
import type { PageBox } from "../../../contract/browser.ts";
import type { Point, Size } from "./page-input.ts";

export interface Zoom {
  /** 1: the whole page. */
  scale: number;
  /** What stands in the middle of the place, as parts of the page from 0 to 1. */
  middle: Point;
}

export const wholePage: Zoom = { scale: 1, middle: { x: 0.5, y: 0.5 } };
export const maxScale = 6;
/** What a press of a button and two quick taps do. */
export const zoomStep = 1.5;
export const tapScale = 2.5;

const within = (value: number, least: number, most: number) =>
  Math.min(Math.max(value, least), most);

/** Where the picture is; `whole` is its place unless it is enlarged. Its edges never leave a gap. */
export function zoomedBox(whole: PageBox, { scale, middle }: Zoom, place: Size): PageBox {
  if (scale <= 1) return whole;
  const [width, height] = [whole.width * scale, whole.height * scale];
  const isUpright = place.height > place.width;
  return {
    x: startOf(width, place.width, middle.x, (place.width - width) / 2),
    y: startOf(height, place.height, middle.y, isUpright ? 0 : (place.height - height) / 2),
    width,
    height,
  };
}

const startOf = (length: number, room: number, middle: number, fits: number) =>
  length <= room ? fits : within(room / 2 - middle * length, room - length, 0);

/** What lies under the point stays there. */
export function zoomedAt(zoom: Zoom, by: number, at: Point, whole: PageBox, place: Size): Zoom {
  const box = zoomedBox(whole, zoom, place);
  const scale = within(zoom.scale * by, 1, maxScale);
  if (box.width <= 0 || box.height <= 0 || scale === 1) return wholePage;
  const grown = scale / zoom.scale;
  const corner = { x: at.x - (at.x - box.x) * grown, y: at.y - (at.y - box.y) * grown };
  return withCorner(scale, corner, whole, place);
}

/** The picture pulled that far, and how much of it was too far. */
export function moved(zoom: Zoom, by: Point, whole: PageBox, place: Size): [Zoom, rest: Point] {
  if (zoom.scale <= 1) return [zoom, by];
  const box = zoomedBox(whole, zoom, place);
  const next = withCorner(zoom.scale, { x: box.x + by.x, y: box.y + by.y }, whole, place);
  const now = zoomedBox(whole, next, place);
  return [next, { x: by.x - (now.x - box.x), y: by.y - (now.y - box.y) }];
}

/** Its middle is where it can be: pulling back at once moves it. */
function withCorner(scale: number, corner: Point, whole: PageBox, place: Size): Zoom {
  const [width, height] = [whole.width * scale, whole.height * scale];
  const wish = {
    x: (place.width / 2 - corner.x) / width,
    y: (place.height / 2 - corner.y) / height,
  };
  const box = zoomedBox(whole, { scale, middle: wish }, place);
  return {
    scale,
    middle: {
      x: width <= place.width ? wish.x : (place.width / 2 - box.x) / width,
      y: height <= place.height ? wish.y : (place.height / 2 - box.y) / height,
    },
  };
}
