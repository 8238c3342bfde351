// Appends to the log and reads it. An append writes only the events (and ends open texts); what is
// worked out from them follows in batches and is never read before it was written.
import { type NewEvent, SessionEvent } from "../../contract/events.ts";
import type { MessageId, RunId, SessionId } from "../../contract/ids.ts";
import { AetheriaError } from "../../contract/errors.ts";
import type { Durability } from "../../core/ports.ts";
import type { Db, Transaction } from "./database.ts";
import { emptyEvent, type EventRows, type StoredEvent } from "./event-rows.ts";
import type { OpenTexts } from "./open-texts.ts";
import type { Projector } from "./projector.ts";
import type { SessionEntry, SessionTable } from "./session-table.ts";

type Parts = {
  db: Db;
  transaction: Transaction;
  rows: EventRows;
  sessions: SessionTable;
  openTexts: OpenTexts;
  projector: Projector;
  now(): number;
};

/** An event as it is handed in, with a time of its own when it is a copy. */
export type Appended = NewEvent & { at?: number };

export function createEventLog(parts: Parts) {
  const { db, transaction, rows, sessions, openTexts, projector, now } = parts;
  let nextId = rows.lastId() + 1;
  let read: { entry: SessionEntry; upTo: number; found: SessionEvent[] } | null = null;

  function append(sessionId: SessionId, events: Appended[], durability: Durability) {
    if (events.length === 0) return [];
    const known = sessions.find(sessionId);
    if (!known && events[0]?.type !== "session.created") throw noSession();
    if (durability === "full") db.pragma("synchronous = FULL");
    try {
      return write(known, sessionId, events);
    } finally {
      if (durability === "full") db.pragma("synchronous = NORMAL");
    }
  }

  function write(known: SessionEntry | null, sessionId: SessionId, events: Appended[]) {
    const ends = known !== null && events.some((event) => openTexts.isEndedBy(known.key, event));
    const [only] = events;
    if (known && only && events.length === 1 && !ends) {
      const stored = place(known, [only]);
      keep(known, stored);
      return told(known, stored);
    }
    const { entry, stored } = transaction(() => {
      const entry = known ?? sessions.create(sessionId);
      const stored = place(entry, events);
      keep(entry, stored);
      if (ends) for (const { event } of stored) openTexts.end(entry.key, event);
      return { entry, stored };
    });
    if (!known) sessions.adopt(entry);
    return told(entry, stored);
  }

  function keep(entry: SessionEntry, stored: StoredEvent[]): void {
    for (const one of stored) rows.insert(one, entry.sessionId);
  }

  /** Gives events their place and time; the clock may go backwards, the log does not. */
  function place(entry: SessionEntry, events: Appended[]): StoredEvent[] {
    const { seq, updatedAt } = entry.state?.summary ?? { seq: 0, updatedAt: 0 };
    let last = updatedAt;
    const clock = Math.floor(now());
    return events.map((event, index) => {
      last = Math.max(last, event.at ?? clock);
      const placed: SessionEvent = { ...event, seq: seq + index + 1, at: last };
      return { id: nextId + index, key: entry.key, event: placed };
    });
  }

  function told(entry: SessionEntry, stored: StoredEvent[]): SessionEvent[] {
    nextId += stored.length;
    for (const one of stored) projector.tell(entry, one);
    return stored.map((one) => one.event);
  }

  /** from < seq <= to in order, what is not projected yet included. Each as it reads from the disk: what was
   * appended just now has its own order of names, and a copy elsewhere is to be the same byte for byte. */
  function events(sessionId: SessionId, from: number, to: number, limit: number): SessionEvent[] {
    const entry = sessions.find(sessionId);
    if (!entry) return [];
    const written = rows.forward(entry.key, from, to, limit);
    const recent = projector
      .pendingOf(entry.key)
      .filter(({ event }) => event.seq > from && event.seq <= to)
      .map((stored) => ({ ...stored, event: asRead(stored.event) }));
    const found = [...written, ...recent].map((stored) => stored.event);
    return withoutHoles(found, from + 1).slice(0, limit < 0 ? undefined : limit);
  }

  /** What was read last is remembered: a screen of files asks again after every change. */
  function milestones(sessionId: SessionId): SessionEvent[] {
    const entry = sessions.find(sessionId);
    if (!entry) return [];
    const known = read?.entry === entry ? read : { entry, upTo: 0, found: [] };
    const recent = projector
      .pendingOf(entry.key)
      .filter(({ event }) => event.seq > known.upTo && isMilestone(event));
    const written = rows.milestones(entry.key, known.upTo);
    const found = [...known.found, ...[...written, ...recent].map((stored) => stored.event)];
    read = { entry, upTo: entry.state?.summary.seq ?? 0, found };
    return found;
  }

  function readBack(entry: SessionEntry, before: number, count: number): SessionEvent[] {
    const recent = projector
      .pendingOf(entry.key)
      .filter(({ event }) => event.seq < before)
      .reverse()
      .slice(0, count);
    const rest = count - recent.length;
    const upTo = Math.min(before, recent.at(-1)?.event.seq ?? before) - 1;
    const written = rest > 0 ? rows.backward(entry.key, 0, upTo, rest) : [];
    const found = [...written.reverse(), ...recent.reverse()].map((stored) => stored.event);
    return withoutHoles(found, found.length < count ? 1 : (found[0]?.seq ?? 1)).reverse();
  }

  return {
    append,
    events,
    milestones,
    readBack,
    messageSeq: (entry: SessionEntry, messageId: MessageId): number | null => {
      const isIt = ({ event }: StoredEvent) =>
        event.type === "message.sent" && event.data.messageId === messageId;
      const recent = projector.pendingOf(entry.key).find(isIt);
      return rows.messageSeqs(entry.key, messageId)[0] ?? recent?.event.seq ?? null;
    },
  };
}

/** See Store.milestones. */
export function isMilestone({ type, data }: SessionEvent): boolean {
  const always = ["session.created", "message.sent", "message.withdrawn", "run.started"];
  return always.includes(type) || type === "rewind.done" || "changes" in data;
}

/** Rows that are gone leave events without effect, so that nobody waits for them. */
const asRead = (event: SessionEvent): SessionEvent => SessionEvent.safeParse(event).data ?? event;

function withoutHoles(events: SessionEvent[], first: number): SessionEvent[] {
  let next = first;
  let whole = true;
  for (const event of events) whole &&= event.seq === next++;
  if (whole) return events;
  const filled: SessionEvent[] = [];
  for (const event of events) {
    const last = filled.at(-1);
    for (let seq = last ? last.seq + 1 : first; seq < event.seq; seq += 1)
      filled.push(emptyEvent(seq, event.at));
    filled.push(event);
  }
  return filled;
}

export function noSession(): AetheriaError {
  return new AetheriaError("not_found", "There is no such session.", {
    hint: "It may have been deleted. Open another one or start a new one.",
  });
}

/** The run that is going on at the end of these events, if any. */
export function openRunOf(events: SessionEvent[]): RunId | null {
  let open: RunId | null = null;
  for (const event of events) {
    if (event.type === "run.started") open = event.data.runId;
    if (event.type === "run.finished") open = null;
  }
  return open;
}
