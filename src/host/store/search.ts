// Search over messages and titles, newest first, within a time that a person does not notice.
import * as z from "zod/mini";
import type { SessionId } from "../../contract/ids.ts";
import type { SearchHit } from "../../contract/session.ts";
import type { Db } from "./database.ts";
import type { EventRows } from "./event-rows.ts";
import { extractOf, hasAll } from "./extract.ts";
import type { SearchIndex } from "./search-index.ts";
import { matchExpression, parseQuery, sessionWord, type Term } from "./search-words.ts";
import type { SessionTable } from "./session-table.ts";

const allowedMs = 30;
const mostHits = 200;
const shortSession = 300;

export type SearchParts = { db: Db; rows: EventRows; index: SearchIndex; sessions: SessionTable };
export type SearchResult = { hits: SearchHit[]; complete: boolean };

export function createSearch({ db, rows, index, sessions }: SearchParts) {
  const eventOf = db.prepare("SELECT event_id FROM messages WHERE number = ?").pluck();

  const numbersOf = db
    .prepare(
      `SELECT message FROM session_events
       WHERE session_key = ? AND message IS NOT NULL ORDER BY seq DESC`,
    )
    .pluck();

  function textOf(number: number): string | null {
    const id = z.optional(z.number()).parse(eventOf.get(number));
    const event = id === undefined ? undefined : rows.one(id)?.event;
    const isMessage = event?.type === "message.sent" || event?.type === "text.finished";
    return isMessage ? event.data.text : null;
  }

  function messageHit(number: unknown, terms: Term[]): SearchHit | null {
    const id = z.optional(z.number()).parse(eventOf.get(number));
    const stored = id === undefined ? null : rows.one(id);
    const session = stored && sessions.findKey(stored.key)?.state?.summary;
    if (!session) return null;
    const { type, data, seq, at } = stored.event;
    if (type !== "message.sent" && type !== "text.finished") return null;
    const { sessionId, title: sessionTitle } = session;
    const role = type === "message.sent" ? "person" : "agent";
    return { sessionId, sessionTitle, seq, at, role, extract: extractOf(data.text, terms) };
  }

  function titleHits(expression: string, terms: Term[], limit: number): SearchHit[] {
    return index.titles(expression, limit).flatMap((key): SearchHit[] => {
      const session = sessions.findKey(key)?.state?.summary;
      if (!session) return [];
      const { sessionId, title, createdAt: at } = session;
      const extract = extractOf(title, terms);
      return [{ sessionId, sessionTitle: title, seq: 1, at, role: "person", extract }];
    });
  }

  /** A short session is read through; the index is for looking in many at once. */
  function readThrough(numbers: number[], terms: Term[], most: number, deadline: number) {
    const hits: SearchHit[] = [];
    for (const number of numbers) {
      if (hits.length >= most) break;
      if (performance.now() > deadline) return { hits, complete: false };
      const text = textOf(number);
      const hit = text !== null && hasAll(text, terms) ? messageHit(number, terms) : null;
      if (hit) hits.push(hit);
    }
    return { hits, complete: true };
  }

  type Look = { shards: readonly number[]; expression: string; terms: Term[]; most: number };

  function lookUp({ shards, expression, terms, most }: Look, deadline: number): SearchResult {
    const hits: SearchHit[] = [];
    for (const shard of shards) {
      if (hits.length >= most) break;
      if (performance.now() > deadline) return { hits, complete: false };
      for (const number of index.find(shard, expression)) {
        const hit = messageHit(number, terms);
        if (hit) hits.push(hit);
        if (hits.length >= most) break;
      }
    }
    return { hits, complete: true };
  }

  function inSession(key: number, terms: Term[], most: number, deadline: number): SearchResult {
    const numbers = z.array(z.number()).parse(numbersOf.all(key));
    if (numbers.length <= shortSession) return readThrough(numbers, terms, most, deadline);
    const shards = [...new Set(numbers.map(index.shardOf))];
    const expression = matchExpression(terms, sessionWord(key));
    return lookUp({ shards, expression, terms, most }, deadline);
  }

  /** Titles come first, at most a quarter of the hits; then messages, newest first. */
  return (query: string, { sessionId, limit }: { sessionId?: SessionId; limit: number }) => {
    const terms = parseQuery(query);
    const within = sessionId === undefined ? null : sessions.find(sessionId);
    if (terms.length === 0 || (sessionId !== undefined && !within))
      return { hits: [], complete: true };
    const deadline = performance.now() + allowedMs;
    const most = Math.min(Math.max(1, limit), mostHits);
    if (within) return inSession(within.key, terms, most, deadline);
    const expression = matchExpression(terms, null);
    const titles = titleHits(expression, terms, Math.ceil(most / 4));
    const look = { shards: index.shards(), expression, terms, most: most - titles.length };
    const { hits, complete } = lookUp(look, deadline);
    return { hits: [...titles, ...hits], complete };
  };
}
