// Words: how text is cut for the search index, and how what a person types becomes a query that
// cannot be malformed. Scripts written without spaces are cut character by character, emoji count
// as words.

const spaceless = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/gu;
const emoji = /\p{Extended_Pictographic}/gu;
const special = /[^\u0000-\u10ff]|\p{Extended_Pictographic}/u;
const word = /[\p{L}\p{N}\p{M}\p{Co}]+/gu;

/** A sequence of words that must follow each other; the last may be only the beginning of one. */
export type Term = { words: string[]; prefix: boolean };

const maxTerms = 16;
const maxWordsInTerm = 32;

/** Text as the index takes it: what the index's own tokenizer would not tell apart is spaced out. */
export function indexable(text: string): string {
  if (!special.test(text)) return text;
  return text.replace(spaceless, " $& ").replace(emoji, (sign) => ` ${emojiWord(sign)} `);
}

function emojiWord(sign: string): string {
  return `emoji${sign.codePointAt(0)?.toString(16) ?? ""}`;
}

/** Words of the text with their places, folded as the index folds them. */
export function* wordsOf(text: string): Generator<{ word: string; start: number; end: number }> {
  const pieces = /\p{Extended_Pictographic}|[\p{L}\p{N}\p{M}\p{Co}]+/gu;
  for (const { 0: piece, index } of text.matchAll(pieces)) yield* cut(piece, index);
}

function* cut(piece: string, index: number) {
  if (!special.test(piece)) {
    yield { word: fold(piece), start: index, end: index + piece.length };
    return;
  }
  const units =
    /\p{Extended_Pictographic}|[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]|[^\p{Extended_Pictographic}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]+/gu;
  for (const { 0: unit, index: offset } of piece.matchAll(units)) {
    const folded = /\p{Extended_Pictographic}/u.test(unit) ? emojiWord(unit) : fold(unit);
    yield { word: folded, start: index + offset, end: index + offset + unit.length };
  }
}

/** Lower case, without accents. */
export function fold(text: string): string {
  const lower = text.toLowerCase();
  return /^[\u0000-\u007f]*$/.test(lower)
    ? lower
    : lower.normalize("NFD").replace(/\p{M}/gu, "").normalize("NFC");
}

/** What the person typed: words, "exact phrases", the last word maybe unfinished. */
export function parseQuery(query: string): Term[] {
  const terms: Term[] = [];
  for (const [index, part] of query.split('"').entries()) {
    const closed = index % 2 === 1 && query.split('"').length > index + 1;
    const texts = closed ? [part] : part.split(/\s+/u);
    for (const text of texts) {
      const words = indexable(text).match(word)?.map(fold).slice(0, maxWordsInTerm) ?? [];
      const usable = words.filter((one) => one !== "");
      if (usable.length > 0) terms.push({ words: usable, prefix: false });
    }
  }
  const last = terms.at(-1);
  if (last && !/["\s]$/u.test(query)) last.prefix = true;
  if (terms.length > 1 && last?.prefix && isJustBegun(last)) terms.pop();
  return terms.slice(0, maxTerms);
}

/** One letter after other words says too little to look for; the next one will say more. */
function isJustBegun({ words }: Term): boolean {
  return words.length === 1 && /^[\u0000-\u10ff]$/u.test(words[0] ?? "");
}

/** The terms as an FTS5 expression over the column `text`; nothing in it is the person's syntax. */
export function matchExpression(terms: Term[], session: string | null): string {
  const quoted = terms.map(({ words, prefix }) => `"${words.join(" ")}"${prefix ? " *" : ""}`);
  const text = `text : (${quoted.join(" AND ")})`;
  return session === null ? text : `session : "${session}" AND ${text}`;
}

/** The word that stands for a session in the index. */
export function sessionWord(key: number): string {
  return `s${key.toString(36)}`;
}
