// What may happen to a link somebody follows. Pure. Model text and web pages are full of links; the
// list of what opens is short, and what runs programs or reads files never opens.

/** `ask`: after the person has read the whole address. */
export type LinkFate = "open" | "ask" | "never";

const open = new Set(["https:", "mailto:"]);
/** Harmless enough to ask about: they hand over to a program that asks again or only shows. */
const ask = new Set([
  "http:",
  "tel:",
  "sms:",
  "geo:",
  "webcal:",
  "magnet:",
  "xmpp:",
  "irc:",
  "ircs:",
]);
const longestUrl = 4096;

export function fateOf(url: string): LinkFate {
  if (url.length > longestUrl || hasTrickery(url) || !URL.canParse(url)) return "never";
  const { protocol, username, password, hostname } = new URL(url);
  if (!open.has(protocol) && !ask.has(protocol)) return "never";
  const isWeb = protocol === "https:" || protocol === "http:";
  if (isWeb && hostname === "") return "never";
  // `https://your-bank.example@elsewhere/` reads like one place and is another.
  if (isWeb && (username !== "" || password !== "")) return "ask";
  return open.has(protocol) ? "open" : "ask";
}

/** Control characters and those that turn the direction of writing hide where a link leads. */
const hasTrickery = (url: string): boolean =>
  /[\u0000-\u0020\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/u.test(url);
