// The log, what is worked out from it, settings and grants.
import type { Migration } from "./migration.ts";

export const log: Migration = {
  version: 1,
  sql: `
    -- The truth. Rows are in the order of arrival and name their own session and place, so that a
    -- page found alone still tells everything about its rows.
    CREATE TABLE session_keys (
      key INTEGER PRIMARY KEY,
      session_id TEXT NOT NULL UNIQUE
    );
    CREATE TABLE events (
      id INTEGER PRIMARY KEY,
      session_key INTEGER NOT NULL,
      seq INTEGER NOT NULL,
      at INTEGER NOT NULL,
      type TEXT NOT NULL,
      data TEXT NOT NULL
    );
    CREATE TABLE open_texts (
      id INTEGER PRIMARY KEY,
      session_key INTEGER NOT NULL,
      kind TEXT NOT NULL,
      run_id TEXT NOT NULL,
      turn INTEGER NOT NULL,
      start INTEGER NOT NULL,
      text TEXT NOT NULL
    );
    CREATE INDEX open_texts_of ON open_texts (session_key, run_id, turn, kind);
    CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
    CREATE TABLE grants (id TEXT PRIMARY KEY, data TEXT NOT NULL);

    -- Projections: all of it can be made again from events. progress tells up to which event.
    CREATE TABLE progress (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE session_events (
      session_key INTEGER NOT NULL,
      seq INTEGER NOT NULL,
      event_id INTEGER NOT NULL,
      -- the number of the message, while it is part of the conversation
      message INTEGER,
      PRIMARY KEY (session_key, seq)
    ) WITHOUT ROWID;
    CREATE TABLE messages (number INTEGER PRIMARY KEY, event_id INTEGER NOT NULL);
    CREATE TABLE sessions (
      key INTEGER PRIMARY KEY,
      archived INTEGER NOT NULL,
      updated_at INTEGER NOT NULL,
      open_run TEXT,
      state TEXT NOT NULL
    );
    CREATE INDEX sessions_recent ON sessions (archived, updated_at);
    CREATE INDEX sessions_running ON sessions (key) WHERE open_run IS NOT NULL;
    CREATE TABLE run_usage (
      event_id INTEGER PRIMARY KEY,
      at INTEGER NOT NULL,
      tokens INTEGER NOT NULL,
      cost_usd REAL NOT NULL
    );
    CREATE INDEX run_usage_at ON run_usage (at);
    CREATE TABLE attachments (
      sha256 TEXT NOT NULL,
      session_key INTEGER NOT NULL,
      PRIMARY KEY (sha256, session_key)
    ) WITHOUT ROWID;
    CREATE INDEX attachments_of ON attachments (session_key);
    CREATE VIRTUAL TABLE title_index USING fts5 (
      session, text, content = '', contentless_delete = 1,
      tokenize = 'unicode61 remove_diacritics 2'
    );
  `,
};
