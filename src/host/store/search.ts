// Search over messages and titles, newest first, within a time that a person does not notice.
import * as z from "zod/mini";
import type { SessionId } from "../../contract/ids.ts";
import type { SearchHit } from "../../contract/session.ts";
import type { Db } from "./database.ts";
import type { EventRows } from "./event-rows.ts";
import { extractOf } from "./extract.ts";
import type { SearchIndex } from "./search-index.ts";
import { matchExpression, parseQuery, sessionWord, type Term } from "./search-words.ts";
import type { SessionTable } from "./session-table.ts";

const allowedMs = 30;
const defaultLimit = 200;

export type SearchParts = { db: Db; rows: EventRows; index: SearchIndex; sessions: SessionTable };
export type SearchResult = { hits: SearchHit[]; complete: boolean };

export function createSearch({ db, rows, index, sessions }: SearchParts) {
  const eventOf = db.prepare("SELECT event_id FROM messages WHERE number = ?").pluck();

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

  /** Titles come first, at most a quarter of the hits; then messages, newest first. */
  return (query: string, { sessionId, limit }: { sessionId?: SessionId; limit: number }) => {
    const result: SearchResult = { hits: [], complete: true };
    const terms = parseQuery(query);
    const within = sessionId === undefined ? null : sessions.find(sessionId);
    if (terms.length === 0 || (sessionId !== undefined && !within)) return result;
    const started = performance.now();
    const most = Math.min(Math.max(1, limit), defaultLimit);
    const expression = matchExpression(terms, within && sessionWord(within.key));
    if (!within) result.hits = titleHits(expression, terms, Math.ceil(most / 4));
    for (const shard of index.shards()) {
      if (result.hits.length >= most) break;
      if (performance.now() - started > allowedMs) return { ...result, complete: false };
      for (const number of index.find(shard, expression)) {
        const hit = messageHit(number, terms);
        if (hit) result.hits.push(hit);
        if (result.hits.length >= most) break;
      }
    }
    return result;
  };
}
