// How far each session is in the mirror and what of it goes there. A row that cannot be understood
// counts as: nothing goes there.
import * as z from "zod/mini";
import { SessionId } from "../../contract/ids.ts";
import { CommandAnswer, MirrorChoice } from "../../contract/mirror.ts";
import type { MirrorRecord, MirrorTable } from "../../core/mirror/ports.ts";
import type { Db } from "./database.ts";
import type { EventRows } from "./event-rows.ts";

const Row = z.object({
  choice: z.catch(z.nullable(MirrorChoice), "none"),
  checkpoint: z.number(),
  mirrored_as: z.catch(z.nullable(MirrorChoice), null),
  files_seq: z.number(),
});
const fresh: MirrorRecord = { choice: null, checkpoint: 0, mirroredAs: null, filesSeq: 0 };

/** `deleteSession`: in the caller's transaction; what was never there needs no deletion there. */
export type StoredMirror = MirrorTable & { deleteSession(sessionId: SessionId): void };

export function createMirrorTable(db: Db, rows: EventRows): StoredMirror {
  const record = db.prepare("SELECT * FROM mirror_sessions WHERE session_id = ? AND deleted = 0");
  const save = db.prepare("INSERT OR REPLACE INTO mirror_sessions VALUES (?, ?, ?, ?, ?, 0)");
  // The newest event of a session is found by its key alone.
  const behind = db
    .prepare(
      `SELECT k.session_id FROM session_keys k
       LEFT JOIN mirror_sessions m ON m.session_id = k.session_id
       WHERE (SELECT max(seq) FROM session_events WHERE session_key = k.key)
             > coalesce(m.checkpoint, 0)
          OR (m.mirrored_as IS NOT NULL AND m.choice IS NOT NULL AND m.mirrored_as <> m.choice)`,
    )
    .pluck();
  const mirrored = db
    .prepare("SELECT session_id FROM mirror_sessions WHERE mirrored_as IS NOT NULL AND deleted = 0")
    .pluck();
  const markDeleted = db.prepare("UPDATE mirror_sessions SET deleted = 1 WHERE session_id = ?");
  const dropUnsent = db.prepare(
    "DELETE FROM mirror_sessions WHERE session_id = ? AND mirrored_as IS NULL",
  );
  const deleted = db.prepare("SELECT session_id FROM mirror_sessions WHERE deleted = 1").pluck();
  const forget = db.prepare("DELETE FROM mirror_sessions WHERE session_id = ? AND deleted = 1");
  const restart = db.prepare(
    "UPDATE mirror_sessions SET checkpoint = 0, mirrored_as = NULL, files_seq = 0",
  );
  // As chosen by nobody: what is sent as something else is deleted there before it is sent.
  const replace = db.prepare(
    `UPDATE mirror_sessions SET checkpoint = 0, files_seq = 0,
       mirrored_as = CASE WHEN mirrored_as IS NULL THEN NULL ELSE 'none' END`,
  );
  const dropDeleted = db.prepare("DELETE FROM mirror_sessions WHERE deleted = 1");
  const answer = db.prepare("SELECT event_id FROM command_answers WHERE command_id = ?").pluck();
  const last = db.prepare("SELECT max(number) FROM command_answers WHERE device_id = ?").pluck();

  const ids = (found: unknown) => z.array(SessionId).parse(found);
  function recordOf(sessionId: SessionId): MirrorRecord {
    const row = record.get(sessionId);
    if (row === undefined) return fresh;
    const { choice, checkpoint, mirrored_as: mirroredAs, files_seq: filesSeq } = Row.parse(row);
    return { choice, checkpoint, mirroredAs, filesSeq };
  }

  return {
    record: recordOf,
    save(sessionId, change) {
      const { choice, checkpoint, mirroredAs, filesSeq } = { ...recordOf(sessionId), ...change };
      save.run(sessionId, choice, checkpoint, mirroredAs, filesSeq);
    },
    behind: () => ids(behind.all()),
    mirrored: () => ids(mirrored.all()),
    deleted: () => ids(deleted.all()),
    forgetDeleted: (sessionId) => void forget.run(sessionId),
    deleteSession(sessionId) {
      dropUnsent.run(sessionId);
      markDeleted.run(sessionId);
    },
    restart() {
      dropDeleted.run();
      restart.run();
    },
    replaced: () => void replace.run(),
    answer(commandId) {
      const id = z.optional(z.number()).parse(answer.get(commandId));
      const event = id === undefined ? undefined : rows.one(id)?.event;
      if (event?.type !== "command.answered") return null;
      return CommandAnswer.parse(event.data);
    },
    lastNumber: (deviceId) => z.nullable(z.number()).parse(last.get(deviceId)) ?? 0,
  };
}
