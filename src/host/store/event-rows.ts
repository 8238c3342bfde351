// Rows of the events table, read and written. A row that cannot be understood never stops the
// reading: an event without effect stands in its place, so that the numbers keep no hole.
import * as z from "zod/mini";
import { SessionEvent } from "../../contract/events.ts";
import type { SessionId } from "../../contract/ids.ts";
import type { Db } from "./database.ts";

export type StoredEvent = { id: number; key: number; event: SessionEvent };

const EventRow = z.object({
  id: z.number(),
  session_key: z.number(),
  seq: z.number(),
  at: z.number(),
  type: z.string(),
  data: z.string(),
});
type EventRow = z.infer<typeof EventRow>;

const columns = "e.id, e.session_key, e.seq, e.at, e.type, e.data";

export type Report = (line: string) => void;

export type EventRows = ReturnType<typeof createEventRows>;

export function createEventRows(db: Db, report: Report) {
  const insert = db.prepare("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?)");
  const after = db.prepare(`SELECT ${columns} FROM events e WHERE e.id > ? ORDER BY e.id LIMIT ?`);
  const ofSession = (order: "ASC" | "DESC") =>
    db.prepare(
      `SELECT ${columns} FROM session_events i JOIN events e ON e.id = i.event_id
       WHERE i.session_key = ? AND i.seq > ? AND i.seq <= ? ORDER BY i.seq ${order} LIMIT ?`,
    );
  const forward = ofSession("ASC");
  const backward = ofSession("DESC");
  // Looked for in the text: to parse every result of a long session would cost a hundred times more.
  const milestones = db.prepare(
    `SELECT ${columns} FROM session_events i JOIN events e ON e.id = i.event_id
     WHERE i.session_key = ? AND i.seq > ? AND (
       e.type IN ('session.created', 'message.sent', 'message.withdrawn', 'run.started', 'rewind.done')
       OR (e.type IN ('tool.started', 'tool.finished') AND instr(e.data, '"changes":') > 0))
     ORDER BY i.seq`,
  );
  const one = db.prepare(`SELECT ${columns} FROM events e WHERE e.id = ?`);
  const named = db
    .prepare(
      `SELECT e.seq FROM session_events i JOIN events e ON e.id = i.event_id
       WHERE i.session_key = ? AND e.type = 'message.sent' AND instr(e.data, ?) > 0
         AND json_valid(e.data) AND e.data ->> 'messageId' = ? ORDER BY e.seq`,
    )
    .pluck();
  const maxId = db.prepare("SELECT max(id) FROM events").pluck();

  const read = (row: unknown) => parseEventRow(EventRow.parse(row), report);
  return {
    lastId: () => z.nullable(z.number()).parse(maxId.get()) ?? 0,
    /** The first event of a session also tells its id, for the day the table of ids is damaged. */
    insert: ({ id, key, event }: StoredEvent, sessionId: SessionId) => {
      const { seq, at, type } = event;
      const data = type === "session.created" ? { ...event.data, sessionId } : event.data;
      insert.run(id, key, seq, at, type, JSON.stringify(data));
    },
    after: (id: number, limit: number) => after.all(id, limit).map(read),
    /** from < seq <= to, in order. */
    forward: (key: number, from: number, to: number, limit: number) =>
      forward.all(key, from, to, limit).map(read),
    /** from < seq <= to, the youngest first. */
    backward: (key: number, from: number, to: number, limit: number) =>
      backward.all(key, from, to, limit).map(read),
    /** Where a message with this id is. Reads the session through: it is asked once per message
     * sent, and an index would cost each message more than that. */
    messageSeqs: (key: number, messageId: string) =>
      z.array(z.number()).parse(named.all(key, messageId, messageId)),
    /** from < seq, in order. */
    milestones: (key: number, from: number) => milestones.all(key, from).map(read),
    one: (id: number) => {
      const row = one.get(id);
      return row === undefined ? null : read(row);
    },
  };
}

function parseEventRow(row: EventRow, report: Report): StoredEvent {
  const { id, session_key: key, seq, at, type } = row;
  const parsed = SessionEvent.safeParse({ seq, at, type, data: parseJson(row.data) });
  if (parsed.success) return { id, key, event: parsed.data };
  report(`event ${seq} (${type}) of session ${key} cannot be read and was passed over`);
  return { id, key, event: emptyEvent(seq, at) };
}

/** What a conversation is called whose beginning was lost. */
export const recoveredTitle = "Recovered conversation";

/** An event without effect, where one was lost. */
export function emptyEvent(seq: number, at: number): SessionEvent {
  if (seq === 1) {
    const data = { title: recoveredTitle, workspace: null, model: null, mode: "balanced" as const };
    return { seq, at, type: "session.created", data };
  }
  return { seq, at, type: "session.configured", data: {} };
}

/** undefined when it is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
