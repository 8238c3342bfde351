// Notices from two states of the session list which sessions have come to rest between them, and
// asks the log how their run ended. Pure but for the call it is given.
import type { EventOf } from "../../contract/events.ts";
import type { SessionId } from "../../contract/ids.ts";
import type { RunPhase, SessionSummary } from "../../contract/session.ts";
import type { Connection } from "./connection.svelte.ts";

export type Phases = ReadonlyMap<SessionId, RunPhase>;

export const phasesOf = (sessions: readonly SessionSummary[]): Phases =>
  new Map(sessions.map(({ sessionId, phase }) => [sessionId, phase]));

/** A session that was not in the list before had no run that anybody waited for. */
export function endedSince(before: Phases, now: readonly SessionSummary[]): SessionSummary[] {
  return now.filter(({ sessionId, phase }) => {
    const was = before.get(sessionId);
    return phase === "idle" && was !== undefined && was !== "idle";
  });
}

const lookedAt = 20;

/** The newest end of a run in this session; null when the log's tail has none. */
export async function lastRunEnd(
  connection: Pick<Connection, "call">,
  { sessionId, seq }: SessionSummary,
): Promise<EventOf<"run.finished">["data"] | null> {
  const input = { sessionId, before: seq + 1, limit: lookedAt };
  const { events } = await connection.call("session.history", input);
  const end = events.findLast((event) => event.type === "run.finished");
  return end?.data ?? null;
}
