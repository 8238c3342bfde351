// What watchers see of a program while it runs: all of it as long as a person could follow, and beyond
// that a sample with the count of what went by. The result and the kept file have the rest.

export type LiveOutput = {
  /** What to show now; empty: nothing. */
  push(text: string, nowMs: number): string;
  /** The end of what was held back. */
  end(): string;
};

/** In each window this much is shown, which keeps the page responsive. */
const windowMs = 100;
const maxChars = 65_536;
/** Of what was not shown, the youngest of it. */
const sampleChars = 4_000;

export function createLiveOutput(): LiveOutput {
  let windowFrom = -Infinity;
  let shownChars = 0;
  let skippedChars = 0;
  let sample = "";

  function takeSkipped(): string {
    if (skippedChars === 0) return "";
    const left = skippedChars - sample.length;
    const note = left > 0 ? `\n[… ${left.toLocaleString("en")} characters went by …]\n` : "";
    const text = note + sample.replace(/^[\udc00-\udfff]/, "");
    [skippedChars, sample] = [0, ""];
    return text;
  }

  return {
    push(raw, nowMs) {
      const text = asLines(raw);
      if (nowMs - windowFrom >= windowMs) {
        [windowFrom, shownChars] = [nowMs, 0];
      }
      const isFree = shownChars + text.length <= maxChars;
      if (isFree) {
        const before = takeSkipped();
        shownChars += before.length + text.length;
        return before + text;
      }
      skippedChars += text.length;
      sample =
        text.length >= sampleChars ? text.slice(-sampleChars) : (sample + text).slice(-sampleChars);
      return "";
    },
    end: () => takeSkipped(),
  };
}

/** What was shown cannot be written over: each state of a progress bar is a line. */
const asLines = (text: string): string => text.replace(/\r+\n/g, "\n").replace(/\r+/g, "\n");
