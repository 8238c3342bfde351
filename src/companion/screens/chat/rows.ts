// The rows of the conversation: each item of the view, what still grows, and what waits to be said. A
// growing text keeps its row when it is finished, so that nothing is drawn anew. Pure.
import type { MessageId } from "../../../contract/ids.ts";
import type { Item, OpenPiece, QueuedItem, SessionView } from "../../../core/session/view.ts";
import { sameStart } from "../../../renderer/ui/virtual-rows.ts";
import type { WaitingWish } from "../../source/source.ts";

/** What was sent just now is among the last. */
const lookBack = 100;

export type Row = {
  /** Stays the same while the row changes. */
  key: string;
  item:
    | Item
    | { kind: "open_text"; piece: OpenPiece }
    | { kind: "open_reasoning"; piece: OpenPiece }
    | { kind: "queued"; queued: QueuedItem }
    | { kind: "unsent"; waiting: WaitingWish }
    | { kind: "earlier" };
};

/** Keeps the rows of the items that were there before: a new item at the end of a long conversation
 * makes one row. */
export class Rows {
  #items: readonly Item[] = [];
  #rows: Row[] = [];

  update(items: readonly Item[]): readonly Row[] {
    const same = items[0] === this.#items[0] ? sameStart(this.#items, items) : 0;
    const more = items.slice(same).map((item) => ({ key: keyOf(item), item }));
    this.#rows = [...this.#rows.slice(0, same), ...more];
    this.#items = items;
    return this.#rows;
  }
}

/** All that is to be drawn, in order. */
export function allRows(
  finished: readonly Row[],
  view: Pick<SessionView, "openReasoning" | "openText" | "queued" | "items">,
  { hasEarlier, unsent }: { hasEarlier: boolean; unsent: readonly WaitingWish[] },
): readonly Row[] {
  const { openReasoning, openText, queued } = view;
  const after: Row[] = [];
  if (openReasoning)
    after.push({
      key: pieceKey("reasoning", openReasoning),
      item: { kind: "open_reasoning", piece: openReasoning },
    });
  if (openText)
    after.push({ key: pieceKey("text", openText), item: { kind: "open_text", piece: openText } });
  for (const one of queued)
    after.push({ key: `message:${one.messageId}`, item: { kind: "queued", queued: one } });
  for (const waiting of unsent)
    if (!isTaken(view, waiting))
      after.push({ key: `unsent:${waiting.id}`, item: { kind: "unsent", waiting } });
  if (!hasEarlier && after.length === 0) return finished;
  // Another key with each page, so that the list holds on to the first message below it.
  const before: Row[] = hasEarlier
    ? [{ key: `earlier:${view.items[0]?.seq}`, item: { kind: "earlier" } }]
    : [];
  return [...before, ...finished, ...after];
}

/** The log may have a message before the answer to its sending is here: it is shown once. */
function isTaken({ items, queued }: Pick<SessionView, "items" | "queued">, { wish }: WaitingWish) {
  if (wish.kind !== "send") return false;
  const isIt = (messageId: MessageId) => messageId === wish.messageId;
  return (
    queued.some((one) => isIt(one.messageId)) ||
    items.slice(-lookBack).some((item) => item.kind === "message" && isIt(item.messageId))
  );
}

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
