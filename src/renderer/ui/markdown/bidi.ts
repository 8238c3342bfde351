// Characters that turn the order of the text around them, and so can make a name or a line of code
// read as something it is not. Right-to-left writing needs none of them: paragraphs find their own
// direction.
const turning = /[\u202a-\u202e\u2066-\u2069]/g;

const names: Record<string, string> = {
  "\u202a": "LRE",
  "\u202b": "RLE",
  "\u202c": "PDF",
  "\u202d": "LRO",
  "\u202e": "RLO",
  "\u2066": "LRI",
  "\u2067": "RLI",
  "\u2068": "FSI",
  "\u2069": "PDI",
};

/** The text with each such character written out, without its effect: "[RLO]". */
export function showBidi(text: string): string {
  return text.replace(turning, (character) => `[${names[character] ?? "?"}]`);
}

export function hasBidi(text: string): boolean {
  return text.search(turning) !== -1;
}

export function withoutBidi(text: string): string {
  return text.replace(turning, "");
}
