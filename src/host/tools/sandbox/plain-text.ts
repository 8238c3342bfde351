// Bytes of a program's output as text without anything that steers a terminal: escape sequences,
// bells, backspaces. Comes in pieces, and a sequence or a character may be cut between two of them.
import { StringDecoder } from "node:string_decoder";

export type PlainText = {
  push(bytes: Uint8Array): string;
  /** What was held back. */
  end(): string;
};

/** In order: OSC, DCS and the like up to their end, CSI, other escapes, the one-byte CSI and OSC. */
const sequences =
  /\u001b[\]PX^_k][^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c)|(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|\u001b[ -/]*(?![PX[\]^_k])[0-~]|\u009d[^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c)/g;
/** Everything else that does not print, but for tab, line feed and carriage return. */

const unprintable = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g;
/** Signs that turn the reading direction: a name could be shown as another one. */
const turning = /[\u202a-\u202e\u2066-\u2069]/g;

const hasAny = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;
/** A sequence that has no end within this is no sequence. */
const longestSequence = 4_096;

export function createPlainText(): PlainText {
  const decoder = new StringDecoder("utf8");
  let held = "";

  function clean(text: string, isLast: boolean): string {
    held += text;
    if (!hasAny.test(held)) {
      const whole = held;
      held = "";
      return whole;
    }
    const stripped = held.replace(sequences, "");
    const from = isLast ? -1 : unfinishedFrom(stripped);
    const ready = from < 0 ? stripped : stripped.slice(0, from);
    held = from < 0 ? "" : stripped.slice(from);
    return ready.replace(unprintable, "").replace(turning, "");
  }

  return {
    push: (bytes) =>
      clean(decoder.write(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)), false),
    end: () => clean(decoder.end(), true),
  };
}

/** Where a sequence begins whose end has not come yet; -1: nowhere. */
function unfinishedFrom(text: string): number {
  const tail = Math.max(0, text.length - longestSequence);
  const found = text.slice(tail).search(/[\u001b\u009b\u009d]/);
  return found < 0 ? -1 : tail + found;
}
