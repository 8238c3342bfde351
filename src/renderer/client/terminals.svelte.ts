// The terminals that this page has open, of all sessions: they go on while their window is closed or
// another session is on the screen, and end with the connection. Owns their life and their bytes;
// what draws one (`screen`) belongs to whoever shows it.
import type { CallInput, CallName, CallOutput, Push } from "../../contract/calls.ts";
import { AetheriaError, type ErrorData } from "../../contract/errors.ts";
import type { SessionId } from "../../contract/ids.ts";
import type { TerminalPlace } from "../../contract/sandbox.ts";

export interface TerminalSize {
  cols: number;
  rows: number;
}

/** What a terminal needs of the connection. */
export interface TerminalLine {
  call<Name extends CallName>(name: Name, input: CallInput<Name>): Promise<CallOutput<Name>>;
  onPush(listener: (push: Push) => void): () => void;
}

export interface TerminalScreen {
  dispose(): void;
}

export type TerminalPhase =
  | { name: "new" | "opening" | "open" }
  /** null: it did not end by itself. */
  | { name: "ended"; exitCode: number | null }
  | { name: "failed"; error: ErrorData };

/** A paste may be larger than one call takes. */
const pieceLength = 100_000;

export class HostTerminal {
  readonly key: string;
  readonly sessionId: SessionId;
  readonly place: TerminalPlace;
  /** Among those of its session and place; the first is 1. */
  readonly number: number;
  screen: TerminalScreen | null = null;
  readonly #line: TerminalLine;
  readonly #opened: (terminal: HostTerminal, id: string) => void;
  #id: string | null = null;
  #phase = $state.raw<TerminalPhase>({ name: "new" });
  #draw: ((bytes: Uint8Array) => Promise<void>) | null = null;
  #drawnBytes = 0;
  #isTelling = false;
  #size: TerminalSize = { cols: 0, rows: 0 };
  #isSizing = false;

  constructor(
    line: TerminalLine,
    of: { key: string; sessionId: SessionId; place: TerminalPlace; number: number },
    opened: (terminal: HostTerminal, id: string) => void,
  ) {
    this.#line = line;
    this.#opened = opened;
    this.key = of.key;
    this.sessionId = of.sessionId;
    this.place = of.place;
    this.number = of.number;
  }

  get phase(): TerminalPhase {
    return this.#phase;
  }
  get id(): string | null {
    return this.#id;
  }

  /** `draw` resolves once the bytes are on the screen: the host sends more only then. */
  async start(size: TerminalSize, draw: (bytes: Uint8Array) => Promise<void>): Promise<void> {
    if (this.#phase.name !== "new") return;
    this.#phase = { name: "opening" };
    this.#size = size;
    this.#draw = draw;
    try {
      const { sessionId, place } = this;
      const { terminalId } = await this.#line.call("terminal.open", { sessionId, place, ...size });
      // It was closed while it opened.
      if (this.isOver) return void this.#quietly("terminal.close", { terminalId });
      this.#id = terminalId;
      this.#phase = { name: "open" };
      this.#opened(this, terminalId);
      if (this.#size !== size) void this.#tellSize();
    } catch (error) {
      if (!this.isOver) this.#phase = { name: "failed", error: AetheriaError.toData(error) };
    }
  }

  get isOver(): boolean {
    return this.#phase.name === "ended" || this.#phase.name === "failed";
  }

  output(bytes: Uint8Array): void {
    void this.#draw?.(bytes).then(() => {
      this.#drawnBytes += bytes.length;
      void this.#tellDrawn();
    });
  }

