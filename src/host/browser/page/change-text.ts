// What has changed on a page, in lines: `+` new, `~` different, `-` gone, with where it is.
import { tokensOf } from "../../../core/agent/tokens.ts";
import type { PageBox } from "../../../contract/browser.ts";
import type { Change } from "./difference.ts";
import type { LookNeeds } from "./looks.ts";
import { importance } from "./looks.ts";
import { cut, lineText } from "./line-text.ts";
import {
  chainOf,
  elementsOf,
  isTold,
  keyOf,
  type ElementPart,
  type Line,
  type PageModel,
} from "./page-model.ts";

export type ReadLine = { key: string; text: string; line: Line };
type Entry = { text: string; where: string; score: number; shows: Line | null };

export const nothingChanged = "Nothing changed on the page.";

export function changeText(
  model: PageModel,
  changes: readonly Change<ReadLine>[],
  needs: LookNeeds,
  { maxTokens, near }: { maxTokens: number; near: PageBox | null },
): { text: string; shown: Set<string> } {
  const entries = changes.flatMap((change) => entryOf(model, change, needs, near));
  const order = entries
    .map((_, at) => at)
    .sort((a, b) => entries[b]!.score - entries[a]!.score || a - b);
  let count = order.length;
  const draw = () => drawn(entries, new Set(order.slice(0, count)));
  let text = draw();
  while (tokensOf(text) > maxTokens && count > 0) {
    count = Math.min(count - 1, Math.floor(count * 0.9));
    text = draw();
  }
  const shown = new Set(order.slice(0, count).flatMap((at) => entries[at]!.shows?.key ?? []));
  return { text, shown };
}

function drawn(entries: readonly Entry[], chosen: ReadonlySet<number>): string {
  const out: string[] = [];
  let where = "";
  let left = 0;
  const closeGap = () => {
    if (left > 0) out.push(`… ${left} more ${left === 1 ? "change" : "changes"}, look to see them`);
    left = 0;
  };
  entries.forEach((entry, at) => {
    if (!chosen.has(at)) return void (left += 1);
    closeGap();
    if (entry.where !== where && entry.where !== "") out.push(`In ${entry.where}:`);
    where = entry.where;
    out.push(entry.text);
  });
  closeGap();
  return out.join("\n");
}

function entryOf(
  model: PageModel,
  change: Change<ReadLine>,
  needs: LookNeeds,
  near: PageBox | null,
): Entry[] {
  if (change.kind === "gone") {
    const text = `- ${cut(change.before.text.replace(/^- /, ""), 80)}`;
    return [{ text, where: "", score: 20, shows: null }];
  }
  const { line } = change.line;
  const mark = { new: "+", changed: "~", moved: "^" }[change.kind];
  const told = change.kind === "changed" ? changedPart(line, change.before) : line;
  const text = lineText(told, {
    mark: (part) => `[${needs.numberOf(part.place, "element")}] `,
    ...{ pageUrl: model.url, maxWords: 240, links: change.kind === "new" },
  });
  const weight = change.kind === "moved" ? -60 : 0;
  return [
    {
      text: `${mark} ${text.replace(/^- /, "")}`,
      where: whereOf(model, change.at),
      score: importance(line, model, near) + weight + (elementsOf(line).length > 0 ? 5 : 0),
      shows: line,
    },
  ];
}

/** Of a line of several controls the ones that are different, when nothing else is. */
function changedPart(line: Line, before: ReadLine): Line {
  const known = new Map(
    elementsOf(before.line).map((part) => [keyOf(part.place), fingerprint(part)]),
  );
  const wordsOf = (one: Line) => one.parts.filter((part) => typeof part === "string").join("");
  const parts = elementsOf(line).filter(
    (part) => known.get(keyOf(part.place)) !== fingerprint(part),
  );
  const isSameElse = wordsOf(line).trim() === wordsOf(before.line).trim();
  const isAllThere = elementsOf(line).length >= known.size;
  return isSameElse && isAllThere && parts.length > 0 ? { ...line, parts } : line;
}

const fingerprint = ({ role, name, value, states }: ElementPart) =>
  JSON.stringify([role, name, value, states]);

/** The dialog, form or heading that a line stands under. */
export function whereOf(model: PageModel, at: number): string {
  const line = model.lines[at]!;
  const inner = chainOf(model, line.container)
    .map((one) => model.containers[one]!)
    .findLast((one) => isTold(one) && one.role !== "iframe");
  if (inner)
    return inner.name === "" ? `the ${inner.role}` : `the ${inner.role} "${cut(inner.name, 40)}"`;
  for (let up = at - 1; up >= 0 && at - up < 400; up--) {
    const above = model.lines[up]!;
    if (above.kind !== "heading") continue;
    const words = above.parts.map((part) => (typeof part === "string" ? part : part.name));
    return `"${cut(words.join(" ").replace(/\s+/g, " ").trim(), 40)}"`;
  }
  return "";
}
