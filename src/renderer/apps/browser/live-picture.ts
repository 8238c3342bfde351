// The page as it looks right now: pictures pushed by the host, of which the newest is drawn. Says how
// many are done with, so that no more are sent than are drawn; asks for none while nobody looks.
import type { CallInput, CallName, CallOutput, Push } from "../../../contract/calls.ts";
import type { SessionId } from "../../../contract/ids.ts";
import type { Size } from "./page-input.ts";

export type Frame = Extract<Push, { type: "browser.frame" }>;

export interface PictureLine {
  call<Name extends CallName>(name: Name, input: CallInput<Name>): Promise<CallOutput<Name>>;
  onPush(listener: (push: Push) => void): () => void;
}

/** A window that is pulled asks anew only where it grew or shrank by that much. */
const worthAsking = 0.12;

export class LivePicture {
  readonly #line: PictureLine;
  readonly #sessionId: SessionId;
  /** Resolves once it is on the screen; does not throw. */
  readonly #draw: (frame: Frame) => Promise<void>;
  readonly #stop: () => void;
  #viewId: string | null = null;
  /** What is to be watched at; null: nothing. */
  #wanted: Size | null = null;
  #asked: Size | null = null;
  #isSettling = false;
  /** The newest that came before the answer that names its view. */
  #early: Frame | null = null;
  #next: Frame | null = null;
  #isDrawing = false;
  #done = 0;
  #isTelling = false;

  constructor(line: PictureLine, sessionId: SessionId, draw: (frame: Frame) => Promise<void>) {
    this.#line = line;
    this.#sessionId = sessionId;
    this.#draw = draw;
    this.#stop = line.onPush((push) => {
      if (push.type === "browser.frame") this.#take(push);
    });
  }

  /** Asks for pictures at most that large, in pixels of the screen. */
  show(size: Size): void {
    const { width, height } = size;
    if (width <= 0 || height <= 0) return this.hide();
    this.#wanted = { width: Math.round(width), height: Math.round(height) };
    void this.#settle();
  }

  hide(): void {
    this.#wanted = null;
    void this.#settle();
  }

  /** The connection is gone, and the view with it. */
  lost(): void {
    this.#viewId = null;
    this.#asked = null;
    this.#early = null;
    this.#done = 0;
  }

  close(): void {
    this.hide();
    this.#stop();
  }

  /** One question on its way at a time; then the newest wish. */
  async #settle(): Promise<void> {
    if (this.#isSettling) return;
    this.#isSettling = true;
    while (!this.#isSettled()) await this.#change();
    this.#isSettling = false;
  }

  #isSettled(): boolean {
    const [wanted, asked] = [this.#wanted, this.#asked];
    if (wanted === null || asked === null) return wanted === asked;
    const isNear = (a: number, b: number) => Math.abs(a - b) <= worthAsking * b;
    return isNear(wanted.width, asked.width) && isNear(wanted.height, asked.height);
  }

  async #change(): Promise<void> {
    const wanted = this.#wanted;
    const gone = this.#viewId;
    this.#viewId = null;
    this.#done = 0;
    this.#asked = wanted;
    if (gone !== null) await this.#quietly("browser.unwatch", { viewId: gone });
    if (wanted === null) return;
    const size = { maxWidth: wanted.width, maxHeight: wanted.height };
    try {
      const input = { sessionId: this.#sessionId, ...size };
      this.#viewId = (await this.#line.call("browser.watch", input)).viewId;
    } catch {
      // It is not open any more; whoever shows it asks again when it is.
      this.#wanted = this.#asked = null;
      return;
    }
    const early = this.#early;
    this.#early = null;
    if (early) this.#take(early);
  }

  #take(frame: Frame): void {
    if (frame.viewId !== this.#viewId) {
      if (this.#isSettling) this.#early = frame;
      return;
    }
    if (this.#next) this.#done += 1;
    this.#next = frame;
    void this.#drawNewest();
  }

  async #drawNewest(): Promise<void> {
    if (this.#isDrawing) return;
    this.#isDrawing = true;
    while (this.#next) {
      const frame = this.#next;
      this.#next = null;
      await this.#draw(frame);
      if (frame.viewId !== this.#viewId) continue;
      this.#done += 1;
      void this.#tell();
    }
    this.#isDrawing = false;
  }

  async #tell(): Promise<void> {
    if (this.#isTelling) return;
    this.#isTelling = true;
    while (this.#done > 0 && this.#viewId !== null) {
      const input = { viewId: this.#viewId, frames: this.#done };
      this.#done = 0;
      await this.#quietly("browser.drawn", input);
    }
    this.#isTelling = false;
  }

  /** A view that is gone is no news. */
  #quietly<Name extends CallName>(name: Name, input: CallInput<Name>): Promise<void> {
    return this.#line.call(name, input).then(
      () => undefined,
      () => undefined,
    );
  }
}
