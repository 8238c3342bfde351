// What the person does with the page, on its way to the host: one call per frame, in the order in
// which it was done, the next only when the last has arrived. Forgets what it has handed on.
import type { BrowserInput } from "../../../contract/browser.ts";

type Mouse = Extract<BrowserInput, { kind: "mouse" }>;
type Wheel = Extract<BrowserInput, { kind: "wheel" }>;

/** As many as one call takes. */
const maxInputs = 200;

const sameKeys = (one: Mouse | Wheel, other: Mouse | Wheel) =>
  JSON.stringify(one.modifiers) === JSON.stringify(other.modifiers);

/** The two as one; null: both are needed. */
function joined(last: BrowserInput | undefined, next: BrowserInput): BrowserInput | null {
  if (last?.kind === "mouse" && next.kind === "mouse" && sameKeys(last, next))
    return last.type === "move" && next.type === "move" && last.button === next.button
      ? next
      : null;
  // Each takes the place of what the input method had before.
  if (last?.kind === "compose" && (next.kind === "compose" || next.kind === "text")) return next;
  if (last?.kind === "wheel" && next.kind === "wheel" && sameKeys(last, next))
    return {
      ...next,
      deltaX: last.deltaX + next.deltaX,
      deltaY: last.deltaY + next.deltaY,
    };
  return null;
}

export class InputQueue {
  readonly #send: (inputs: BrowserInput[]) => Promise<void>;
  readonly #nextFrame: (then: () => void) => void;
  #waiting: BrowserInput[] = [];
  #isSending = false;

  /** `send` does not throw. */
  constructor(
    send: (inputs: BrowserInput[]) => Promise<void>,
    nextFrame: (then: () => void) => void = (then) => requestAnimationFrame(then),
  ) {
    this.#send = send;
    this.#nextFrame = nextFrame;
  }

  add(...inputs: BrowserInput[]): void {
    for (const input of inputs) {
      const one = joined(this.#waiting.at(-1), input);
      if (one) this.#waiting[this.#waiting.length - 1] = one;
      else this.#waiting.push(input);
    }
    void this.#flush();
  }

  /** The page changed hands: what was not sent is not meant any more. */
  clear(): void {
    this.#waiting = [];
  }

  async #flush(): Promise<void> {
    if (this.#isSending) return;
    this.#isSending = true;
    while (this.#waiting.length > 0) {
      await new Promise<void>((resolve) => this.#nextFrame(resolve));
      const inputs = this.#waiting.splice(0, maxInputs);
      if (inputs.length > 0) await this.#send(inputs);
    }
    this.#isSending = false;
  }
}
