// One secret as texts spell it: as it is, in addresses, in forms, in JSON, in HTML; a card's number with or
// without gaps.

/** The source of a RegExp that finds it. */
export function spellingsOf(secret: string): string {
  const digits = secret.replaceAll(/[ -]/g, "");
  if (/^\d{12,19}$/.test(digits)) return [...digits].join("(?:[ \\u00a0-]|%20|\\+)?");
  return [...secret].map(spellingsOfCharacter).join("");
}

function spellingsOfCharacter(character: string): string {
  // Nobody encodes these.
  if (/^[a-z0-9]$/i.test(character)) return character;
  const spellings = new Set([escaped(character), escaped(JSON.stringify(character).slice(1, -1))]);
  spellings.add(anyCase(percentEncoded(character)));
  spellings.add(anyCase(escaped(unicodeEscaped(character))));
  for (const name of entitiesOf(character)) spellings.add(anyCase(escaped(name)));
  if (character === " ") spellings.add("\\+").add("\\u00a0");
  if (character === "/") spellings.add("\\\\/");
  const bySize = [...spellings].sort((one, other) => other.length - one.length);
  return `(?:${bySize.join("|")})`;
}

const escaped = (text: string) => text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");

/** Also of what an address may hold as it is. */
const percentEncoded = (character: string) =>
  [...Buffer.from(character)].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");

const unicodeEscaped = (character: string) =>
  Array.from({ length: character.length }, (_, at) => {
    return `\\u${character.charCodeAt(at).toString(16).padStart(4, "0")}`;
  }).join("");

function entitiesOf(character: string): string[] {
  const code = character.codePointAt(0) ?? 0;
  const named = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;" }[character];
  return [`&#${code};`, `&#x${code.toString(16)};`, ...(named === undefined ? [] : [named])];
}

/** Hexadecimal digits are written in both. */
const anyCase = (source: string) =>
  source.replaceAll(/[a-f]/g, (letter) => `[${letter}${letter.toUpperCase()}]`);
