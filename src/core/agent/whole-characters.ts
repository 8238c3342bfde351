// Holds back half of a surrogate pair until its other half comes: a lone half does not survive UTF-8,
// and every wire and the store speak UTF-8.

export type WholeCharacters = {
  /** What may go on: everything but a high surrogate at the very end. */
  push(piece: string): string;
  /** A half that never got its other one. */
  end(): string;
};

export function createWholeCharacters(): WholeCharacters {
  let held = "";
  return {
    push(piece) {
      const text = held + piece;
      const last = text.charCodeAt(text.length - 1);
      const isHalf = last >= 0xd800 && last <= 0xdbff;
      held = isHalf ? text.slice(-1) : "";
      return isHalf ? text.slice(0, -1) : text;
    },
    end() {
      const rest = held;
      held = "";
      return rest;
    },
  };
}
