// A box of the page as parts of it, so that it holds for the picture at any size. Pure.
import type { PageBox } from "../../contract/browser.ts";

const within = (value: number, most: number) => Math.min(Math.max(value, 0), most);

/** In percent, cut at the edge of what is visible; null: nothing of it is. */
export function shareOf(box: PageBox, page: { width: number; height: number }): PageBox | null {
  const left = within(box.x, page.width);
  const top = within(box.y, page.height);
  const right = within(box.x + box.width, page.width);
  const bottom = within(box.y + box.height, page.height);
  if (right <= left || bottom <= top) return null;
  const percent = (length: number, whole: number) => Math.round((length / whole) * 10_000) / 100;
  return {
    x: percent(left, page.width),
    y: percent(top, page.height),
    width: percent(right - left, page.width),
    height: percent(bottom - top, page.height),
  };
}
