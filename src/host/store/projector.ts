// Works the projections out from the log: the index of events by session, summaries, messages and
// their search index, money, attachments in use. The log is written at once; the projections follow
// in batches, moments later, always before they are read, and after a crash from where they were.
import * as z from "zod/mini";
import type { EventOf, SessionEvent } from "../../contract/events.ts";
import { Sha256 } from "../../contract/ids.ts";
import type { FileEffect } from "../../contract/tool.ts";
import type { Db, Transaction } from "./database.ts";
import type { EventRows, Report, StoredEvent } from "./event-rows.ts";
import { foldState, type Hiding } from "./session-state.ts";
import type { IndexedMessage, SearchIndex } from "./search-index.ts";
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
  const { messageSeqs } = rows;
  const write = prepareWrites(db, messageSeqs);
  let pending: StoredEvent[] = [];
  let pendingChars = 0;
  /** Messages of the batch being written: indexed last, since writing anything else in between
   * would make the index write out its part each time. */
  let unindexed: IndexedMessage[] = [];
  let nextNumber = write.lastNumber() + 1;

  function project(stored: StoredEvent): void {
    const { id, key, event } = stored;
    write.sessionEvent.run(key, event.seq, id, numberMessage(stored));
    switch (event.type) {
      case "session.created":
      case "session.renamed":
        index.setTitle(key, event.data.title);
        break;
      case "run.finished":
        addUsage(stored, event.data.usage);
        break;
      case "rewind.done":
        write.hideAfter(key, event.data.toSeq);
        break;
      case "message.withdrawn":
        write.hideNamed(key, event.data.messageId);
        break;
      case "command.answered":
        addAnswer(stored, event.data);
        break;
      default:
    }
    for (const sha256 of attachmentsOf(event)) write.attachment.run(sha256, key);
  }

  /** Gives a message its number in the search index; null when the event is none. */
  function numberMessage({ id, key, event }: StoredEvent): number | null {
    if (event.type !== "message.sent" && event.type !== "text.finished") return null;
    if (event.type === "text.finished" && event.data.text === "") return null;
    const number = nextNumber;
    nextNumber += 1;
    write.message.run(number, id);
    unindexed.push({ number, key, text: event.data.text });
    return number;
  }

  type UsageSum = { inputTokens: number; outputTokens: number; costUsd: number | null };

  /** Came from another session or a file: what it tells of happened elsewhere. */
  const isCopied = ({ key, event }: StoredEvent) =>
    event.seq <= (sessions.findKey(key)?.state?.forkedSeq ?? 0);

  function addAnswer(stored: StoredEvent, data: EventOf<"command.answered">["data"]): void {
    const { commandId, deviceId, number } = data;
    if (!isCopied(stored)) write.answer.run(commandId, stored.key, deviceId, number, stored.id);
  }

  function addUsage(stored: StoredEvent, usage: UsageSum): void {
    const { id, event } = stored;
    if (isCopied(stored)) return;
    const tokens = usage.inputTokens + usage.outputTokens;
    write.usage.run(id, event.at, tokens, usage.costUsd ?? 0);
  }

  const countVisible = (key: number) => (hiding: Hiding) => {
    if (pending.length > 0)
      return countInLog([...rows.forward(key, 0, hiding.seq, -1), ...pendingOf(key)], hiding);
    if (hiding.type === "rewind.done") return write.countUpTo(key, hiding.data.toSeq);
    const gone = messageSeqs(key, hiding.data.messageId).filter((seq) => write.isVisible(key, seq));
    return write.countUpTo(key, hiding.seq) - gone.length;
  };

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
        write.progress.run("projected", upTo);
        write.progress.run("numbered", nextNumber - 1);
        for (const message of unindexed) index.add(message);
      });
    } catch (error) {
      index.reload();
      nextNumber = write.lastNumber() + 1;
      throw error;
    } finally {
      unindexed = [];
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
      if (isHiding(stored.event)) tryFlush();
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
      nextNumber = 1;
      catchUp();
    },
    /** Takes the events of a session and all that was worked out from them away, in the caller's transaction. */
    remove: (key: number): void => {
      index.removeTitle(key);
      write.removeSession(key);
    },
  };
}

function isHiding(event: SessionEvent): event is Hiding {
  return event.type === "rewind.done" || event.type === "message.withdrawn";
}

/** What the projections would count, from the log itself. */
function countInLog(log: StoredEvent[], last: Hiding): number {
  let visible: { seq: number; name: string | null }[] = [];
  for (const { event } of [...log, { event: last }]) {
    const { seq } = event;
    if (event.type === "message.sent") visible.push({ seq, name: event.data.messageId });
    if (event.type === "text.finished" && event.data.text !== "") visible.push({ seq, name: null });
    if (isHiding(event)) visible = visible.filter((message) => !hides(event, message));
  }
  return visible.length;
}

