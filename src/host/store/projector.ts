// Works the projections out from the log: the index of events by session, summaries, messages and
// their search index, money, attachments in use. The log is written at once; the projections follow
// in batches, moments later, always before they are read, and after a crash from where they were.
import * as z from "zod/mini";
import type { SessionEvent } from "../../contract/events.ts";
import type { Db, Transaction } from "./database.ts";
import type { EventRows, Report, StoredEvent } from "./event-rows.ts";
import { foldState } from "./session-state.ts";
import type { SearchIndex } from "./search-index.ts";
import type { SessionEntry, SessionTable } from "./session-table.ts";

const batchEvents = 1_024;
const batchChars = 4_000_000;
const catchUpEvents = 2_000;

export type Projector = ReturnType<typeof createProjector>;

type Parts = {
  db: Db;
  transaction: Transaction;
  rows: EventRows;
  sessions: SessionTable;
  index: SearchIndex;
  report: Report;
};

export function createProjector({ db, transaction, rows, sessions, index, report }: Parts) {
  const write = prepareWrites(db);
  let pending: StoredEvent[] = [];
  let pendingChars = 0;

  function project(stored: StoredEvent): void {
    const { id, key, event } = stored;
    write.sessionEvent.run(key, event.seq, id);
    switch (event.type) {
      case "session.created":
      case "session.renamed":
        index.setTitle(key, event.data.title);
        break;
      case "message.sent":
        addMessage(stored, false, event.data.text, event.data.messageId);
        break;
      case "text.finished":
        if (event.data.text !== "") addMessage(stored, true, event.data.text, null);
        break;
      case "run.finished":
        addUsage(stored, event.data.usage);
        break;
      case "rewind.done":
        hideAfter(key, event.data.toSeq);
        break;
      default:
    }
    for (const sha256 of attachmentsOf(event)) write.attachment.run(sha256, key);
  }

  function addMessage(stored: StoredEvent, agent: boolean, text: string, messageId: string | null) {
    const { id, key, event } = stored;
    const { lastInsertRowid } = write.message.run(key, event.seq, id, agent ? 1 : 0, messageId);
    index.add({ id: Number(lastInsertRowid), key, text });
  }

  type UsageSum = { inputTokens: number; outputTokens: number; costUsd: number | null };

  function addUsage({ id, key, event }: StoredEvent, usage: UsageSum): void {
    const copied = event.seq <= (sessions.findKey(key)?.state?.forkedSeq ?? 0);
    if (copied) return;
    const tokens = usage.inputTokens + usage.outputTokens;
    write.usage.run(id, event.at, tokens, usage.costUsd ?? 0);
  }

  function hideAfter(key: number, seq: number): void {
    const ids = z.array(z.number()).parse(write.visibleAfter.all(key, seq));
    for (const id of ids) index.remove(id);
    write.hide.run(key, seq);
  }

  const countVisible = (key: number) => (toSeq: number) =>
    pending.length === 0
      ? z.number().parse(write.countVisible.get(key, toSeq))
      : countInLog([...rows.forward(key, 0, toSeq, -1), ...pendingOf(key)], toSeq);

  /** Events of one session that are told and not yet written, in order. */
  const pendingOf = (key: number) => pending.filter((stored) => stored.key === key);

  function fold(entry: SessionEntry, event: SessionEvent): void {
    const next = foldState(entry.state, entry.sessionId, event, countVisible(entry.key));
    sessions.change(entry, next);
  }

  /** Everything told so far is written. Throws when it cannot be: then it stays told. */
  function flush(): void {
    const last = pending.at(-1);
    if (!last) return;
    inOneStep(() => pending.forEach(project), last.id);
    pending = [];
    pendingChars = 0;
  }

  /** False when it could not be written now; the log is whole all the same and it is tried again. */
  function tryFlush(): boolean {
    try {
      flush();
      return true;
    } catch (error) {
      report(`what follows from the log could not be written yet: ${String(error)}`);
      return false;
    }
  }

  function inOneStep(work: () => void, upTo: number): void {
    try {
      transaction(() => {
        work();
        sessions.saveChanged();
        write.progress.run(upTo);
      });
    } catch (error) {
      index.reload();
      throw error;
    }
    sessions.markSaved();
  }

  /** Folds what is in the log after the last written point. */
  function catchUp(): void {
    for (;;) {
      const from = z.optional(z.number()).parse(write.projected.get()) ?? 0;
      const batch = rows.after(from, catchUpEvents);
      const last = batch.at(-1);
      if (!last) return;
      try {
        inOneStep(() => batch.forEach(foldAndProject), last.id);
      } catch (error) {
        sessions.forgetAll();
        throw error;
      }
    }
  }

  function foldAndProject(stored: StoredEvent): void {
    const entry = sessions.findKey(stored.key);
    if (!entry) return report(`event ${stored.id} belongs to no session and was passed over`);
    fold(entry, stored.event);
    project(stored);
  }

  return {
    /** Tells of an event that was just appended. */
    tell: (entry: SessionEntry, stored: StoredEvent): void => {
      if (stored.event.type === "rewind.done") tryFlush();
      fold(entry, stored.event);
      pending.push(stored);
      pendingChars += textLength(stored.event);
    },
    /** So much is told and not written that it should be written now. */
    isFull: () => pending.length >= batchEvents || pendingChars >= batchChars,
    hasPending: () => pending.length > 0,
    pendingOf,
    flush,
    tryFlush,
    catchUp,
    rebuild: (): void => {
      flush();
      transaction(() => {
        index.clear();
        write.clear();
      });
      sessions.forgetAll();
      catchUp();
    },
    /** Takes a session and all that was worked out from it away, in the caller's transaction. */
    remove: (key: number): void => {
      const ids = z.array(z.number()).parse(write.visibleAfter.all(key, 0));
      for (const id of ids) index.remove(id);
      index.removeTitle(key);
      write.removeSession(key);
    },
  };
}

