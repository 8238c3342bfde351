// New sessions made of events that are there already: the beginning of another session, or a file.
// A run that was going on at the end is ended, so that nothing takes it up a second time.
import { AetheriaError } from "../../contract/errors.ts";
import type { SessionEvent } from "../../contract/events.ts";
import type { SessionId } from "../../contract/ids.ts";
import type { SessionSummary } from "../../contract/session.ts";
import { noSession, openRunOf, type Appended } from "./event-log.ts";
import { foldState, type SessionState } from "./session-state.ts";
import type { StoreParts } from "./store-parts.ts";

export function forkSession(
  parts: StoreParts,
  sessionId: SessionId,
  newId: SessionId,
  seq: number,
): SessionSummary {
  const source = parts.log.events(sessionId, 0, seq, -1);
  const [first, ...rest] = source;
  const last = source.at(-1);
  if (!first || !last) throw noSession();
  const { title, model, mode, workspace } = summaryAt(sessionId, source);
  const forkedFrom = { sessionId, seq: last.seq };
  const imported = first.type === "session.created" ? first.data.importedSeq : undefined;
  const data = {
    ...{ title, model, mode, workspace, forkedFrom },
    ...(imported === undefined ? {} : { importedSeq: Math.min(imported, last.seq) }),
  };
  const created: SessionEvent = { seq: 1, at: first.at, type: "session.created", data };
  return addSession(parts, newId, [created, ...rest.map(withoutChoices)]);
}

/** That code may run on the bare machine, and whose logins the browser has, was said of one session. */
function withoutChoices(event: SessionEvent): SessionEvent {
  if (event.type !== "session.configured") return event;
  const { machineConsent: _consent, browserProfile: _profile, ...data } = event.data;
  return { ...event, data };
}

export function importSession(
  parts: StoreParts,
  sessionId: SessionId,
  events: SessionEvent[],
): SessionSummary {
  const inOrder = events.every((event, index) => event.seq === index + 1);
  const fits = events[0]?.type === "session.created" && inOrder && !parts.sessions.find(sessionId);
  if (!fits)
    throw new AetheriaError("bad_input", "These events do not make up a whole conversation.", {
      hint: "Import a file that Aetheria exported, unchanged.",
    });
  return addSession(parts, sessionId, events);
}

function addSession({ log, sessions }: StoreParts, sessionId: SessionId, events: SessionEvent[]) {
  const copies = events.map(({ seq: _seq, ...event }): Appended => event);
  log.append(sessionId, [...copies, ...endOfRun(events)], "full");
  const summary = sessions.find(sessionId)?.state?.summary;
  if (!summary) throw noSession();
  return summary;
}

/** What the session was called and set to at the cut. */
function summaryAt(sessionId: SessionId, events: SessionEvent[]): SessionSummary {
  let state: SessionState | null = null;
  for (const event of events) state = foldState(state, sessionId, event, () => 0);
  if (!state) throw noSession();
  return state.summary;
}

function endOfRun(events: SessionEvent[]): Appended[] {
  const runId = openRunOf(events);
  if (runId === null) return [];
  const usage = { inputTokens: 0, outputTokens: 0, cachedTokens: 0, costUsd: 0 };
  return [{ type: "run.finished", data: { runId, outcome: "stopped", usage, steps: 0, ms: 0 } }];
}
