// The person's keyboard while the picture has the focus: every key goes to the page, words of input
// methods and pastes as text. Escape twice leaves. Nothing that is typed is kept.
import type { BrowserInput } from "../../../contract/browser.ts";
import { keyUse, modifiersOf, textInputs } from "./page-input.ts";

export interface KeysNeeds {
  add: (...inputs: BrowserInput[]) => void;
  /** Out of the page. */
  leave: () => void;
  /** What is selected on the page, to this machine's clipboard. */
  copy: () => Promise<void>;
  now?: () => number;
}

const twiceMs = 700;
/** As the contract has it; longer ones come when they are finished. */
const longestComposed = 1_000;

export class PageKeys {
  readonly #needs: KeysNeeds;
  readonly #now: () => number;
  /** What is down on the page, by its place on the keyboard. */
  readonly #down = new Map<string, string>();
  #escapedAt = -Infinity;

  constructor(needs: KeysNeeds) {
    this.#needs = needs;
    this.#now = needs.now ?? (() => performance.now());
  }

  /** The shell's own keys rest meanwhile. */
  keydown(event: KeyboardEvent): void {
    event.stopPropagation();
    const use = keyUse(event);
    // The words come with `input` and `compositionend`, the clipboard with `paste`.
    if (use === "compose" || use === "paste") return;
    event.preventDefault();
    if (use === "leave" || this.#isSecondEscape(event)) return this.#needs.leave();
    if (use === "copy") return void this.#needs.copy();
    if (use === "cut") return void this.#needs.copy().then(() => this.#tap(event));
    this.#send(event, "down");
  }

  keyup(event: KeyboardEvent): void {
    event.stopPropagation();
    if (!this.#down.has(event.code)) return;
    event.preventDefault();
    this.#send(event, "up");
    // A Mac keeps the other keys' ends to itself while ⌘ is down.
    if (event.key === "Meta") this.release();
  }

  input(event: InputEvent): void {
    if (event.isComposing) return;
    if (event.inputType === "deleteContentBackward") return this.#press("Backspace");
    if (event.inputType === "insertLineBreak") return this.#press("Enter");
    if (event.inputType.startsWith("insert") && event.data) this.text(event.data);
  }

  /** Words of an input method as they stand now; they come again, finished, as text. */
  compose(text: string): void {
    if (text.length <= longestComposed) this.#needs.add({ kind: "compose", text });
  }

  /** Finished: given up where nothing is left. */
  composed(text: string): void {
    if (text === "") this.compose("");
    else this.text(text);
  }

  text(text: string): void {
    this.#needs.add(...textInputs(text));
  }

  /** The focus went away with keys held. */
  release(): void {
    for (const [code, key] of this.#down)
      this.#needs.add({ kind: "key", type: "up", key, code, modifiers: {} });
    this.#down.clear();
  }

  #isSecondEscape({ key, repeat }: KeyboardEvent): boolean {
    if (key !== "Escape" || repeat) return false;
    const isSecond = this.#now() - this.#escapedAt < twiceMs;
    this.#escapedAt = isSecond ? -Infinity : this.#now();
    return isSecond;
  }

  #send(event: KeyboardEvent, type: "down" | "up"): void {
    const { key, code, repeat } = event;
    const modifiers = modifiersOf(event);
    if (type === "down") this.#down.set(code, key);
    else this.#down.delete(code);
    this.#needs.add({ kind: "key", type, key, code, ...(repeat && { repeat }), modifiers });
  }

  #tap(event: KeyboardEvent): void {
    this.#send(event, "down");
    this.#send(event, "up");
  }

  #press(key: string): void {
    const press = { kind: "key", key, code: key, modifiers: {} } as const;
    this.#needs.add({ ...press, type: "down" }, { ...press, type: "up" });
  }
}
