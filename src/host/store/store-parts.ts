// Everything that works on one open database, joined. It is made again when the file is replaced.
import type { Clock } from "../../core/ports.ts";
import { createTransaction, type Db } from "./database.ts";
import { createEventLog } from "./event-log.ts";
import { createEventRows, type Report } from "./event-rows.ts";
import { createMirrorTable } from "./mirror-table.ts";
import { createOpenTexts } from "./open-texts.ts";
import { createProjector } from "./projector.ts";
import { createSearch } from "./search.ts";
import { createSearchIndex } from "./search-index.ts";
import { createSessionTable } from "./session-table.ts";
import { createSettingsTable } from "./settings-table.ts";

export type StoreParts = ReturnType<typeof createStoreParts>;

export function createStoreParts(db: Db, clock: Pick<Clock, "now">, report: Report) {
  const transaction = createTransaction(db);
  const rows = createEventRows(db, report);
  const sessions = createSessionTable(db, report);
  const index = createSearchIndex(db);
  const openTexts = createOpenTexts(db);
  const projector = createProjector({ db, transaction, rows, sessions, index, report });
  projector.catchUp();
  const now = () => clock.now();
  const log = createEventLog({ db, transaction, rows, sessions, openTexts, projector, now });
  const settings = createSettingsTable(db, transaction, report);
  const search = createSearch({ db, rows, index, sessions });
  const mirror = createMirrorTable(db, rows);
  return { mirror, db, transaction, sessions, openTexts, projector, log, settings, search };
}
