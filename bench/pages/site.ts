// What the saved pages of one site share: its way of naming classes, its icons, header and footer, and
// words to fill it with. The same text in every run.
import { seeded } from "../seeded.ts";

export type Naming = "bem" | "modules" | "utility";

export type Site = {
  brand: string;
  naming: Naming;
  lang: string;
  pick<T>(from: readonly T[]): T;
  int(from: number, to: number): number;
  chance(share: number): boolean;
  /** The attribute ` class="…"` of a part of a block. */
  cls(block: string, part?: string): string;
  sentence(): string;
  text(sentences: number): string;
  title(): string;
  person(): string;
};

export function createSite(brand: string, naming: Naming, seed: number, lang = "en"): Site {
  const random = seeded(seed);
  const int = (from: number, to: number) => from + Math.floor(random() * (to - from + 1));
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
  const hashes = new Map<string, string>();
  const cls = (block: string, part = "root") => {
    const key = `${block}_${part}`;
    if (naming === "bem") return ` class="${part === "root" ? block : `${block}__${part}`}"`;
    const known = hashes.get(key) ?? (naming === "modules" ? hash(random) : utilities(pick, int));
    hashes.set(key, known);
    return naming === "modules" ? ` class="${key}__${known} ${block}"` : ` class="${known}"`;
  };
  const sentence = () => {
    const [opening, subject] = [pick(openings), pick(subjects)];
    return `${opening} ${subject} ${pick(verbs)} ${pick(objects)}${chance(0.5) ? ` ${pick(endings)}` : ""}.`;
  };
  const chance = (share: number) => random() < share;
  return {
    ...{ brand, naming, lang, pick, int, chance, cls, sentence },
    text: (sentences) => Array.from({ length: sentences }, sentence).join(" "),
    title: () => {
      const subject = pick(subjects);
      return `${subject[0]!.toUpperCase()}${subject.slice(1)} ${pick(verbs)} ${pick(objects)}`;
    },
    person: () => `${pick(firstNames)} ${pick(lastNames)}`,
  };
}

const hash = (random: () => number): string =>
  random().toString(36).slice(2, 7).padEnd(5, "x").replace(/^\d/, "K");

const utilityWords =
  "flex,items-center,justify-between,gap-2,gap-4,px-4,py-2,text-sm,text-gray-700,font-medium,rounded-md,border,border-gray-200,bg-white,hover:bg-gray-50,focus-visible:outline-none,focus-visible:ring-2,focus-visible:ring-offset-2,transition-colors,dark:bg-gray-900,dark:text-gray-100,sm:px-6,lg:px-8,shadow-sm,truncate,relative,w-full,min-w-0,md:grid-cols-2,space-y-1,leading-6,antialiased".split(
    ",",
  );
const utilities = (pick: Site["pick"], int: Site["int"]): string =>
  Array.from({ length: int(4, 11) }, () => pick(utilityWords)).join(" ");

const openings =
  "After months of talks,|In most cases,|On a quiet morning,|As expected,|According to the report,|This year|Because of the weather,|For the first time,|Since the last update,|Despite the cost,|Earlier this week,|With some patience,|Contrary to what many think,|By the end of the season,".split(
    "|",
  );
const subjects =
  "the city council|a small workshop|the new bridge|the research team|a local bakery|the river path|the old library|the software release|a group of volunteers|the national railway|the coastal road|the school orchestra|the harbour office|the mountain hut|a family of four|the energy provider|the museum|the community garden".split(
    "|",
  );
const verbs =
  "has changed|will replace|depends on|brings back|opens up|struggles with|has doubled|no longer needs|is looking for|carefully measures|quietly supports|reports on|competes with".split(
    "|",
  );
const objects =
  "its opening hours|the winter timetable|older machines|a second entrance|most of its paperwork|the price of tickets|three new members|the water supply|every spare part|last year’s record|the neighbouring valley|a long list of questions|the way people travel|half of the budget".split(
    "|",
  );
const endings =
  "without much notice|for residents and visitors alike|at a lower cost than planned|until further notice|in spite of early doubts|as the figures show|over the next two years|when nobody expected it".split(
    "|",
  );
