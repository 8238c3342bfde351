// Sessions by their id and by the short key that rows carry, with their state cached. States change
// in memory first; `saveChanged` writes those that did.
import * as z from "zod/mini";
import { SessionId } from "../../contract/ids.ts";
import type { Db } from "./database.ts";
import { parseJson, type Report } from "./event-rows.ts";
import { SessionState } from "./session-state.ts";

/** `state` is null until the first event was folded. */
export type SessionEntry = { key: number; sessionId: SessionId; state: SessionState | null };

const KeyRow = z.object({ key: z.number(), session_id: SessionId });
const StateRow = z.object({ state: z.string() });

const maxCached = 1_000;

export type SessionTable = ReturnType<typeof createSessionTable>;

export function createSessionTable(db: Db, report: Report) {
  const byId = db.prepare("SELECT key, session_id FROM session_keys WHERE session_id = ?");
  const byKey = db.prepare("SELECT key, session_id FROM session_keys WHERE key = ?");
  const nextKey = db.prepare("SELECT coalesce(max(key), 0) + 1 FROM session_keys").pluck();
  const addKey = db.prepare("INSERT INTO session_keys VALUES (?, ?)");
  const state = db.prepare("SELECT state FROM sessions WHERE key = ?");
  const save = db.prepare("INSERT OR REPLACE INTO sessions VALUES (?, ?, ?, ?, ?)");
  const list = db
    .prepare(
      `SELECT key FROM sessions
       WHERE archived = ? AND updated_at < ? ORDER BY updated_at DESC LIMIT ?`,
    )
    .pluck();
  const running = db.prepare("SELECT key FROM sessions WHERE open_run IS NOT NULL").pluck();

  const cache = new Map<SessionId, SessionEntry>();
  const keys = new Map<number, SessionEntry>();
  const changed = new Set<SessionEntry>();

  function load(row: unknown): SessionEntry {
    const { key, session_id: sessionId } = KeyRow.parse(row);
    const entry = { key, sessionId, state: loadState(key) };
    return remember(entry);
  }

  function loadState(key: number): SessionState | null {
    const row = z.optional(StateRow).parse(state.get(key));
    if (!row) return null;
    const parsed = SessionState.safeParse(parseJson(row.state));
    if (!parsed.success) report(`the summary of session ${key} cannot be read`);
    return parsed.success ? parsed.data : null;
  }

  function remember(entry: SessionEntry): SessionEntry {
    if (cache.size >= maxCached) forgetUnchanged();
    cache.set(entry.sessionId, entry);
    keys.set(entry.key, entry);
    return entry;
  }

  function forgetUnchanged(): void {
    for (const entry of cache.values()) if (!changed.has(entry)) forget(entry);
  }

  function forget(entry: SessionEntry): void {
    cache.delete(entry.sessionId);
    keys.delete(entry.key);
    changed.delete(entry);
  }

  function find(sessionId: SessionId): SessionEntry | null {
    const cached = cache.get(sessionId);
    if (cached) return cached;
    const row = byId.get(sessionId);
    return row === undefined ? null : load(row);
  }

  function findKey(key: number): SessionEntry | null {
    const cached = keys.get(key);
    if (cached) return cached;
    const row = byKey.get(key);
    return row === undefined ? null : load(row);
  }

  return {
    find,
    findKey,
    /** Gives a new session its key, inside the caller's transaction. Not cached: see `adopt`. */
    create: (sessionId: SessionId): SessionEntry => {
      const key = z.number().parse(nextKey.get());
      addKey.run(key, sessionId);
      return { key, sessionId, state: null };
    },
    /** Takes a created entry in, once its transaction is committed. */
    adopt: (entry: SessionEntry) => void remember(entry),
    change: (entry: SessionEntry, next: SessionState) => {
      entry.state = next;
      cache.set(entry.sessionId, entry);
      keys.set(entry.key, entry);
      changed.add(entry);
    },
    saveChanged: () => {
      for (const { key, state } of changed) {
        if (!state) continue;
        const { archived, updatedAt } = state.summary;
        save.run(key, archived ? 1 : 0, updatedAt, state.openRun, JSON.stringify(state));
      }
    },
    /** After the transaction that saved them is committed. */
    markSaved: () => changed.clear(),
    forget,
    forgetAll: () => {
      for (const entry of [...cache.values()]) forget(entry);
    },
    /** Newest first; what is not saved yet is listed as it is now. */
    list: (archived: boolean, before: number, limit: number) => {
      const most = limit + 1 + changed.size;
      const rows = z.array(z.number()).parse(list.all(archived ? 1 : 0, before, most));
      const saved = rows.flatMap((key) => findKey(key) ?? []).filter((one) => !changed.has(one));
      const found = [...saved, ...changed]
        .flatMap(({ state }) => state?.summary ?? [])
        .filter((one) => one.archived === archived && one.updatedAt < before)
        .sort((a, b) => b.updatedAt - a.updatedAt);
      return { sessions: found.slice(0, limit), hasMore: found.length > limit };
    },
    running: (): SessionId[] => {
      const rows = z.array(z.number()).parse(running.all());
      const saved = rows.flatMap((key) => findKey(key) ?? []).filter((one) => !changed.has(one));
      const unsaved = [...changed].filter((one) => one.state?.openRun != null);
      return [...saved, ...unsaved].map((one) => one.sessionId);
    },
  };
}
