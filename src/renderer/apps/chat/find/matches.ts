// Where a text occurs in the conversation: in what is loaded, letter by letter, and in what is not,
// by the host's search. Pure.
import type { SearchHit } from "../../../../contract/session.ts";
import type { Item } from "../../../../core/session/view.ts";

/** `nth` counts the matches within one message, from 0. */
export type Match = { seq: number; nth: number };

/** In the order of the conversation. `hits` before `firstSeq` are not loaded. */
export function findMatches(
  items: readonly Item[],
  firstSeq: number,
  hits: readonly Pick<SearchHit, "seq">[],
  query: string,
): Match[] {
  const wanted = fold(query.trim());
  if (wanted === "") return [];
  const far = hits.flatMap(({ seq }) => (seq < firstSeq ? [{ seq, nth: 0 }] : []));
  // The host finds words in any order too: such a message counts once.
  const words = new Set(hits.map(({ seq }) => seq));
  const near = items.flatMap((item) => {
    const times = Math.max(countIn(item, wanted), words.has(item.seq) ? 1 : 0);
    return Array.from({ length: times }, (_, nth) => ({ seq: item.seq, nth }));
  });
  return [...far.sort((a, b) => a.seq - b.seq), ...near];
}

/** For comparing: case and the ways to write one letter do not count. The length stays the same
 * where it can, so that places found in it are places in the text. */
export const fold = (text: string): string => text.toLowerCase();

function countIn(item: Item, wanted: string): number {
  const text = textOf(item);
  if (text === "") return 0;
  const written = fold(text);
  // As it is read: the signs of Markdown stand between words that are shown side by side.
  const read = written.replace(/[*`~]+|__/g, "");
  return Math.max(occurrences(written, wanted), occurrences(read, wanted));
}

function textOf(item: Item): string {
  if (item.kind === "message" || item.kind === "text") return item.text;
  return item.kind === "tool" ? item.summary : "";
}

export function occurrences(text: string, wanted: string): number {
  let count = 0;
  for (let at = text.indexOf(wanted); at !== -1; at = text.indexOf(wanted, at + wanted.length))
    count += 1;
  return count;
}

/** The match to go to from the one at `at`, which may be gone: the first after its place. */
export function nextMatch(matches: readonly Match[], at: Match | null, step: 1 | -1): Match | null {
  if (matches.length === 0) return null;
  if (!at) return (step === 1 ? matches[0] : matches.at(-1)) ?? null;
  const isAfter = ({ seq, nth }: Match) => seq > at.seq || (seq === at.seq && nth > at.nth);
  const isBefore = ({ seq, nth }: Match) => seq < at.seq || (seq === at.seq && nth < at.nth);
  const found = step === 1 ? matches.find(isAfter) : matches.findLast(isBefore);
  return found ?? (step === 1 ? matches[0] : matches.at(-1)) ?? null;
}
