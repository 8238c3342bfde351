// How well a name answers what was typed: by whole words, their beginnings, parts, or letters in
// order. Pure.

const points = { whole: 100, begins: 80, initials: 60, inside: 40, letters: 15 } as const;

const wordsOf = (text: string): string[] =>
  text
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);

/** Letters in order, the first at the beginning of the word and none of them far from the next. */
function hasLetters(word: string, wanted: string): boolean {
  if (wanted.length < 3 || word[0] !== wanted[0]) return false;
  let at = 0;
  for (const letter of wanted.slice(1)) {
    const next = word.indexOf(letter, at + 1);
    if (next === -1 || next - at > 3) return false;
    at = next;
  }
  return true;
}

function wordPoints(words: readonly string[], wanted: string): number {
  if (words.includes(wanted)) return points.whole;
  if (words.some((word) => word.startsWith(wanted))) return points.begins;
  const initials = words.map((word) => word[0]).join("");
  if (wanted.length > 1 && initials.includes(wanted)) return points.initials;
  if (wanted.length > 1 && words.some((word) => word.includes(wanted))) return points.inside;
  return words.some((word) => hasLetters(word, wanted)) ? points.letters : 0;
}

/** 0: it does not fit. Every word typed must be found; short names and those that begin with what was
 * typed come first. Signs count as they are where the query is made of nothing else. */
export function rank(name: string, query: string): number {
  const typed = query.trim().toLowerCase();
  const wanted = wordsOf(query);
  if (wanted.length === 0) return typed !== "" && name.toLowerCase().includes(typed) ? 1 : 0;
  const words = wordsOf(name);
  const each = wanted.map((word) => wordPoints(words, word));
  if (each.includes(0)) return 0;
  const mean = each.reduce((sum, one) => sum + one, 0) / each.length;
  const start = name.toLowerCase().startsWith(typed) ? 15 : 0;
  return mean + start + 10 / (words.length + 1);
}

/** What fits, best first; equals stay in order. Nothing typed: all, as they are. */
export function ranked<Item>(
  items: readonly Item[],
  query: string,
  nameOf: (item: Item) => string,
): Item[] {
  if (query.trim() === "") return [...items];
  return items
    .map((item) => ({ item, points: rank(nameOf(item), query) }))
    .filter((one) => one.points > 0)
    .sort((a, b) => b.points - a.points)
    .map(({ item }) => item);
}
