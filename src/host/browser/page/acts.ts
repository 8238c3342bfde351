// What a hand does on a page: press, type, choose, scroll. Each ends when it is done; waiting for what
// comes of it is settling.
import { setTimeout as delay } from "node:timers/promises";
import type { PageBox } from "../../../contract/browser.ts";
import { AetheriaError } from "../../../contract/errors.ts";
import type { ElementNumber, PageAction } from "../../../core/browser-ports.ts";
import type { Scrolled } from "./in-page/scrolling.ts";
import { chooseOptions } from "./choose-options.ts";
import { boxOf, type ActNeeds, type Did } from "./hand.ts";
import { dismissBanner } from "./dismiss-banner.ts";
import { titleOf, type Ready, type Wanted } from "./touchable.ts";

const fillTimeoutMs = 3_000;
const movePollMs = 20;

export async function doAct(
  needs: ActNeeds,
  action: PageAction,
  signal: AbortSignal,
): Promise<Did> {
  switch (action.kind) {
    case "click":
      return click(needs, action, signal);
    case "type":
      return type(needs, action, signal);
    case "press":
      return press(needs, action, signal);
    case "scroll":
      return scroll(needs, action, signal);
    case "hover":
      return { box: boxOf(await point(needs, action.element, "hover", signal)) };
    case "select":
      return chooseOptions(needs, action, signal);
    case "upload":
      return upload(needs, action, signal);
    case "dismiss_banner":
      return dismissBanner(needs, signal);
  }
}

/** Moves there, and looks once more whether it is still there: things move, and open under a mouse. */
export async function point(
  { page, touchables }: ActNeeds,
  element: ElementNumber,
  wanted: Wanted,
  signal: AbortSignal,
): Promise<Ready> {
  for (let attempt = 0; ; attempt++) {
    const ready = await touchables.ready(element, wanted, signal);
    await page.mouse.move(ready.point.x, ready.point.y);
    const again = await touchables.look(ready.place, false, signal);
    const isThere = again !== null && !again.touch.cover && isNear(again, ready);
    const isLast = attempt >= 60;
    if (isThere && (isLast || !again.touch.moving)) return again;
    signal.throwIfAborted();
    if (!isLast) {
      if (isThere) await delay(movePollMs, undefined, { signal });
      continue;
    }
    throw new AetheriaError("refused", `${titleOf(ready.touch, element)} keeps moving.`, {
      hint: "Wait for a moment and try again.",
      retryable: true,
    });
  }
}

const isNear = (one: Ready, other: Ready) =>
  Math.abs(one.point.x - other.point.x) < 3 && Math.abs(one.point.y - other.point.y) < 3;

async function click(
  needs: ActNeeds,
  { element, button, double }: Extract<PageAction, { kind: "click" }>,
  signal: AbortSignal,
): Promise<Did> {
  const ready = await point(needs, element, "press", signal);
  const { mouse } = needs.page;
  for (const clickCount of double ? [1, 2] : [1]) {
    await mouse.down({ button: button ?? "left", clickCount });
    await mouse.up({ button: button ?? "left", clickCount });
  }
  return { box: boxOf(ready) };
}

async function type(
  needs: ActNeeds,
  { fields, append, submit }: Extract<PageAction, { kind: "type" }>,
  signal: AbortSignal,
): Promise<Did> {
  const { page, programs, touchables, remember } = needs;
  let last: Ready | null = null;
  for (const { element, text } of fields) {
    const ready = await touchables.ready(element, "fill", signal);
    last = ready;
    if (append) {
      await programs.ask(ready.place.frames, { verb: "caret", id: ready.place.id }, signal);
      await page.keyboard.insertText(text);
    } else await fill(needs, ready, element, text, signal);
    const told = ready.touch.secret ? "••••••" : text;
    remember({ document: ready.place.document, element, name: ready.touch.name, text: told });
  }
  if (submit) await page.keyboard.press("Enter");
  return { box: last ? boxOf(last) : null };
}

