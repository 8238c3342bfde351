// A program's output for the model: whole where it is short, else its beginning, the lines in between
// that look like trouble, its end, how much is left out, and the way to see that.
import { looksLikeTrouble, newlinesIn, wholeLines, type OutputCut } from "./kept-output.ts";

/** What a model is shown at most, in UTF-16 units. */
export const maxModelChars = 12_000;
const beginChars = 4_000;
const endChars = 6_500;
const maxTelling = 8;
const tellingChars = 160;

/** `more` is the sentence that says how to see the rest. */
export function modelText(cut: OutputCut, more: string): string {
  const { head, tail, lines } = cut;
  if (tail === null && head.length <= maxModelChars) return head;
  const begin = shortened(wholeLines(head.slice(0, beginChars), "begin"));
  const end = shortened(wholeLines((tail ?? head).slice(-endChars), "end"));
  const beginLines = linesIn(begin);
  const endFrom = lines - linesIn(end) + 1;
  const telling = tellingOf(cut, beginLines, endFrom);
  const leftOut = Math.max(0, endFrom - 1 - beginLines);
  const what =
    leftOut > 0
      ? `${leftOut.toLocaleString("en")} of ${lines.toLocaleString("en")} lines are left out here.`
      : "The middle of it is left out here.";
  const among =
    telling.length === 0
      ? ""
      : `\nAmong them:\n${telling.map(({ line, text }) => `  line ${line}: ${text}`).join("\n")}`;
  return `${withEnd(begin)}[… ${what} ${more}${among}]\n${end}`;
}

function tellingOf({ head, tail, telling }: OutputCut, after: number, before: number) {
  // In what was kept whole they are found here: the text is short.
  const found = tail !== null ? [...inText(head), ...telling] : inText(head);
  return found
    .filter(({ line }) => line > after && line < before)
    .slice(0, maxTelling)
    .map(({ line, text }) => ({ line, text: text.slice(0, tellingChars) }));
}

const inText = (text: string) =>
  text
    .split("\n")
    .map((one, index) => ({ line: index + 1, text: one }))
    .filter(({ text: one }) => looksLikeTrouble.test(one));

const linesIn = (text: string): number =>
  newlinesIn(text) + (text === "" || text.endsWith("\n") ? 0 : 1);
const withEnd = (text: string): string => (text === "" || text.endsWith("\n") ? text : `${text}\n`);

/** One endless line would push out everything else. */
const maxLineChars = 2_000;
const shortened = (text: string): string =>
  text
    .split("\n")
    .map((line) =>
      line.length <= maxLineChars
        ? line
        : `${line.slice(0, maxLineChars / 2)} [… ${line.length - maxLineChars} characters …] ${line.slice(-maxLineChars / 2)}`,
    )
    .join("\n");