const firstNames =
  "Amelia|Jonas|Priya|Mateo|Ingrid|Yusuf|Chloe|Kenji|Lucía|Tomasz|Nadia|Oliver|Fatima|Henrik|Sofia|Daniel".split(
    "|",
  );
const lastNames =
  "Hartmann|Okafor|Lindqvist|Moreau|Tanaka|Silva|Kowalski|Brennan|Nguyen|Petrov|Castillo|Iyer|Andersen|Rossi".split(
    "|",
  );

const paths: Readonly<Record<string, string>> = {
  search:
    "M10 2a8 8 0 1 0 4.9 14.32l5.39 5.38 1.41-1.41-5.38-5.39A8 8 0 0 0 10 2Zm0 2a6 6 0 1 1 0 12 6 6 0 0 1 0-12Z",
  cart: "M3 3h2.2l2.6 11.2A2 2 0 0 0 9.75 16H18a2 2 0 0 0 1.94-1.5L21.6 8H7.1L6.2 4.2A1.6 1.6 0 0 0 4.64 3H3Zm6.5 15a1.75 1.75 0 1 0 0 3.5 1.75 1.75 0 0 0 0-3.5Zm8 0a1.75 1.75 0 1 0 0 3.5 1.75 1.75 0 0 0 0-3.5Z",
  user: "M12 12a5 5 0 1 0 0-10 5 5 0 0 0 0 10Zm0 2c-4.42 0-8 2.24-8 5v2h16v-2c0-2.76-3.58-5-8-5Z",
  heart:
    "M12 21s-7.5-4.73-9.6-9.06C.62 8.27 2.9 4 6.9 4c2.2 0 3.9 1.15 5.1 2.9C13.2 5.15 14.9 4 17.1 4c4 0 6.28 4.27 4.5 7.94C19.5 16.27 12 21 12 21Z",
  star: "m12 2 3.09 6.26L22 9.27l-5 4.87 1.18 6.88L12 17.77l-6.18 3.25L7 14.14 2 9.27l6.91-1.01L12 2Z",
  menu: "M3 6h18v2H3V6Zm0 5h18v2H3v-2Zm0 5h18v2H3v-2Z",
  chevron: "M7.41 8.59 12 13.17l4.59-4.58L18 10l-6 6-6-6 1.41-1.41Z",
  more: "M12 8a2 2 0 1 0 0-4 2 2 0 0 0 0 4Zm0 2a2 2 0 1 0 0 4 2 2 0 0 0 0-4Zm0 6a2 2 0 1 0 0 4 2 2 0 0 0 0-4Z",
  share:
    "M18 16.1c-.76 0-1.44.3-1.96.77L8.91 12.7a3.3 3.3 0 0 0 0-1.4l7.05-4.11A2.99 2.99 0 1 0 15 5c0 .24.04.47.09.7L8.04 9.81a3 3 0 1 0 0 4.38l7.12 4.16A2.92 2.92 0 1 0 18 16.1Z",
  bell: "M12 22a2 2 0 0 0 2-2h-4a2 2 0 0 0 2 2Zm6-6v-5c0-3.07-1.64-5.64-4.5-6.32V4a1.5 1.5 0 0 0-3 0v.68C7.63 5.36 6 7.92 6 11v5l-2 2v1h16v-1l-2-2Z",
};

export function icon(name: string, size = 20, label?: string): string {
  const heard = label ? `role="img" aria-label="${label}"` : 'aria-hidden="true" focusable="false"';
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}" viewBox="0 0 24 24" fill="currentColor" ${heard}><path d="${paths[name] ?? paths["menu"]}"></path></svg>`;
}

export const photo = (alt: string, width: number, height: number, hue: number): string =>
  `<img src="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 4 3'%3E%3Cpath fill='hsl(${hue} 40%25 70%25)' d='M0 0h4v3H0z'/%3E%3C/svg%3E" alt="${alt}" width="${width}" height="${height}" loading="lazy" decoding="async">`;

export const times = (count: number, make: (at: number) => string): string =>
  Array.from({ length: count }, (_, at) => make(at)).join("\n");
