// After a cut stream the model is asked to go on. Some go on, some start over, some repeat the last
// words. This filter lets through only what has not been shown yet.

/** How much must agree before it counts as a repetition rather than chance. */
const enough = 24;

export type ReplayFilter = {
  /** The new part of this piece; may hold text back until it is sure. */
  push(piece: string): string;
  /** What was held back and turned out to be new. */
  end(): string;
};

export function createReplayFilter(shown: string): ReplayFilter {
  if (shown === "") return { push: (piece) => piece, end: () => "" };
  let held = "";
  let mode: "unsure" | "replaying" | "through" = "unsure";

  function decide(final: boolean): string {
    if (mode === "through") return release();
    if (shown.startsWith(held)) {
      if (held.length >= Math.min(enough, shown.length)) mode = "replaying";
      return final && mode === "unsure" ? release() : "";
    }
    if (held.startsWith(shown) || mode === "replaying") {
      const same = commonPrefix(held, shown);
      mode = "through";
      const news = held.slice(same);
      held = "";
      return news;
    }
    const overlap = overlapOf(shown, held);
    if (overlap === held.length && !final) return "";
    mode = "through";
    const news = held.slice(overlap >= enough || overlap === held.length ? overlap : 0);
    held = "";
    return news;
  }

  function release(): string {
    mode = "through";
    const news = held;
    held = "";
    return news;
  }

  return {
    push(piece) {
      held += piece;
      return decide(false);
    },
    end: () => (held === "" || mode === "replaying" ? "" : decide(true)),
  };
}

function commonPrefix(a: string, b: string): number {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length++;
  return length;
}

/** The longest end of `before` that `after` begins with. */
function overlapOf(before: string, after: string): number {
  for (let length = Math.min(before.length, after.length, 400); length > 0; length--)
    if (after.startsWith(before.slice(before.length - length))) return length;
  return 0;
}
