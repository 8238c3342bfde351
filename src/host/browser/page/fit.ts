// Cuts a page to a budget: what counts most is told, for the rest a line says how much there is and under
// which number it can be looked at. Nothing is left out silently.
import { tokensOf } from "../../../core/agent/tokens.ts";
import type { ElementNumber } from "../../../core/browser-ports.ts";
import { containerText, cut, lineText, unmarked } from "./line-text.ts";
import {
  chainOf,
  elementsOf,
  isTold,
  type Line,
  type PageModel,
  type Place,
} from "./page-model.ts";

export type FitNeeds = {
  numberOf(place: Place, kind: "element" | "from"): ElementNumber;
  /** Digits of a number that is yet to be given. */
  digits(place: Place, kind: "element" | "from"): number;
};

export type FitOptions = {
  maxTokens: number;
  /** The higher, the sooner it is told; null: not at all, and not counted as left out. */
  score(line: Line, at: number): number | null;
  maxWords(line: Line): number;
  links: boolean;
};

export type Fitted = { text: string; shown: Set<string> };

type Mark = (place: Place, kind: "element" | "from") => string;

export function fit(model: PageModel, needs: FitNeeds, options: FitOptions): Fitted {
  const scored = model.lines.flatMap((line, at) => {
    const score = options.score(line, at);
    return score === null ? [] : [{ at, score }];
  });
  const wanted = new Set(scored.map(({ at }) => at));
  const order = [...scored].sort((a, b) => b.score - a.score || a.at - b.at).map(({ at }) => at);
  const placeholder: Mark = (place, kind) => "9".repeat(needs.digits(place, kind));
  const render = (count: number, mark: Mark) =>
    rendered(model, { wanted, chosen: filled(order.slice(0, count), wanted), mark, options });
  const fits = (count: number) => tokensOf(render(count, placeholder).text) <= options.maxTokens;

  let low = 0;
  let high = order.length;
  if (!fits(high))
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (fits(middle)) low = middle;
      else high = middle;
    }
  else low = high;
  const real: Mark = (place, kind) => String(needs.numberOf(place, kind));
  let result = render(low, real);
  // Filling single gaps makes the size not quite monotone in the count.
  while (low > 0 && tokensOf(result.text) > options.maxTokens) {
    low -= 1 + Math.floor(low / 20);
    result = render(Math.max(0, low), real);
  }
  return { ...result, text: hardCut(result.text, options.maxTokens) };
}

/** One or two lines that would be left out alone are told: saying so would cost as much. */
function filled(chosen: number[], wanted: ReadonlySet<number>): Set<number> {
  const set = new Set(chosen);
  for (const at of chosen) {
    const gap = set.has(at + 1) ? 0 : set.has(at + 2) ? 1 : set.has(at + 3) ? 2 : 0;
    for (let next = 1; next <= gap; next++) if (wanted.has(at + next)) set.add(at + next);
  }
  return set;
}

function hardCut(text: string, maxTokens: number): string {
  if (tokensOf(text) <= maxTokens) return text;
  const note = "\n… more";
  const lines = text.split("\n");
  while (lines.length > 1 && tokensOf(lines.join("\n") + note) > maxTokens) lines.pop();
  const kept = lines.join("\n") + note;
  return tokensOf(kept) <= maxTokens ? kept : kept.slice(0, Math.floor(maxTokens * 3.5));
}

function rendered(
  model: PageModel,
  drawn: {
    wanted: ReadonlySet<number>;
    chosen: ReadonlySet<number>;
    mark: Mark;
    options: FitOptions;
  },
): Fitted {
  const { wanted, chosen, mark, options } = drawn;
  const out: string[] = [];
  const shown = new Set<string>();
  let open: number[] = [];
  let gap: Line[] = [];
  const closeGap = () => {
    if (gap.length > 0) out.push(gapText(gap, mark));
    gap = [];
  };
  model.lines.forEach((line, at) => {
    if (!wanted.has(at)) return;
    if (!chosen.has(at)) return void gap.push(line);
    closeGap();
    const chain = chainOf(model, line.container).filter((one) => isTold(model.containers[one]!));
    chain.forEach((one, depth) => {
      if (open[depth] !== one) out.push(" ".repeat(depth) + containerText(model.containers[one]!));
      if (open[depth] !== one) open = chain.slice(0, depth + 1);
    });
    open = chain;
    shown.add(line.key);
    if (isNameOf(line, chain.at(-1), model)) return;
    const text = lineText(line, {
      mark: (part) => `[${mark(part.place, "element")}] `,
      ...{ pageUrl: model.url, links: options.links, maxWords: options.maxWords(line) },
    });
    out.push(" ".repeat(chain.length) + text);
  });
  closeGap();
  return { text: out.join("\n"), shown };
}

/** The heading that a part of the page is called after was told with it. */
function isNameOf(line: Line, container: number | undefined, model: PageModel): boolean {
  if (line.kind !== "heading" || container === undefined || elementsOf(line).length > 0)
    return false;
  return model.containers[container]!.name === plain(line);
}

/** `… 40 more rows (12 links), look within [31]`. */
export function gapText(gap: readonly Line[], mark: Mark): string {
  const kinds = new Set(gap.map(({ kind }) => kind));
  const [one, many] =
    kinds.size > 1 ? ["line", "lines"] : kinds.has("row") ? ["row", "rows"] : ["line", "lines"];
  const counts = new Map<string, number>();
  for (const { role } of gap.flatMap(elementsOf)) counts.set(role, (counts.get(role) ?? 0) + 1);
  const controls = [...counts]
    .sort((a, b) => b[1] - a[1])
    .slice(0, 3)
    .map(
      ([role, count]) => `${count} ${role}${count > 1 ? (/(x|ch)$/.test(role) ? "es" : "s") : ""}`,
    );
  const headings = gap
    .filter(({ kind }) => kind === "heading")
    .map((line) => unmarked(cut(plain(line), 28)));
  const named = headings.slice(0, 5).map((name) => `"${name}"`);
  if (headings.length > named.length) named.push(`${headings.length - named.length} more headings`);
  return (
    `… ${gap.length} more ${gap.length === 1 ? one : many}` +
    (controls.length > 0 ? ` (${controls.join(", ")})` : "") +
    (named.length > 0 ? `: ${named.join(", ")}` : "") +
    `, look within [${mark(gap[0]!.place, "from")}]`
  );
}

const plain = (line: Line) =>
  line.parts
    .map((part) => (typeof part === "string" ? part : part.name))
    .join(" ")
    .replace(/\s+/g, " ")
    .trim();
