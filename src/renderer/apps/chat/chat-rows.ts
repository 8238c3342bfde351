// The rows of the conversation: each item of the view, the text that still grows, and the way to
// earlier ones. A growing text keeps its row when it is finished, so that nothing is drawn anew and
// a selection in it stays. Pure.
import type { Item, OpenPiece, SessionView } from "../../../core/session/view.ts";
import { sameStart } from "../../ui/virtual-rows.ts";

export type OpenRow = { kind: "open_text" | "open_reasoning"; piece: OpenPiece };

export type Row = {
  /** Stays the same while the row changes. */
  key: string;
  item: Item | OpenRow | { kind: "earlier" };
  /** The first of what the agent said or did after the person. */
  starts: boolean;
};

/** The rows of finished items. Not to be called for each piece of text. */
export const rowsOf = (items: readonly Item[], hasEarlier: boolean): Row[] =>
  continued([], items, 0, hasEarlier);

/** The same, keeping the rows of the items that were there before: a new item at the end of a long
 * conversation makes one row. */
export class ChatRows {
  #items: readonly Item[] = [];
  #rows: Row[] = [];
  #hasEarlier = false;

  update(items: readonly Item[], hasEarlier: boolean): Row[] {
    const isSameStart = hasEarlier === this.#hasEarlier && items[0] === this.#items[0];
    const same = isSameStart ? sameStart(this.#items, items) : 0;
    const before = same === 0 ? [] : this.#rows.slice(0, same + (hasEarlier ? 1 : 0));
    this.#rows = continued(before, items, same, hasEarlier);
    this.#items = items;
    this.#hasEarlier = hasEarlier;
    return this.#rows;
  }
}

/** Adds to `rows`, which are those of the first `from` items. */
function continued(rows: Row[], items: readonly Item[], from: number, hasEarlier: boolean): Row[] {
  // Another key with each page, so that the list holds on to the first message below it.
  const key = `earlier:${items[0]?.seq}`;
  if (hasEarlier && from === 0) rows.push({ key, item: { kind: "earlier" }, starts: false });
  let isAgents = endsWithAgent(rows);
  for (let at = from; at < items.length; at += 1) {
    const item = items[at];
    if (!item) continue;
    const starts = !isAgents && saysAgent(item);
    if (item.kind === "message") isAgents = false;
    else if (starts) isAgents = true;
    rows.push({ key: keyOf(item), item, starts });
  }
  return rows;
}

/** `rows` with what grows right now at their end; the same rows where nothing grows. */
export function withOpen(
  rows: Row[],
  { openReasoning, openText }: Pick<SessionView, "openReasoning" | "openText">,
): Row[] {
  if (!openReasoning && !openText) return rows;
  let starts = !endsWithAgent(rows);
  const grown = [...rows];
  const add = (kind: OpenRow["kind"], piece: OpenPiece) => {
    const name = kind === "open_text" ? "text" : "reasoning";
    grown.push({ key: pieceKey(name, piece), item: { kind, piece }, starts });
    starts = false;
  };
  if (openReasoning) add("open_reasoning", openReasoning);
  if (openText) add("open_text", openText);
  return grown;
}

function endsWithAgent(rows: readonly Row[]): boolean {
  for (let at = rows.length - 1; at >= 0; at--) {
    const row = rows[at];
    if (row?.starts) return true;
    if (row?.item.kind === "message") return false;
  }
  return false;
}

const saysAgent = (item: Item): boolean =>
  item.kind === "text" ||
  item.kind === "reasoning" ||
  item.kind === "plan" ||
  (item.kind === "tool" && item.by === "agent");

const pieceKey = (name: string, { runId, turn }: { runId: string; turn: number }) =>
  `${name}:${runId}:${turn}`;

function keyOf(item: Item): string {
  switch (item.kind) {
    case "message":
      return `message:${item.messageId}`;
    case "tool":
      return `tool:${item.callId}`;
    case "text":
    case "reasoning":
      return pieceKey(item.kind, item);
    default:
      return `${item.kind}:${item.seq}`;
  }
}
