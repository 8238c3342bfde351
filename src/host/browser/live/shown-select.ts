// Lists of choices that open as a window of the system are in no picture of the page. Before a `select` is
// pressed, it is made one that the page itself draws, with the same choices and events.
import type { ElementHandle, Frame, JSHandle, Page } from "playwright-core";

/** Frames in frames deeper than this keep their lists to themselves. */
const maxDepth = 5;

/** Never throws: a page that goes away meanwhile has no list to show. */
export async function showSelectAt(page: Page, x: number, y: number): Promise<void> {
  try {
    let frame: Frame | null = page.mainFrame();
    let [atX, atY] = [x, y];
    for (let depth = 0; frame !== null && depth < maxDepth; depth += 1) {
      const handle: JSHandle = await frame.evaluateHandle(prepare(atX, atY));
      const element: ElementHandle | null = handle.asElement();
      const inner: Frame | null | undefined = await element?.contentFrame();
      const corner = inner ? await frame.evaluate<Point>(innerCorner(atX, atY)) : null;
      await handle.dispose();
      frame = inner ?? null;
      if (corner !== null) [atX, atY] = [atX - corner.x, atY - corner.y];
    }
  } catch {
    // It is pressed all the same, and the arrow keys choose in it.
  }
}

type Point = { x: number; y: number };

/** The element there, in shadow trees too. */
const elementAt = (x: number, y: number) => `(() => {
  let found = document.elementFromPoint(${x}, ${y});
  for (let inner; (inner = found?.shadowRoot?.elementFromPoint(${x}, ${y})) && inner !== found; ) found = inner;
  return found;
})()`;

/** Gives the frame that is there, if one is. */
const prepare = (x: number, y: number) => `(() => {
  const found = ${elementAt(x, y)};
  const select = found?.closest("select");
  const mark = "data-aetheria-list";
  if (select && !select.multiple && select.size <= 1 && !select.disabled && !select.hasAttribute(mark)) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(
      "[" + mark + "], [" + mark + "]::picker(select) { appearance: base-select !important }" +
      "[" + mark + "]::picker(select) { max-height: 60vh; overflow: auto }");
    const root = select.getRootNode();
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
    select.setAttribute(mark, "");
    void getComputedStyle(select).appearance;
  }
  return found && /^I?FRAME$/.test(found.tagName) ? found : null;
})()`;

/** Where what is in the frame there begins; in the page's own terms. */
const innerCorner = (x: number, y: number) => `(() => {
  const frame = ${elementAt(x, y)};
  const box = frame.getBoundingClientRect();
  const look = getComputedStyle(frame);
  return {
    x: box.x + frame.clientLeft + parseFloat(look.paddingLeft),
    y: box.y + frame.clientTop + parseFloat(look.paddingTop),
  };
})()`;