  write(text: string): void {
    if (this.#id === null || this.isOver) return;
    for (let at = 0; at < text.length; at += pieceLength)
      this.#quietly("terminal.write", {
        terminalId: this.#id,
        text: text.slice(at, at + pieceLength),
      });
  }

  resize(size: TerminalSize): void {
    if (size.cols === this.#size.cols && size.rows === this.#size.rows) return;
    this.#size = size;
    if (this.#id !== null && !this.isOver) void this.#tellSize();
  }

  end(exitCode: number | null): void {
    if (!this.isOver) this.#phase = { name: "ended", exitCode };
  }

  close(): void {
    if (this.#id !== null && !this.isOver)
      this.#quietly("terminal.close", { terminalId: this.#id });
    this.end(null);
    this.screen?.dispose();
    this.screen = null;
    this.#draw = null;
  }

  /** One call on its way at a time; what is drawn meanwhile goes with the next. */
  async #tellDrawn(): Promise<void> {
    if (this.#isTelling || this.#id === null) return;
    this.#isTelling = true;
    while (this.#drawnBytes > 0 && !this.isOver) {
      const bytes = this.#drawnBytes;
      this.#drawnBytes = 0;
      await this.#quietly("terminal.drawn", { terminalId: this.#id, bytes });
    }
    this.#isTelling = false;
  }

  /** While a window is pulled only its latest size is told. */
  async #tellSize(): Promise<void> {
    if (this.#isSizing) return;
    this.#isSizing = true;
    let told: TerminalSize | null = null;
    while (told !== this.#size && this.#id !== null && !this.isOver) {
      told = this.#size;
      await this.#quietly("terminal.resize", { terminalId: this.#id, ...told });
    }
    this.#isSizing = false;
  }

  /** A terminal that is gone says so with a push of its own; a call that missed it is no news. */
  #quietly<Name extends CallName>(name: Name, input: CallInput<Name>): Promise<void> {
    return this.#line.call(name, input).then(
      () => undefined,
      () => undefined,
    );
  }
}

export class Terminals {
  readonly #line: TerminalLine;
  #all = $state.raw<readonly HostTerminal[]>([]);
  #made = 0;
  /** What came before the answer that names its terminal. */
  #early: Extract<Push, { type: `terminal.${string}` }>[] = [];
  /** The person knows what a terminal on the own machine is: asked once per visit. */
  isMachineConfirmed = false;

  constructor(line: TerminalLine) {
    this.#line = line;
    line.onPush((push) => {
      if (push.type === "terminal.output" || push.type === "terminal.ended") this.#take(push);
      if (push.type === "session.deleted")
        for (const one of this.of(push.sessionId)) this.close(one);
    });
  }

  of(sessionId: SessionId): readonly HostTerminal[] {
    return this.#all.filter((one) => one.sessionId === sessionId);
  }

  add(sessionId: SessionId, place: TerminalPlace): HostTerminal {
    const others = this.of(sessionId).filter((one) => one.place === place);
    const number = Math.max(0, ...others.map((one) => one.number)) + 1;
    this.#made += 1;
    const key = `terminal-${this.#made}`;
    const made = new HostTerminal(this.#line, { key, sessionId, place, number }, (_, id) =>
      this.#catchUp(id),
    );
    this.#all = [...this.#all, made];
    return made;
  }

  close(gone: HostTerminal): void {
    gone.close();
    this.#all = this.#all.filter((one) => one !== gone);
  }

  /** The connection is gone, and they are with it. */
  lost(): void {
    for (const one of this.#all) if (one.phase.name !== "new") one.end(null);
    this.#early = [];
  }

  #take(push: Extract<Push, { type: `terminal.${string}` }>): void {
    const terminal = this.#all.find((one) => one.id === push.terminalId);
    if (!terminal) {
      if (this.#all.some((one) => one.phase.name === "opening")) this.#early.push(push);
    } else if (push.type === "terminal.output") terminal.output(push.bytes);
    else terminal.end(push.exitCode);
  }

  #catchUp(id: string): void {
    const own = this.#early.filter((push) => push.terminalId === id);
    this.#early = this.#early.filter((push) => push.terminalId !== id);
    for (const push of own) this.#take(push);
  }
}
