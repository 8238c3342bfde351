// What is kept of the mirror beside the log: how far each session is there, and which commands from
// afar were answered.
import type { Migration } from "./migration.ts";

export const mirror: Migration = {
  version: 2,
  sql: `
    -- A row outlives its session until the mirror has deleted it too.
    CREATE TABLE mirror_sessions (
      session_id TEXT PRIMARY KEY,
      -- null: as the settings say
      choice TEXT,
      -- the last seq that the server confirmed, and as what it was sent
      checkpoint INTEGER NOT NULL,
      mirrored_as TEXT,
      -- files of events up to this one are there
      files_seq INTEGER NOT NULL,
      deleted INTEGER NOT NULL
    );

    -- A projection: command.answered by command.
    CREATE TABLE command_answers (
      command_id TEXT PRIMARY KEY,
      session_key INTEGER NOT NULL,
      device_id TEXT NOT NULL,
      number INTEGER NOT NULL,
      event_id INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX command_answers_of ON command_answers (device_id, number);
    CREATE INDEX command_answers_in ON command_answers (session_key);
  `,
};
