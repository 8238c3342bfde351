// The frame around what a page says: it is data, wherever it stands, and cannot close its own frame.

/** The text within `<untrusted-page …>` and its end. An attribute that is empty is left out. */
export function untrustedPage(attributes: Record<string, string>, text: string): string {
  const given = Object.entries(attributes).filter(([, value]) => value !== "");
  const head = given.map(([name, value]) => ` ${name}="${attributeText(value)}"`).join("");
  return `<untrusted-page${head}>\n${harmless(text)}\n</untrusted-page>`;
}

/** However loosely the text writes the mark, it is none any more. */
export function harmless(text: string): string {
  return text.replace(mark, "‹");
}

/** One line that ends where it should: for words of a page outside of the frame. */
export function oneLine(text: string, maxChars = 300): string {
  const line = harmless(text).replace(hidden, " ").replace(/\s+/g, " ").trim();
  const chars = Array.from(line);
  return chars.length <= maxChars ? line : `${chars.slice(0, maxChars - 1).join("")}…`;
}

/** Control characters, and what hides or turns the text around. */
const hidden = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu;

const between = "[\\p{Cf}\\p{Mn}]*";
const letters = Array.from("untrusted-page").join(between);
const mark = new RegExp(`<(?=[\\s/\\p{Cf}\\p{Cc}]*${letters})`, "giu");

function attributeText(value: string): string {
  return oneLine(value, 400).replaceAll('"', "%22").replaceAll("<", "%3C").replaceAll(">", "%3E");
}
