// One page's mouse and keyboard in the person's hands. Sends in order and waits for no answer of a page
// that asks a question; what was typed is in no error.
import type { CDPSession, Page } from "playwright-core";
import type { BrowserInput } from "../../../contract/browser.ts";
import { keyEventOf, modifierBits } from "./key-event.ts";
import { showSelectAt } from "./shown-select.ts";

export interface PageInput {
  /** Resolves when the page has had them, or asks something that stops it. */
  send(inputs: readonly BrowserInput[]): Promise<void>;
}

type MouseInput = Extract<BrowserInput, { kind: "mouse" }>;
type WheelInput = Extract<BrowserInput, { kind: "wheel" }>;
/** As `Input.dragIntercepted` tells it. */
type DragData = {
  items: { mimeType: string; data: string; title?: string; baseURL?: string }[];
  files?: string[];
  dragOperationsMask: number;
};

const buttonBits = { none: 0, left: 1, right: 2, middle: 4 } as const;
const mouseTypes = { move: "mouseMoved", down: "mousePressed", up: "mouseReleased" } as const;

export async function openPageInput(page: Page): Promise<PageInput> {
  const session = await page.context().newCDPSession(page);
  // Told of questions, so that nobody waits for a page that does.
  await session.send("Page.enable");
  let sending: Promise<void> = Promise.resolve();
  let clicked: Promise<unknown> = Promise.resolve();
  const hand = createHand(page, session);

  return {
    async send(inputs) {
      const sent: Promise<unknown>[] = [];
      const asks = whenAsked(session);
      const turn = sending.then(async () => {
        for (const input of inputs) {
          // Keys go where the focus is, and a click in a frame takes a while to move it there.
          if (input.kind !== "mouse" && input.kind !== "wheel")
            await Promise.race([clicked, asks.asked]);
          const parts = await hand(input);
          sent.push(...parts);
          if (input.kind === "mouse" && input.type !== "move") clicked = Promise.allSettled(parts);
        }
      });
      sending = turn.catch(() => undefined);
      try {
        await Promise.race([turn.then(() => Promise.all(sent)), asks.asked]);
      } finally {
        asks.forget();
        // Those that a question holds up answer later, or never: the page closed.
        for (const one of sent) one.catch(() => undefined);
      }
    },
  };
}

function whenAsked(session: CDPSession) {
  let onAsked: () => void = () => undefined;
  const asked = new Promise<void>((resolve) => (onAsked = resolve));
  session.on("Page.javascriptDialogOpening", onAsked);
  return { asked, forget: () => session.off("Page.javascriptDialogOpening", onAsked) };
}

type Sent = Promise<unknown>[];

/** Answers with what was sent, each when the page has had it. */
function createHand(page: Page, session: CDPSession): (input: BrowserInput) => Promise<Sent> {
  let dragged: DragData | null = null;
  session.on("Input.dragIntercepted", ({ data }) => (dragged = data));

  const drag = (type: "dragEnter" | "dragOver" | "drop", { x, y, modifiers }: MouseInput) =>
    session.send("Input.dispatchDragEvent", {
      ...{ type, x, y, modifiers: modifierBits(modifiers) },
      data: dragged ?? { items: [], dragOperationsMask: 0 },
    });

  function press(input: MouseInput): Promise<unknown> {
    const { type, x, y, button, clicks, modifiers } = input;
    return session.send("Input.dispatchMouseEvent", {
      ...{ type: mouseTypes[type], x, y, button, modifiers: modifierBits(modifiers) },
      buttons: type === "up" ? 0 : buttonBits[button],
      clickCount: type === "move" ? 0 : Math.min(3, Math.max(1, Math.round(clicks))),
      pointerType: "mouse",
    });
  }

  async function mouse(input: MouseInput): Promise<Sent> {
    const { type, button, x, y } = input;
    if (type === "down" && button === "left") {
      await showSelectAt(page, x, y);
      // Or the system would drag, where there is nobody to let go.
      return [session.send("Input.setInterceptDrags", { enabled: true }), press(input)];
    }
    if (type === "move" && dragged !== null)
      return [drag("dragEnter", input), drag("dragOver", input)];
    if (type !== "up" || button !== "left") return [press(input)];
    const dropped = dragged === null ? [] : [drag("dragOver", input), drag("drop", input)];
    dragged = null;
    return [...dropped, press(input), session.send("Input.setInterceptDrags", { enabled: false })];
  }

  const wheel = ({ x, y, deltaX, deltaY, modifiers }: WheelInput) =>
    session.send("Input.dispatchMouseEvent", {
      ...{ type: "mouseWheel", x, y, deltaX, deltaY, modifiers: modifierBits(modifiers) },
    });

  const compose = (text: string) =>
    session.send("Input.imeSetComposition", {
      ...{ text, selectionStart: text.length, selectionEnd: text.length },
    });

  return async (input) => {
    if (input.kind === "mouse") return mouse(input);
    if (input.kind === "wheel") return [wheel(input)];
    if (input.kind === "compose") return [compose(input.text)];
    if (input.kind === "text") return [session.send("Input.insertText", { text: input.text })];
    const event = keyEventOf(input, process.platform);
    return event === null ? [] : [session.send("Input.dispatchKeyEvent", event)];
  };
}