/** What the projections would count, from the log itself. */
function countInLog(log: StoredEvent[], toSeq: number): number {
  let visible: number[] = [];
  for (const { event } of log) {
    const said = event.type === "message.sent" || event.type === "text.finished";
    if (said && event.data.text !== "" && event.seq <= toSeq) visible.push(event.seq);
    if (event.type === "rewind.done") {
      const { toSeq: last } = event.data;
      visible = visible.filter((seq) => seq <= last);
    }
  }
  return visible.length;
}

function textLength(event: SessionEvent): number {
  return "text" in event.data ? event.data.text.length : 0;
}

function attachmentsOf(event: SessionEvent): string[] {
  switch (event.type) {
    case "message.sent":
      return event.data.attachments.map((file) => file.sha256);
    case "tool.finished":
      return event.data.files.map((file) => file.sha256);
    case "artifact.created":
    case "attachment.added":
      return [event.data.file.sha256];
    default:
      return [];
  }
}

function prepareWrites(db: Db) {
  const bySession = ["session_events", "messages", "attachments"].map((table) =>
    db.prepare(`DELETE FROM ${table} WHERE session_key = ?`),
  );
  const session = db.prepare("DELETE FROM sessions WHERE key = ?");
  return {
    sessionEvent: db.prepare("INSERT OR REPLACE INTO session_events VALUES (?, ?, ?)"),
    message: db.prepare(
      `INSERT INTO messages (session_key, seq, event_id, agent, hidden, message_id)
       VALUES (?, ?, ?, ?, 0, ?)`,
    ),
    usage: db.prepare("INSERT OR REPLACE INTO run_usage VALUES (?, ?, ?, ?)"),
    attachment: db.prepare("INSERT OR IGNORE INTO attachments VALUES (?, ?)"),
    visibleAfter: db
      .prepare("SELECT id FROM messages WHERE session_key = ? AND seq > ? AND hidden = 0")
      .pluck(),
    hide: db.prepare("UPDATE messages SET hidden = 1 WHERE session_key = ? AND seq > ?"),
    countVisible: db
      .prepare("SELECT count(*) FROM messages WHERE session_key = ? AND seq <= ? AND hidden = 0")
      .pluck(),
    projected: db.prepare("SELECT value FROM progress WHERE name = 'projected'").pluck(),
    progress: db.prepare("INSERT OR REPLACE INTO progress VALUES ('projected', ?)"),
    removeSession: (key: number) => {
      for (const statement of [...bySession, session]) statement.run(key);
    },
    /** Money of deleted sessions was spent all the same: only what can be made again goes. */
    clear: () =>
      db.exec(`
        DELETE FROM session_events; DELETE FROM sessions; DELETE FROM messages;
        DELETE FROM attachments; DELETE FROM progress;
        DELETE FROM run_usage WHERE event_id IN (SELECT id FROM events);
      `),
  };
}
