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
  let held = "";
  let through = shown === "";

  function release(from: number): string {
    through = true;
    const news = held.slice(from);
    held = "";
    return news;
  }

  return {
    push(piece) {
      held += piece;
      if (through) return release(0);
      return shown.includes(held) ? "" : release(repeatedLength(shown, held));
    },
    end: () => release(through ? 0 : repeatedLength(shown, held)),
  };
}

/** How much of the beginning of `held` only repeats `shown`: all of it from the start, or its end. */
function repeatedLength(shown: string, held: string): number {
  const replayed = commonPrefix(held, shown);
  if (replayed >= Math.min(enough, shown.length)) return replayed;
  const overlap = overlapOf(shown, held);
  return overlap >= enough ? overlap : 0;
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