function hides(event: Hiding, message: { seq: number; name: string | null }): boolean {
  if (event.type === "rewind.done") return message.seq > event.data.toSeq;
  return message.name === event.data.messageId;
}

function textLength(event: SessionEvent): number {
  return "text" in event.data ? event.data.text.length : 0;
}

function attachmentsOf(event: SessionEvent): string[] {
  switch (event.type) {
    case "message.sent":
      return event.data.attachments.map((file) => file.sha256);
    case "tool.finished":
      return [...event.data.files.map((file) => file.sha256), ...keptBy(event.data.changes)];
    case "tool.started":
    case "rewind.done":
      return keptBy(event.data.changes);
    case "artifact.created":
    case "attachment.added":
      return [event.data.file.sha256];
    default:
      return [];
  }
}

/** Contents of files that a rewind may want back. */
const keptBy = (changes: readonly FileEffect[] = []): string[] =>
  changes
    .flatMap(({ before, after }) => [before, after])
    .filter((state) => Sha256.safeParse(state).success);

function prepareWrites(db: Db, messageSeqs: EventRows["messageSeqs"]) {
  const hidden = "session_key = ? AND seq > ? AND message IS NOT NULL";
  const dropAfter = db.prepare(
    `DELETE FROM messages WHERE number IN (SELECT message FROM session_events WHERE ${hidden})`,
  );
  const hideAfter = db.prepare(`UPDATE session_events SET message = NULL WHERE ${hidden}`);
  const hideOne = db.prepare(
    "UPDATE session_events SET message = NULL WHERE session_key = ? AND seq = ?",
  );
  const dropOne = db.prepare(
    `DELETE FROM messages WHERE number =
       (SELECT message FROM session_events WHERE session_key = ? AND seq = ?)`,
  );
  const countUpTo = db
    .prepare("SELECT count(message) FROM session_events WHERE session_key = ? AND seq <= ?")
    .pluck();
  const isVisible = db.prepare(
    "SELECT 1 FROM session_events WHERE session_key = ? AND seq = ? AND message IS NOT NULL",
  );
  const number = db.prepare("SELECT value FROM progress WHERE name = 'numbered'").pluck();
  const eventIds = "SELECT event_id FROM session_events WHERE session_key = ?";
  const removals = [
    `DELETE FROM events WHERE id IN (${eventIds})`,
    "DELETE FROM session_events WHERE session_key = ?",
    "DELETE FROM attachments WHERE session_key = ?",
    "DELETE FROM command_answers WHERE session_key = ?",
    "DELETE FROM sessions WHERE key = ?",
  ].map((sql) => db.prepare(sql));
  return {
    sessionEvent: db.prepare("INSERT INTO session_events VALUES (?, ?, ?, ?)"),
    message: db.prepare("INSERT INTO messages VALUES (?, ?)"),
    lastNumber: () => z.optional(z.number()).parse(number.get()) ?? 0,
    usage: db.prepare("INSERT OR REPLACE INTO run_usage VALUES (?, ?, ?, ?)"),
    answer: db.prepare("INSERT OR IGNORE INTO command_answers VALUES (?, ?, ?, ?, ?)"),
    attachment: db.prepare("INSERT OR IGNORE INTO attachments VALUES (?, ?)"),
    hideAfter: (key: number, seq: number) => {
      dropAfter.run(key, seq);
      hideAfter.run(key, seq);
    },
    hideNamed: (key: number, messageId: string) => {
      for (const seq of messageSeqs(key, messageId)) {
        dropOne.run(key, seq);
        hideOne.run(key, seq);
      }
    },
    countUpTo: (key: number, seq: number) => z.number().parse(countUpTo.get(key, seq)),
    isVisible: (key: number, seq: number) => isVisible.get(key, seq) !== undefined,
    projected: db.prepare("SELECT value FROM progress WHERE name = 'projected'").pluck(),
    progress: db.prepare("INSERT OR REPLACE INTO progress VALUES (?, ?)"),
    removeSession: (key: number) => {
      dropAfter.run(key, 0);
      for (const statement of removals) statement.run(key);
    },
    /** Money of deleted sessions was spent all the same: only what can be made again goes. */
    clear: () =>
      db.exec(`
        DELETE FROM session_events; DELETE FROM sessions; DELETE FROM messages;
        DELETE FROM attachments; DELETE FROM command_answers; DELETE FROM progress;
        DELETE FROM run_usage WHERE event_id IN (SELECT id FROM events);
      `),
  };
}
