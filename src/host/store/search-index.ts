// The full-text index of messages, in shards by message number: each shard is small, so that the
// worst query on one is quick and merging never touches the rest. Holds no text, only words, and
// forgets nothing: who asks for numbers leaves out those of messages that are gone.
import * as z from "zod/mini";
import type { Db } from "./database.ts";
import { indexable, sessionWord } from "./search-words.ts";

const messagesPerShard = 16_384;

export type IndexedMessage = { number: number; key: number; text: string };

export type SearchIndex = ReturnType<typeof createSearchIndex>;

export function createSearchIndex(db: Db) {
  const names = db
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name GLOB ?")
    .pluck();
  const open = () =>
    z
      .array(z.string())
      .parse(names.all("message_index_[0-9]*"))
      .flatMap((name) => /^message_index_(\d+)$/.exec(name)?.[1] ?? [])
      .map(Number)
      .sort((a, b) => b - a);

  let shards = open();
  const prepared = new Map<number, ReturnType<typeof prepareShard>>();
  const shardOf = (message: number) => Math.floor(message / messagesPerShard);

  function shard(number: number) {
    const known = prepared.get(number);
    if (known) return known;
    if (!shards.includes(number)) {
      createShard(db, number);
      shards = [...shards, number].sort((a, b) => b - a);
    }
    const statements = prepareShard(db, number);
    prepared.set(number, statements);
    return statements;
  }

  return {
    add: ({ number, key, text }: IndexedMessage) =>
      void shard(shardOf(number)).add.run(number, sessionWord(key), indexable(text)),
    setTitle: (key: number, title: string) => {
      db.prepare("INSERT OR REPLACE INTO title_index (rowid, session, text) VALUES (?, ?, ?)").run(
        key,
        sessionWord(key),
        indexable(title),
      );
    },
    removeTitle: (key: number) =>
      void db.prepare("DELETE FROM title_index WHERE rowid = ?").run(key),
    titles: (expression: string, limit: number) =>
      z
        .array(z.number())
        .parse(
          db
            .prepare(
              "SELECT rowid FROM title_index WHERE title_index MATCH ? ORDER BY rowid DESC LIMIT ?",
            )
            .pluck()
            .all(expression, limit),
        ),
    /** Shard numbers, the youngest messages first. */
    shards: (): readonly number[] => shards,
    shardOf,
    /** Message numbers of one shard that match, youngest first, as far as they are asked for. */
    find: (number: number, expression: string) => shard(number).find.iterate(expression),
    clear: () => {
      prepared.clear();
      for (const number of shards) db.exec(`DROP TABLE message_index_${number}`);
      db.exec("DELETE FROM title_index");
      shards = [];
    },
    /** After a transaction that made a shard was rolled back. */
    reload: () => {
      prepared.clear();
      shards = open();
    },
  };
}

/** Eight parts are merged at a time, not four: writing is quicker, and looking hardly slower. */
function createShard(db: Db, number: number): void {
  const table = `message_index_${number}`;
  db.exec(
    `CREATE VIRTUAL TABLE ${table} USING fts5 (
       session, text, content = '', columnsize = 0,
       tokenize = 'unicode61 remove_diacritics 2'
     );
     INSERT INTO ${table} (${table}, rank) VALUES ('automerge', 8);`,
  );
}

function prepareShard(db: Db, number: number) {
  const table = `message_index_${number}`;
  return {
    add: db.prepare(`INSERT INTO ${table} (rowid, session, text) VALUES (?, ?, ?)`),
    find: db
      .prepare(`SELECT rowid FROM ${table} WHERE ${table} MATCH ? ORDER BY rowid DESC`)
      .pluck(),
  };
}
