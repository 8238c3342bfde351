// Pieces of a mirrored log, read from the server or from what a companion keeps.
import type { ErrorData } from "../../contract/errors.ts";
import type { SessionEvent } from "../../contract/events.ts";
import type { SessionId } from "../../contract/ids.ts";
import { beginnings, lastResort } from "../session/tail.ts";
import { openEvent, readEvents } from "./opened-rows.ts";
import type { MirrorServer, Sealer } from "./ports.ts";
import type { KeptEvent, KeptSession, ReplicaStore } from "./replica-ports.ts";

export type Page = { page: KeptEvent[]; problem: ErrorData | null };

/** As far as the events go on one after the other: a server that leaves some out cannot hide it. */
export async function readPage(
  server: Pick<MirrorServer, "events">,
  sealer: Sealer,
  sessionId: SessionId,
  range: { from: number; to?: number; limit: number },
  signal: AbortSignal,
): Promise<Page> {
  const rows = await server.events(sessionId, range, signal);
  const opened = await Promise.all(rows.map((row) => openEvent(sealer, row)));
  const events = opened.map((one) => one.kept);
  const end = events.findIndex(({ seq }, at) => seq !== range.from + 1 + at);
  const problem = opened.find((one) => one.problem)?.problem ?? null;
  return { page: end < 0 ? events : events.slice(0, end), problem };
}

/** About `wanted` of the kept events before `before`, beginning where they fold on their own. */
export async function readFoldable(
  store: Pick<ReplicaStore, "events">,
  { sessionId, first }: KeptSession,
  before: number,
  wanted: number,
): Promise<{ events: SessionEvent[]; problem: ErrorData | null }> {
  for (let count = wanted; ; count *= 4) {
    const from = Math.max(first - 1, before - 1 - count, 0);
    const { events, problem } = readEvents(await store.events(sessionId, from, before - 1));
    const isAll = from <= first - 1 || from === 0;
    const starts = beginnings(events);
    const isEnough = (at: number) => events.length - at >= Math.min(wanted, count) / 2;
    const start = count === wanted ? starts.find(isEnough) : starts.findLast(isEnough);
    if (start === undefined && !isAll && count < wanted * 20) continue;
    return { events: events.slice(start ?? starts[0] ?? lastResort(events)), problem };
  }
}

/** Where both could be opened. */
export const agrees = (known: KeptEvent[], page: KeptEvent[]): boolean =>
  known.every(({ text }, at) => {
    const other = page[at]?.text ?? null;
    return text === null || other === null || text === other;
  });

/** What cannot be opened cannot be compared either: from there on it is read again another time. */
export function sureOf({ verified }: KeptSession, from: number, page: KeptEvent[]): number {
  const closed = page.findIndex(({ text }) => text === null);
  return closed < 0 ? from + page.length : Math.min(verified, from + closed);
}
