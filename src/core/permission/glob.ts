// The small globs of grants: `*` within a part, `**` across parts, `[*]` for a star that is meant.
// Walks all possibilities at once, so no glob, however written, can make it slow.

export type GlobRules = {
  /** The characters that part a text: `/` for paths, `.` for hosts. */
  separators: string;
  ignoreCase: boolean;
  /** `*` behaves like `**`: for verdicts that are safer when they match more. */
  starCrosses: boolean;
};

/** `parts` is a `**` with its separator: no part at all, or whole parts; `until` is its second half. */
type Piece = { kind: "char"; char: string } | { kind: "star" | "stars" | "parts" | "until" };

export function matchesGlob(glob: string, text: string, rules: GlobRules): boolean {
  const fold = (value: string) => (rules.ignoreCase ? value.normalize("NFC").toLowerCase() : value);
  const pieces = parseGlob(fold(glob), rules);
  let places = reach(pieces, [0]);
  for (const char of fold(text)) {
    places = reach(pieces, step(pieces, places, char, rules.separators));
    if (places.size === 0) return false;
  }
  return places.has(pieces.length);
}

/** A glob that matches this text and nothing else. */
export function escapeGlob(text: string): string {
  return text.replaceAll("*", "[*]");
}

/** What every match starts with. */
export function literalPrefix(glob: string): string {
  const pieces = parseGlob(glob, { separators: "", ignoreCase: false, starCrosses: false });
  let prefix = "";
  for (const piece of pieces) {
    if (piece.kind !== "char") break;
    prefix += piece.char;
  }
  return prefix;
}

function parseGlob(glob: string, rules: GlobRules): Piece[] {
  const pieces: Piece[] = [];
  const chars = [...glob];
  let at = 0;
  while (at < chars.length) {
    const char = chars[at] ?? "";
    if (char === "[" && chars[at + 1] === "*" && chars[at + 2] === "]") {
      pieces.push({ kind: "char", char: "*" });
      at += 3;
    } else if (char !== "*") {
      pieces.push({ kind: "char", char });
      at += 1;
    } else {
      at += pushStars(pieces, chars, at, rules);
    }
  }
  return pieces;
}

function pushStars(pieces: Piece[], chars: string[], at: number, rules: GlobRules): number {
  let length = 1;
  while (chars[at + length] === "*") length += 1;
  const before = chars[at - 1] ?? "";
  const after = chars[at + length] ?? "";
  const wholeParts =
    after !== "" &&
    rules.separators.includes(after) &&
    (before === "" || rules.separators.includes(before));
  if (length > 1 && wholeParts) {
    pieces.push({ kind: "parts" }, { kind: "until" });
    return length + 1;
  }
  pieces.push({ kind: length > 1 || rules.starCrosses ? "stars" : "star" });
  return length;
}

/** The given places and all that can be reached from them without reading a character. */
function reach(pieces: Piece[], places: Iterable<number>): Set<number> {
  const reached = new Set<number>(places);
  for (const place of reached) {
    const kind = pieces[place]?.kind;
    if (kind === "star" || kind === "stars") reached.add(place + 1);
    if (kind === "parts") reached.add(place + 1).add(place + 2);
  }
  return reached;
}

function step(pieces: Piece[], places: Set<number>, char: string, separators: string): number[] {
  const next: number[] = [];
  const parts = separators.includes(char);
  for (const place of places) {
    const piece = pieces[place];
    if (piece === undefined) continue;
    if (piece.kind === "char" && piece.char === char) next.push(place + 1);
    if (piece.kind === "stars" || (piece.kind === "star" && !parts)) next.push(place);
    if (piece.kind === "until") next.push(place, ...(parts ? [place + 1] : []));
  }
  return next;
}
