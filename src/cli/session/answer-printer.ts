// Writes the answer's text to stdout as it comes, each piece once, turns a blank line apart.
import type { EventOf, LiveEvent } from "../../contract/events.ts";
import type { Terminal } from "../terminal/terminal.ts";

type Delta = Extract<LiveEvent, { type: "text.delta" }>;

export interface AnswerPrinter {
  delta(event: Delta): void;
  finished(event: EventOf<"text.finished">): void;
  /** Ends an open line, so that something else can be shown. */
  breakLine(): void;
}

export function createAnswerPrinter(terminal: Pick<Terminal, "write">): AnswerPrinter {
  let current = { turn: -1, length: 0, cut: true };
  let lastCharacter = "\n";

  function write(text: string): void {
    if (text === "") return;
    terminal.write(text);
    lastCharacter = text.slice(-1);
  }
  function turnTo(turn: number): void {
    if (turn === current.turn) return;
    // A turn that was cut goes on in the next one, in mid-sentence.
    if (!current.cut && current.length > 0) write(lastCharacter === "\n" ? "\n" : "\n\n");
    current = { turn, length: 0, cut: false };
  }
  return {
    delta({ turn, offset, text }) {
      turnTo(turn);
      const fresh = text.slice(Math.max(0, current.length - offset));
      current.length = Math.max(current.length, offset + text.length);
      write(fresh);
    },
    finished({ data: { turn, text, partial } }) {
      turnTo(turn);
      write(text.slice(current.length));
      current = { turn, length: text.length, cut: partial };
    },
    breakLine() {
      if (lastCharacter !== "\n") write("\n");
    },
  };
}
