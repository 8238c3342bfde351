// Pictures of a page, with the numbers of its elements drawn on where that is wanted. They are drawn on
// the picture, never on the page: no script of it can see that.
import type { Page } from "playwright-core";
import { AetheriaError } from "../../../contract/errors.ts";
import type { ElementNumber, Picture } from "../../../core/browser-ports.ts";
import type { Numbers } from "./numbers.ts";
import { elementsOf, type PageModel } from "./page-model.ts";
import type { Touchables } from "./touchable.ts";

const maxHeight = 6_000;
const quality = 80;

type Needs = { page: Page; numbers: Numbers; touchables: Touchables; read(): Promise<PageModel> };
type Options = { numbers: boolean; wholePage: boolean; element?: ElementNumber };
type Mark = { number: number; x: number; y: number; width: number; height: number };

export async function takePicture(
  needs: Needs,
  options: Options,
  signal: AbortSignal,
): Promise<Picture> {
  const { page } = needs;
  const model = await needs.read();
  const area = await areaOf(needs, options, model, signal);
  const bytes = await page.screenshot({
    ...{
      type: "jpeg",
      quality,
      scale: "css",
      animations: "allow",
      caret: "initial",
      timeout: 10_000,
      signal,
    },
    ...(options.wholePage ? { fullPage: true } : {}),
    clip: area,
  });
  const taken = { bytes, mime: "image/jpeg", width: area.width, height: area.height };
  return options.numbers ? draw(page, taken, marksOf(needs, model, options, area)) : taken;
}

type Area = { x: number; y: number; width: number; height: number };

async function areaOf(
  { touchables }: Needs,
  { element, wholePage }: Options,
  { view }: PageModel,
  signal: AbortSignal,
): Promise<Area> {
  if (element !== undefined) {
    const { box } = await touchables.ready(element, "see", signal);
    const [left, top, width, height] = box;
    const x = Math.max(0, Math.floor(left));
    const y = Math.max(0, Math.floor(top));
    const right = Math.min(view.width, left + width);
    const bottom = Math.min(view.height, top + height);
    if (right - x >= 1 && bottom - y >= 1)
      return { x, y, width: Math.ceil(right - x), height: Math.ceil(bottom - y) };
    throw new AetheriaError("refused", "That element is off screen.", { hint: "Scroll to it." });
  }
  const height = wholePage
    ? Math.min(maxHeight, Math.max(view.fullHeight, view.height))
    : view.height;
  return { x: 0, y: 0, width: view.width, height };
}

function marksOf({ numbers }: Needs, model: PageModel, { wholePage }: Options, area: Area): Mark[] {
  const down = wholePage ? model.view.top : 0;
  return model.lines.flatMap(elementsOf).flatMap(({ place, box }) => {
    const mark = { ...box, x: box.x - area.x, y: box.y + down - area.y };
    const isInside =
      mark.x < area.width &&
      mark.y < area.height &&
      mark.x + mark.width > 0 &&
      mark.y + mark.height > 0;
    return isInside && mark.width > 0 && mark.height > 0
      ? [{ ...mark, number: numbers.of(place) }]
      : [];
  });
}

/** Runs in a world of its own beside the page's; refers to nothing outside itself. */
const drawing = `async ({ source, mime, marks, width, height }) => {
  const bytes = Uint8Array.from(atob(source), (one) => one.charCodeAt(0));
  const image = await createImageBitmap(new Blob([bytes], { type: mime }));
  const canvas = new OffscreenCanvas(width, height);
  const pen = canvas.getContext("2d");
  pen.drawImage(image, 0, 0, width, height);
  pen.font = "bold 11px sans-serif";
  pen.textBaseline = "top";
  const colours = ["#b00020", "#0048a8", "#00691c", "#7a2c9a", "#8a4b00"];
  marks.forEach(({ number, x, y, width: wide, height: high }, at) => {
    pen.strokeStyle = pen.fillStyle = colours[at % colours.length];
    pen.strokeRect(x + 0.5, y + 0.5, wide - 1, high - 1);
    const text = String(number);
    const size = pen.measureText(text).width + 4;
    const left = Math.max(0, Math.min(width - size, x));
    const top = y >= 13 ? y - 13 : y;
    pen.fillRect(left, top, size, 13);
    pen.fillStyle = "#fff";
    pen.fillText(text, left + 2, top + 1);
  });
  const blob = await canvas.convertToBlob({ type: "image/jpeg", quality: 0.8 });
  const drawn = new Uint8Array(await blob.arrayBuffer());
  let text = "";
  for (let at = 0; at < drawn.length; at += 32768)
    text += String.fromCharCode(...drawn.subarray(at, at + 32768));
  return btoa(text);
}`;

async function draw(page: Page, picture: Picture, marks: Mark[]): Promise<Picture> {
  const session = await page.context().newCDPSession(page);
  try {
    const { frameTree } = await session.send("Page.getFrameTree");
    const { executionContextId } = await session.send("Page.createIsolatedWorld", {
      ...{ frameId: frameTree.frame.id, worldName: "aetheria-drawing" },
    });
    const { mime, width, height } = picture;
    const source = Buffer.from(picture.bytes).toString("base64");
    const asked = JSON.stringify({ source, mime, marks, width, height });
    const { result } = await session.send("Runtime.evaluate", {
      ...{ expression: `(${drawing})(${asked})`, contextId: executionContextId },
      ...{ awaitPromise: true, returnByValue: true },
    });
    if (typeof result.value !== "string") throw new Error("The numbers could not be drawn.");
    return { ...picture, bytes: Buffer.from(result.value, "base64") };
  } finally {
    await session.detach();
  }
}
