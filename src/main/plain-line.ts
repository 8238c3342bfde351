// A title as one line that hides nothing and means nothing else: titles come from models and files,
// and some systems read a notification as HTML. Pure.

const longest = 160;

export function plainLine(text: string): string {
  const line = text
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ")
    .replace(/\p{Cf}+/gu, "")
    .replaceAll("<", "‹")
    .replaceAll(">", "›")
    .trim();
  return [...line].slice(0, longest).join("");
}
