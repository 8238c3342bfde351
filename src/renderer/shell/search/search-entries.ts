// What the search overlay offers besides messages: actions and sessions that match by words. Pure.
import type { SessionId } from "../../../contract/ids.ts";
import type { SearchHit, SessionSummary } from "../../../contract/session.ts";
import type { Icon } from "../../ui/icons.ts";

export type Action = { id: string; label: string; icon: Icon; run: () => void };

export type Entry =
  | { kind: "action"; id: string; action: Action }
  | { kind: "session"; id: string; sessionId: SessionId; title: string; updatedAt: number }
  | { kind: "message"; id: string; hit: SearchHit };

const maxActions = 8;
const maxSessions = 6;

const shownBefore = 40;

/** The extract on one line, cut before its first match so that the match is seen. */
export function shownExtract(extract: readonly string[]): string[] {
  const [before = "", ...rest] = extract.map((part) => part.replace(/\s+/g, " "));
  const near = before.length > shownBefore ? `…${before.slice(-shownBefore)}` : before;
  return [near, ...rest];
}

/** Every word typed is found somewhere in the text. */
export function matches(text: string, query: string): boolean {
  const lower = text.toLowerCase();
  return query
    .toLowerCase()
    .split(/\s+/)
    .every((word) => lower.includes(word));
}

export function entriesOf(
  query: string,
  actions: readonly Action[],
  sessions: readonly SessionSummary[],
  hits: readonly SearchHit[],
  untitled: string,
): Entry[] {
  const wanted = query.trim();
  const fitting = wanted === "" ? actions : actions.filter(({ label }) => matches(label, wanted));
  const named = sessions
    .map((session) => ({ ...session, title: session.title || untitled }))
    .filter(({ title }) => wanted === "" || matches(title, wanted));
  return [
    ...fitting
      .slice(0, maxActions)
      .map((action): Entry => ({ kind: "action", id: `action-${action.id}`, action })),
    ...named.slice(0, maxSessions).map(({ sessionId, title, updatedAt }): Entry => ({
      kind: "session",
      id: `session-${sessionId}`,
      sessionId,
      title,
      updatedAt,
    })),
    ...hits.map((hit): Entry => ({
      kind: "message",
      id: `message-${hit.sessionId}-${hit.seq}`,
      hit,
    })),
  ];
}