async function fill(
  { programs }: ActNeeds,
  { place, touch }: Ready,
  element: ElementNumber,
  text: string,
  signal: AbortSignal,
): Promise<void> {
  const locator = programs.locator(place);
  await locator.fill(text, { timeout: fillTimeoutMs, signal }).catch((error: unknown) => {
    signal.throwIfAborted();
    const isForm = String(error).includes("Malformed value");
    const title = titleOf(touch, element);
    throw new AetheriaError(
      "refused",
      isForm
        ? `${title} does not take that ${touch.type}.`
        : `Nothing could be typed into ${title}.`,
      { hint: isForm ? formHint(touch.type) : "Click on it first, or press keys.", cause: error },
    );
  });
  await locator.focus({ timeout: fillTimeoutMs, signal }).catch(() => signal.throwIfAborted());
}

const formHint = (type: string) =>
  ({
    date: "Write it as 2026-12-31.",
    time: "Write it as 23:59.",
    month: "Write it as 2026-12.",
    week: "Write it as 2026-W52.",
    "datetime-local": "Write it as 2026-12-31T23:59.",
    color: "Write it as #ff8800.",
  })[type] ?? "Look at what it wants.";

async function press(
  { page, programs, touchables, document, remember }: ActNeeds,
  { keys, element }: Extract<PageAction, { kind: "press" }>,
  signal: AbortSignal,
): Promise<Did> {
  let box: PageBox | null = null;
  if (element !== undefined) {
    const ready = await touchables.ready(element, "see", signal);
    box = boxOf(ready);
    await programs.locator(ready.place).focus({ timeout: fillTimeoutMs, signal });
  }
  const text = keys.filter((key) => key.length === 1).join("");
  if (text !== "") remember({ document, element: element ?? -1, name: "keys", text });
  for (const key of keys) {
    signal.throwIfAborted();
    await page.keyboard.press(key).catch((error: unknown) => {
      if (!String(error).includes("Unknown key")) throw error;
      throw new AetheriaError("bad_input", `There is no key "${key}".`, {
        hint: "Keys are named like Enter, Tab, Escape, ArrowDown, PageDown, a, Control+A.",
      });
    });
  }
  return { box };
}

async function scroll(
  { programs, touchables }: ActNeeds,
  { scroll: { to, pages = 1 }, element }: Extract<PageAction, { kind: "scroll" }>,
  signal: AbortSignal,
): Promise<Did> {
  const place = element === undefined ? null : touchables.placeOf(element);
  const asked = { verb: "scroll", id: place?.id ?? null, to, pages };
  const done = await programs.ask<Scrolled>(place?.frames ?? [], asked, signal);
  if (place && (!done.found || done.document !== place.document))
    await touchables.ready(element!, "see", signal);
  const box = place ? await touchables.look(place, false, signal) : null;
  return {
    box: box ? boxOf(box) : null,
    note: done.moved ? done.partText : noFurther(to),
  };
}

function noFurther(to: string): string {
  const way = to === "top" ? "up" : to === "bottom" ? "down" : to;
  return `It does not scroll further ${way}.`;
}

async function upload(
  { programs, touchables }: ActNeeds,
  { element, paths }: Extract<PageAction, { kind: "upload" }>,
  signal: AbortSignal,
): Promise<Did> {
  const ready = await touchables.ready(element, "upload", signal);
  const locator = programs.locator(ready.place);
  if (ready.touch.tag === "INPUT" && ready.touch.type === "file") {
    if (paths.length > 1 && !ready.touch.multiple)
      throw new AetheriaError("refused", `${titleOf(ready.touch, element)} takes one file only.`, {
        hint: "Upload one file.",
      });
    await locator.setInputFiles(paths, { timeout: fillTimeoutMs, signal });
    return { box: boxOf(ready) };
  }
  throw new AetheriaError("refused", `${titleOf(ready.touch, element)} does not take files.`, {
    hint: "Look for a file chooser: it is often hidden near the button that opens it.",
  });
}
