// Which file holds the whole output of which run, so that a model can read on in it. In memory: after a
// restart of the host the program is run again, or the person opens the file.
import type { CallId, SessionId } from "../../../contract/ids.ts";
import type { AttachmentRef } from "../../../contract/session.ts";

export type PastRuns = {
  add(sessionId: SessionId, callId: CallId, file: AttachmentRef): void;
  find(sessionId: SessionId, callId: string): AttachmentRef | null;
};

const maxRemembered = 200;

export function createPastRuns(): PastRuns {
  const runs = new Map<string, AttachmentRef>();
  const keyOf = (sessionId: SessionId, callId: string) => `${sessionId} ${callId}`;
  return {
    add(sessionId, callId, file) {
      runs.set(keyOf(sessionId, callId), file);
      const [oldest] = runs.keys();
      if (runs.size > maxRemembered && oldest !== undefined) runs.delete(oldest);
    },
    find: (sessionId, callId) => runs.get(keyOf(sessionId, callId)) ?? null,
  };
}
