// The part of a text around what was searched for, split so that odd indexes are the matches.
import { fold, wordsOf, type Term } from "./search-words.ts";

const lengthBefore = 60;
const extractLength = 240;
/** How far into a very long text we look for the first match. */
const lookedAt = 60_000;

type Place = { start: number; end: number };
type Word = Place & { word: string };

export function extractOf(text: string, terms: Term[]): string[] {
  const from = roughStart(text, terms);
  const matches = matchesIn(text.slice(from, from + lookedAt), terms).map((place) => ({
    start: place.start + from,
    end: place.end + from,
  }));
  const first = matches[0]?.start ?? 0;
  const begin = wordBreak(text, Math.max(0, first - lengthBefore), first);
  const end = Math.min(text.length, begin + extractLength);
  return split(text, begin, end, matches);
}

/** Near the first plain occurrence; a text that matches only through folding is read from 0. */
function roughStart(text: string, terms: Term[]): number {
  if (text.length <= lookedAt) return 0;
  const lower = text.toLowerCase();
  const places = terms
    .map(({ words }) => lower.indexOf(words[0] ?? ""))
    .filter((place) => place >= 0);
  if (places.length === 0) return 0;
  return wordBreak(text, Math.max(0, Math.min(...places) - 2 * lengthBefore), text.length);
}

/** Whether every term occurs in the text, as the index would find it. */
export function hasAll(text: string, terms: Term[]): boolean {
  const missing = new Set(terms.map((term) => ({ ...term, words: term.words.map(fold) })));
  const longest = Math.max(1, ...terms.map((term) => term.words.length));
  const words: Word[] = [];
  for (const word of wordsOf(text)) {
    words.push(word);
    if (words.length > longest) words.shift();
    for (const term of missing) if (endsHere(words, term)) missing.delete(term);
    if (missing.size === 0) return true;
  }
  return false;
}

function matchesIn(text: string, terms: Term[]): Place[] {
  const found: Place[] = [];
  const wanted = terms.map((term) => ({ ...term, words: term.words.map(fold) }));
  const words: Word[] = [];
  const longest = Math.max(1, ...wanted.map((term) => term.words.length));
  for (const word of wordsOf(text)) {
    words.push(word);
    if (words.length > longest) words.shift();
    if (found[0] && word.start > found[0].start + extractLength) break;
    for (const term of wanted) {
      const place = endsHere(words, term);
      if (place) found.push(place);
    }
  }
  return merge(found);
}

function endsHere(words: Word[], term: Term) {
  const from = words.length - term.words.length;
  const first = words[from];
  const last = words.at(-1);
  if (!first || !last) return null;
  const same = term.words.every((wanted, index) => {
    const word = words[from + index]?.word ?? "";
    const unfinished = term.prefix && index === term.words.length - 1;
    return unfinished ? word.startsWith(wanted) : word === wanted;
  });
  return same ? { start: first.start, end: last.end } : null;
}

function merge(places: Place[]): Place[] {
  const merged: Place[] = [];
  for (const place of places.sort((a, b) => a.start - b.start || b.end - a.end)) {
    const last = merged.at(-1);
    if (last && place.start < last.end) last.end = Math.max(last.end, place.end);
    else merged.push({ ...place });
  }
  return merged;
}

/** The first place at or after `at` where a word begins, but not beyond `latest`. */
function wordBreak(text: string, at: number, latest: number): number {
  if (at === 0) return 0;
  const space = text.slice(at, latest).search(/\s/u);
  if (space >= 0) return at + space + 1;
  return /[\udc00-\udfff]/u.test(text[at] ?? "") ? at + 1 : at;
}

function split(text: string, begin: number, end: number, matches: Place[]): string[] {
  const parts: string[] = [];
  let at = begin;
  for (const match of matches) {
    if (match.start < at || match.end > end) continue;
    parts.push(text.slice(at, match.start), text.slice(match.start, match.end));
    at = match.end;
  }
  parts.push(text.slice(at, end) + (end < text.length ? "…" : ""));
  if (begin > 0) parts[0] = `…${parts[0] ?? ""}`;
  return parts;
}
