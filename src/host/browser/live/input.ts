// What a person does with mouse and keyboard while they drive, and what they have selected. Nothing of it
// is logged, and no error quotes it.
import type { Frame, Page } from "playwright-core";
import type { BrowserInput } from "../../../contract/browser.ts";
import { AetheriaError } from "../../../contract/errors.ts";
import { openPageInput, type PageInput } from "./page-input.ts";

/** Held by the pages themselves, so to say: gone with them. */
const hands = new WeakMap<Page, Promise<PageInput>>();

/** In this order, after all that was sent to the page before. Throws not_found when the page is gone. */
export async function sendInputs(page: Page, inputs: BrowserInput[]): Promise<void> {
  const hand = hands.get(page) ?? openPageInput(page);
  hands.set(page, hand);
  try {
    await (await hand).send(inputs);
  } catch {
    // Without its cause: that could hold what was typed.
    if (hands.get(page) === hand) hands.delete(page);
    throw new AetheriaError("not_found", "The page is gone or did not take the input.", {
      hint: "Try again, or open the page anew.",
    });
  }
}

/** The text selected on the page, in whatever frame; never what a password field holds. */
export async function selectionOf(page: Page): Promise<string> {
  const found = await Promise.all(page.frames().map(selectionIn));
  const focused = found.find(({ hasFocus, text }) => hasFocus && text !== "");
  return (focused ?? found.find(({ text }) => text !== ""))?.text ?? "";
}

type Selected = { text: string; hasFocus: boolean };

const selectionIn = (frame: Frame): Promise<Selected> =>
  frame.evaluate<Selected>(readSelection).catch(() => ({ text: "", hasFocus: false }));

const readSelection = `(() => {
  let focused = document.activeElement;
  while (focused?.shadowRoot?.activeElement) focused = focused.shadowRoot.activeElement;
  const isFrame = /^I?FRAME$/.test(focused?.tagName ?? "");
  const hasFocus = document.hasFocus() && !isFrame;
  const isField = focused?.tagName === "TEXTAREA" || focused?.tagName === "INPUT";
  if (isField && focused.type === "password") return { text: "", hasFocus };
  const inField = isField && typeof focused.selectionStart === "number"
    ? focused.value.slice(focused.selectionStart, focused.selectionEnd) : "";
  return { text: String(inField || getSelection() || "").slice(0, 1000000), hasFocus };
})()`;
