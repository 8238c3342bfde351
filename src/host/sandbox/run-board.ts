// What runs in which session's sandbox right now, and which hosts its code was refused, for the window.
import type { SessionId } from "../../contract/ids.ts";
import type { SandboxRun } from "../../contract/sandbox.ts";

export interface RunBoard {
  /** Returns what to call when it is over. */
  begin(sessionId: SessionId, run: SandboxRun): () => void;
  runs(sessionId: SessionId): SandboxRun[];
  refused(sessionId: SessionId, host: string): void;
  /** It may reach it now. */
  settled(sessionId: SessionId, host: string): void;
  /** Newest first. */
  blocked(sessionId: SessionId): string[];
  forget(sessionId: SessionId): void;
}

const maxBlocked = 50;

export function createRunBoard(changed: (sessionId: SessionId) => void): RunBoard {
  const runs = new Map<SessionId, Set<SandboxRun>>();
  const blocked = new Map<SessionId, string[]>();
  const without = (sessionId: SessionId, host: string) =>
    (blocked.get(sessionId) ?? []).filter((one) => one !== host);
  return {
    begin(sessionId, run) {
      const open = runs.get(sessionId) ?? new Set();
      runs.set(sessionId, open.add(run));
      changed(sessionId);
      return () => {
        open.delete(run);
        if (open.size === 0) runs.delete(sessionId);
        changed(sessionId);
      };
    },
    runs: (sessionId) => [...(runs.get(sessionId) ?? [])],
    refused(sessionId, host) {
      blocked.set(sessionId, [host, ...without(sessionId, host)].slice(0, maxBlocked));
      changed(sessionId);
    },
    settled(sessionId, host) {
      blocked.set(sessionId, without(sessionId, host));
      changed(sessionId);
    },
    blocked: (sessionId) => blocked.get(sessionId) ?? [],
    forget: (sessionId) => void blocked.delete(sessionId),
  };
}
