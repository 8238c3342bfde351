// The full-text index of messages, in shards by message number: each shard is small, so that the
// worst query on one is quick and merging never touches the rest. Holds no text, only words.
import * as z from "zod/mini";
import type { Db } from "./database.ts";
import { indexable, sessionWord } from "./search-words.ts";

const messagesPerShard = 32_768;

export type IndexedMessage = { id: number; key: number; text: string };

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
  const shardOf = (id: number) => Math.floor(id / messagesPerShard);

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
    add: ({ id, key, text }: IndexedMessage) =>
      void shard(shardOf(id)).add.run(id, sessionWord(key), indexable(text)),
    remove: (id: number) => void shard(shardOf(id)).remove.run(id),
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
    /** Message numbers of one shard that match, youngest first. */
    find: (number: number, expression: string, limit: number) =>
      z.array(z.number()).parse(shard(number).find.all(expression, limit)),
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

function createShard(db: Db, number: number): void {
  db.exec(
    `CREATE VIRTUAL TABLE message_index_${number} USING fts5 (
       session, text, content = '', contentless_delete = 1,
       tokenize = 'unicode61 remove_diacritics 2'
     )`,
  );
}

function prepareShard(db: Db, number: number) {
  const table = `message_index_${number}`;
  return {
    add: db.prepare(`INSERT INTO ${table} (rowid, session, text) VALUES (?, ?, ?)`),
    remove: db.prepare(`DELETE FROM ${table} WHERE rowid = ?`),
    find: db
      .prepare(`SELECT rowid FROM ${table} WHERE ${table} MATCH ? ORDER BY rowid DESC LIMIT ?`)
      .pluck(),
  };
}
