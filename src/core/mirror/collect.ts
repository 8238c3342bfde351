// Reads from the log what one push carries, and seals it. What was read belongs to one moment; sealing
// takes its time and looks at the log no more.
import type { DeviceId, SessionId } from "../../contract/ids.ts";
import type { EventRow, MirrorChoice, OpenParts } from "../../contract/mirror.ts";
import { takeBatch, type BatchLimits, type BatchSource } from "./batch.ts";
import type { MirrorLog, PushBatch, Sealer } from "./ports.ts";
import { textOnlyEvent, textOnlyHead, textOnlyOpen } from "./text-only.ts";

export type Collected = {
  sessionId: SessionId;
  choice: Exclude<MirrorChoice, "none">;
  /** The last event the server has after this. */
  seq: number;
  head: string;
  open: string | null;
  events: { seq: number; text: string }[];
};

/** `waiting`: sessions with events, in the order of their turns, and from where; `opened`: sessions of
 * which what is open is to be told, whether they have events or not. */
export function collect(
  log: MirrorLog,
  waiting: Iterable<[SessionId, number]>,
  opened: Iterable<SessionId>,
  limits: BatchLimits & { maxSessions: number },
): Collected[] {
  const sources: BatchSource[] = [];
  for (const [sessionId, from] of waiting) {
    sources.push({ sessionId, from, read: reader(log, sessionId) });
    if (sources.length >= limits.maxSessions) break;
  }
  const parts = new Map(takeBatch(sources, limits).map((part) => [part.sessionId, part.events]));
  for (const sessionId of opened) if (!parts.has(sessionId)) parts.set(sessionId, []);
  return [...parts].flatMap(([sessionId, events]) => collected(log, sessionId, events) ?? []);
}

function reader(log: MirrorLog, sessionId: SessionId): BatchSource["read"] {
  const isText = log.choice(sessionId) === "text";
  return (from, limit) =>
    log.events(sessionId, from, limit).map((event) => ({
      seq: event.seq,
      text: JSON.stringify(isText ? textOnlyEvent(event) : event),
    }));
}

/** null: gone, or not to be there. Nothing is told of what is open until its events are there. */
function collected(
  log: MirrorLog,
  sessionId: SessionId,
  events: Collected["events"],
): Collected | null {
  const head = log.head(sessionId);
  const choice = head?.choice ?? "none";
  if (!head || choice === "none") return null;
  const seq = events.at(-1)?.seq ?? log.checkpoint(sessionId);
  if (seq === 0) return null;
  const open = log.open(sessionId);
  return {
    sessionId,
    choice,
    seq,
    head: JSON.stringify(choice === "text" ? textOnlyHead(head) : head),
    open: open.seq === seq ? textOf(choice === "text" ? textOnlyOpen(open) : open) : null,
    events,
  };
}

const textOf = (open: OpenParts): string | null =>
  open.openTexts.length + open.openOutputs.length === 0 ? null : JSON.stringify(open);

export async function sealBatch(
  sealer: Sealer,
  hostId: DeviceId,
  collected: readonly Collected[],
  epochs: ReadonlyMap<SessionId, number>,
): Promise<PushBatch> {
  const { generation } = sealer;
  const sessions = await Promise.all(
    collected.map(async ({ sessionId, seq, head, open }) => ({
      session_id: sessionId,
      generation,
      seq,
      epoch: epochs.get(sessionId) ?? 0,
      head: await sealer.seal("head", [sessionId, hostId], head),
      open: open === null ? null : await sealer.seal("open", [sessionId, hostId], open),
    })),
  );
  const events = await Promise.all(
    collected.flatMap(({ sessionId, events }) =>
      events.map(async ({ seq, text }): Promise<EventRow> => ({
        session_id: sessionId,
        seq,
        generation,
        payload: await sealer.seal("event", [sessionId, seq], text),
      })),
    ),
  );
  return { hostId, sessions, events, deleted: [] };
}
