// Names that come from files and from others, as they are: signs that turn the reading direction or
// are not seen at all would make `gpj.exe` look like `exe.jpg`, so they are shown as what they are.

// The pattern names them by number on purpose: in the source they could not be seen either.
const unseen =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\u{e0000}-\u{e007f}]/gu;

/** With `⟨U+202E⟩` in place of each such sign. Show it in a `<bdi>`, so that its own direction does
 * not reach the words around it. */
export const plainName = (name: string): string =>
  name.replace(unseen, (sign) => `⟨U+${codeOf(sign)}⟩`);

const codeOf = (sign: string): string =>
  (sign.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
