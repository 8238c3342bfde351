// Which sessions wait for the mirror, and how much of each. It holds numbers, never events: what waits
// stays in the log until it is taken.
import type { SessionId } from "../../contract/ids.ts";
import type { MirrorLog } from "./ports.ts";

/** `from`: what the server has; `to`: what the log has; `oldestAt`: when the first that waits happened. */
type Waiting = { from: number; to: number; oldestAt: number };

export interface WaitingSessions {
  /** Looks at everything anew. */
  load(): void;
  refresh(sessionId: SessionId): void;
  has(sessionId: SessionId): boolean;
  /** In the order of their turns: a session that was served goes to the end. */
  inTurn(): Iterable<[SessionId, number]>;
  served(sessionId: SessionId): void;
  /** Of which something is on the server that is not, or no longer, to be there. */
  misplaced(): SessionId[];
  total(): { events: number; oldestAt: number | null };
}

export function createWaitingSessions(log: MirrorLog): WaitingSessions {
  const waiting = new Map<SessionId, Waiting>();
  const misplaced = new Set<SessionId>();

  function refresh(sessionId: SessionId): void {
    const head = log.head(sessionId);
    const choice = head?.choice ?? "none";
    const there = log.mirroredAs(sessionId);
    const from = there === null ? 0 : log.checkpoint(sessionId);
    const to = head?.summary.seq ?? 0;
    const isMisplaced = head !== null && there !== null && (there === "none" || there !== choice);
    if (isMisplaced) misplaced.add(sessionId);
    else misplaced.delete(sessionId);
    if (choice === "none" || from >= to) return void waiting.delete(sessionId);
    const known = waiting.get(sessionId);
    const oldestAt =
      known?.from === from ? known.oldestAt : (log.events(sessionId, from, 1)[0]?.at ?? 0);
    waiting.set(sessionId, { from, to, oldestAt });
  }

  return {
    refresh,
    has: (sessionId) => waiting.has(sessionId),
    load() {
      waiting.clear();
      misplaced.clear();
      const all = new Set([...log.unmirrored(), ...log.mirrored()]);
      for (const sessionId of all) refresh(sessionId);
    },
    *inTurn() {
      for (const [sessionId, { from }] of waiting)
        if (!misplaced.has(sessionId)) yield [sessionId, from];
    },
    served(sessionId) {
      const one = waiting.get(sessionId);
      waiting.delete(sessionId);
      if (one) waiting.set(sessionId, one);
      refresh(sessionId);
    },
    misplaced: () => [...misplaced],
    total() {
      let events = 0;
      let oldestAt: number | null = null;
      for (const one of waiting.values()) {
        events += one.to - one.from;
        oldestAt = Math.min(oldestAt ?? one.oldestAt, one.oldestAt);
      }
      return { events, oldestAt };
    },
  };
}
