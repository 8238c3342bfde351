// Host names that are written to look like another one: scripts mixed within a name, letters of one
// script that pass for Latin. Names in other scripts, as people write them, are none. Names in plain
// letters are compared with the hosts that the person has to do with.
import { domainToUnicode } from "node:url";

/** What a host pretends to be (`apple.com`); null: nothing that is seen here. `host` as a URL has it,
 * in punycode. */
export function imitatedBy(host: string): string | null {
  const name = host.replace(/:\d+$/, "").replace(/\.$/, "");
  if (!/(^|\.)xn--/i.test(name)) return null;
  const labels = domainToUnicode(name).split(".");
  const isLatinZone = /^[a-z]+$/.test(labels.at(-1) ?? "");
  if (!labels.some((label) => misleads(label, isLatinZone))) return null;
  return labels.map(skeleton).join(".");
}

/** Which of these hosts `host` could be taken for though it is another: letters swapped for digits or for
 * others that look the same (`paypa1.com`), or the whole name put in front of another (`paypal.com.a.example`,
 * `paypal.com-a.example`). null: none. A name is only compared with those the person has to do with:
 * without them any name would look like some other. */
export function takenFor(host: string, known: Iterable<string>): string | null {
  const name = bareName(host);
  const others = [...new Set(Array.from(known, bareName))].filter(isName);
  if (!isName(name) || others.some((other) => isOf(name, other))) return null;
  return (
    others.find((other) => atAGlance(name) === atAGlance(other) || isInFrontOf(name, other)) ?? null
  );
}

const bareName = (host: string) =>
  host
    .trim()
    .toLowerCase()
    .replace(/:\d+$/, "")
    .replace(/\.$/, "")
    .replace(/^www\./, "");
/** Not an address in digits, nor a name of this machine. */
const isName = (name: string) => /^[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z][a-z0-9-]+$/.test(name);
const isOf = (name: string, other: string) => name === other || name.endsWith(`.${other}`);

/** `shop.com.br` is a shop's own in another country; a name of two more labels is somebody else's. */
function isInFrontOf(name: string, other: string): boolean {
  if (name.startsWith(`${other}-`)) return true;
  return name.startsWith(`${other}.`) && name.slice(other.length + 1).includes(".");
}

/** As it reads when one does not look closely; the ending stays as it is. */
function atAGlance(name: string): string {
  const ending = name.slice(name.lastIndexOf("."));
  const rest = name.slice(0, -ending.length);
  const alike = rest.replace(/rn/g, "m").replace(/vv/g, "w").replace(/-/g, "");
  return alike.replace(/[01358i]/g, (char) => glances[char] ?? char) + ending;
}

const glances: Readonly<Record<string, string>> = {
  ...{ "0": "o", "1": "l", "3": "e", "5": "s", "8": "b", i: "l" },
};

function misleads(label: string, isLatinZone: boolean): boolean {
  if (/^[\x20-\x7e]*$/.test(label)) return false;
  if (oddLatin.test(label) || /\p{Mn}/u.test(label.normalize("NFC"))) return true;
  const found = scripts.filter(({ has }) => has.test(label)).map(({ name }) => name);
  if (!usualTogether.some((set) => found.every((name) => set.includes(name)))) return true;
  // One script, all of whose letters look Latin, under a Latin ending: а-р-р-l-е.
  const isDisguised = /^[a-z0-9-]+$/.test(skeleton(label));
  return isLatinZone && isDisguised && !found.includes("Latin");
}

/** Latin letters for the ear and the small capitals: no language writes names with them. */
const oddLatin =
  /[\u0131\u0138\u0180-\u0194\u0196-\u019f\u01c0-\u01c3\u0237\u0250-\u02af\u1d00-\u1dbf\u2c60-\u2c7f\ua720-\ua7ff\uab30-\uab6f]/;

const scripts = [
  { name: "Latin", has: /\p{Script=Latin}/u },
  { name: "Cyrillic", has: /\p{Script=Cyrillic}/u },
  { name: "Greek", has: /\p{Script=Greek}/u },
  { name: "Han", has: /\p{Script=Han}/u },
  { name: "Kana", has: /[\p{Script=Hiragana}\p{Script=Katakana}]/u },
  { name: "Hangul", has: /\p{Script=Hangul}/u },
  { name: "Bopomofo", has: /\p{Script=Bopomofo}/u },
  {
    name: "other",
    has: /(?![\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Bopomofo}])\p{L}/u,
  },
];

/** What is written side by side in one name: alone, and what East Asia mixes (UTS 39). */
const usualTogether = [
  ["Latin", "Han", "Kana"],
  ["Latin", "Han", "Hangul"],
  ["Latin", "Han", "Bopomofo"],
  ["Cyrillic"],
  ["Greek"],
  ["other"],
];

/** The name as it reads at a glance. */
function skeleton(label: string): string {
  const plain = Array.from(label, (char) => passesFor.get(char) ?? char).join("");
  return plain.normalize("NFD").replace(/\p{Mn}/gu, "");
}

/** Of Unicode's confusables.txt, those that pass for a small Latin letter. */
const pairs =
  "аa ӏl сc ԁd еe һh іi јj ԛq оo рp ѕs ԝw хx уy ѵv ьb кk мm тt нh гr пn вb ԍg үy ґr ոn սu օo ցg հh " +
  "αa οo ρp νv υu ιi κk τt ηn ωw χx γy εe ɑa ɡg ɩi ıi ʟl ɢg ɴn ʀr ʏy ѡw ꮃw ƅb ɪi ⲟo ο\u006f";
const passesFor: ReadonlyMap<string, string> = new Map(
  pairs.split(" ").map((pair) => {
    const [odd = "", plain = ""] = Array.from(pair);
    return [odd, plain];
  }),
);
