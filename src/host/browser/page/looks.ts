// A look at a page within the budget: the whole of it, what is in one element, or around some words.
import { AetheriaError } from "../../../contract/errors.ts";
import type { PageBox } from "../../../contract/browser.ts";
import { pageTokens, type LookOptions } from "../../../core/browser-ports.ts";
import { fit, type Fitted, type FitNeeds } from "./fit.ts";
import { lineText } from "./line-text.ts";
import type { Numbers, Numbered } from "./numbers.ts";
import { chainOf, elementsOf, isSeen, keyOf, type Line, type PageModel } from "./page-model.ts";

export type LookNeeds = FitNeeds & { numbers: Numbers };

export const plainText = (line: Line, pageUrl: string): string =>
  lineText(line, { mark: () => "", pageUrl, maxWords: 600, links: true });

export function wholeLook(
  model: PageModel,
  needs: LookNeeds,
  { maxTokens, near }: { maxTokens: number; near: PageBox | null },
): Fitted {
  if (model.lines.length === 0)
    return { text: "The page shows no text and no controls.", shown: new Set() };
  const position = positionText(model);
  const notes = [
    ...(position ? [position] : []),
    ...(model.skipped > 0 ? [skippedText(model)] : []),
  ];
  const footer = notes.map((note) => `\n${note}`).join("");
  const fitted = fit(model, needs, {
    maxTokens: maxTokens - Math.ceil(footer.length / 3.5),
    score: (line) => importance(line, model, near),
    maxWords: (line) => (isSeen(line, model) ? 300 : 120),
    links: true,
  });
  return { ...fitted, text: fitted.text + footer };
}

/** `(at 40 % of the page)`. */
export function positionText({ view }: PageModel): string | null {
  const rest = view.fullHeight - view.height;
  if (rest <= 8) return null;
  return `(at ${Math.round((Math.min(view.top, rest) / rest) * 100)} % of the page)`;
}

const skippedText = ({ skipped }: PageModel) =>
  `(A very large page: ${skipped} parts outside of the window were not read. Scroll to them.)`;

/** What is in the window and can be acted upon first, most of all in a dialog and near the last act. */
export function importance(line: Line, model: PageModel, near: PageBox | null): number {
  const { box, kind } = line;
  const { height } = model.view;
  const isActed = elementsOf(line).length > 0;
  const roles = chainOf(model, line.container).map((at) => model.containers[at]!.role);
  const isDialog = roles.some(
    (role) => role === "dialog" || role === "alertdialog" || role === "alert",
  );
  const isAside = roles.some((role) => role === "contentinfo" || role === "complementary");
  const isInWindow = isSeen(line, model);
  const awayPages = isInWindow ? 0 : Math.max(0, box.y - height, -box.y - box.height) / height;
  const base = kind === "heading" ? 70 : isActed ? 75 : isInWindow ? 55 : 68;
  const nearness =
    near && Math.abs(box.y - near.y) < 200 && Math.abs(box.x - near.x) < 500 ? 15 : 0;
  const seen = isInWindow ? 100 : -Math.min(60, 8 * awayPages);
  return base + seen + nearness + (isDialog ? 200 : 0) - (isAside ? 20 : 0);
}

export function lookWithin(
  model: PageModel,
  what: Numbered,
  needs: LookNeeds,
  maxTokens: number,
): Fitted {
  const from = model.lines.findIndex((line) => isAt(model, line, what));
  if (from < 0)
    throw new AetheriaError("bad_input", "There is nothing to be seen in that element now.", {
      hint: "Look at the whole page.",
    });
  const isInside = (line: Line, at: number) =>
    what.kind === "from" ? at >= from : isAt(model, line, what) || belongs(model, at, from, what);
  return fit(model, needs, {
    maxTokens,
    score: (line, at) => (at >= from && isInside(line, at) ? -at : null),
    maxWords: () => 1_200,
    links: true,
  });
}

function isAt(model: PageModel, line: Line, { place }: Numbered): boolean {
  const key = keyOf(place);
  if (keyOf(line.place) === key) return true;
  if (elementsOf(line).some((part) => keyOf(part.place) === key)) return true;
  return chainOf(model, line.container).some((at) => keyOf(model.containers[at]!.place) === key);
}

/** What stands under a heading, up to the next one of its rank. */
function belongs(model: PageModel, at: number, from: number, _what: Numbered): boolean {
  const head = model.lines[from]!;
  if (head.kind !== "heading" || at < from) return false;
  const next = model.lines.findIndex(
    (line, index) => index > from && line.kind === "heading" && line.level <= head.level,
  );
  return next < 0 || at < next;
}

export function lookFor(
  model: PageModel,
  words: string,
  needs: LookNeeds,
  maxTokens: number,
): Fitted {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  const texts = model.lines.map((line) => plainText(line, model.url).toLowerCase());
  const whole = words.trim().toLowerCase();
  const exact = texts.flatMap((text, at) => (text.includes(whole) ? [at] : []));
  const hits = new Set(
    exact.length > 0
      ? exact
      : texts.flatMap((text, at) => (wanted.every((word) => text.includes(word)) ? [at] : [])),
  );
  if (hits.size === 0)
    return {
      text: `“${words}” is not on the page${model.skipped > 0 ? ", as far as it was read" : ""}.`,
      shown: new Set(),
    };
  const headings = new Set<number>();
  for (const hit of hits)
    for (let at = hit; at >= 0; at--)
      if (model.lines[at]!.kind === "heading") {
        headings.add(at);
        break;
      }
  return fit(model, needs, {
    maxTokens,
    score: (_line, at) => {
      if (hits.has(at)) return 1_000 - at / 1e4;
      if (headings.has(at)) return 500 - at / 1e4;
      return hits.has(at - 1) || hits.has(at + 1) ? 100 - at / 1e4 : null;
    },
    maxWords: () => 400,
    links: true,
  });
}

export const budgetOf = ({ maxTokens = pageTokens }: LookOptions): number =>
  Math.max(60, Math.min(pageTokens, maxTokens));
