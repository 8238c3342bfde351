// The sessions of this host: which of them live, who watches which, and who hears of changes.
import type { Push } from "../../contract/calls.ts";
import type { SessionId } from "../../contract/ids.ts";
import type { OpenParts } from "../../contract/mirror.ts";
import type { Connection } from "../../rpc/server.ts";
import { LiveSession } from "./live-session.ts";
import { noSession } from "./session-log.ts";
import type { SessionPorts } from "./session-ports.ts";

/** Summaries are told at most this often per session. */
const changedEveryMs = 50;
/** So is that files are others now: who hears it reads folders again. */
const filesEveryMs = 150;

export type Sessions = {
  /** The live session, made on first use. */
  live(sessionId: SessionId): LiveSession;
  watch(sessionId: SessionId, connection: Connection): void;
  unwatch(sessionId: SessionId, connection: Connection): void;
  /** Ends and forgets a session that is deleted: what is still on its way writes nothing. */
  drop(sessionId: SessionId): void;
  /** Takes up every run that the last host left unfinished. */
  resumeAll(): void;
  /** Ends those runs instead: what a backup brought back is nobody's wish of today. */
  endAll(): void;
  /** A session came by another way than its live one. */
  changed(sessionId: SessionId): void;
  /** What streams in it now. */
  open(sessionId: SessionId): OpenParts;
  filesChanged(sessionId: SessionId): void;
  close(): Promise<void>;
};

export function createSessions(
  ports: Omit<SessionPorts, "changed" | "filesChanged" | "idle">,
  broadcast: (push: Push) => void,
): Sessions {
  const alive = new Map<SessionId, LiveSession>();
  const watchers = new Map<SessionId, Set<Connection>>();
  const known = new WeakSet<Connection>();
  const summaries = createCoalesced(changedEveryMs, (sessionId) => {
    const summary = ports.store.session(sessionId);
    if (summary) broadcast({ type: "session.changed", summary });
  });
  const files = createCoalesced(filesEveryMs, (sessionId) =>
    broadcast({ type: "files.changed", sessionId }),
  );
  const { tell: changed } = summaries;
  const { tell: filesChanged } = files;

  const sessionPorts: SessionPorts = { ...ports, changed, filesChanged, idle: forgetIdle };

  function live(sessionId: SessionId): LiveSession {
    const already = alive.get(sessionId);
    if (already) return already;
    const tell = (push: Push) => {
      for (const connection of watchers.get(sessionId) ?? []) connection.push(push);
    };
    const session = new LiveSession(sessionId, sessionPorts, tell);
    alive.set(sessionId, session);
    return session;
  }

  /** A session that nobody watches and nothing works on keeps no memory. */
  function forgetIdle(sessionId: SessionId): void {
    const session = alive.get(sessionId);
    if (session && !session.isBusy && !watchers.has(sessionId)) alive.delete(sessionId);
  }

  function unwatch(sessionId: SessionId, connection: Connection): void {
    const watching = watchers.get(sessionId);
    watching?.delete(connection);
    if (watching?.size === 0) watchers.delete(sessionId);
    forgetIdle(sessionId);
  }

  return {
    live,
    changed(sessionId) {
      ports.appended?.(sessionId);
      changed(sessionId);
    },
    open: (sessionId) =>
      alive.get(sessionId)?.open() ?? {
        seq: ports.store.session(sessionId)?.seq ?? 0,
        openTexts: ports.store.openTexts(sessionId),
        openOutputs: [],
      },
    filesChanged,
    unwatch,
    watch(sessionId, connection) {
      const watching = watchers.get(sessionId) ?? new Set();
      watchers.set(sessionId, watching);
      watching.add(connection);
      if (known.has(connection)) return;
      known.add(connection);
      connection.onClose(() => {
        for (const watched of [...watchers.keys()]) unwatch(watched, connection);
      });
    },
    drop(sessionId) {
      void alive.get(sessionId)?.close(noSession());
      alive.delete(sessionId);
      watchers.delete(sessionId);
      summaries.forget(sessionId);
      files.forget(sessionId);
    },
    resumeAll() {
      for (const sessionId of ports.store.unfinishedSessions()) {
        try {
          live(sessionId).resume();
        } catch (error) {
          ports.onTrouble(error);
        }
      }
    },
    endAll() {
      for (const sessionId of ports.store.unfinishedSessions())
        void live(sessionId).stop().catch(ports.onTrouble);
    },
    async close() {
      summaries.close();
      files.close();
      await Promise.all([...alive.values()].map((session) => session.close()));
    },
  };
}

/** Tells of a session once within `everyMs`, however often it is to be told. */
function createCoalesced(everyMs: number, say: (sessionId: SessionId) => void) {
  const waiting = new Map<SessionId, NodeJS.Timeout>();
  return {
    tell(sessionId: SessionId): void {
      if (waiting.has(sessionId)) return;
      const timer = setTimeout(() => {
        waiting.delete(sessionId);
        say(sessionId);
      }, everyMs);
      waiting.set(sessionId, timer);
    },
    forget(sessionId: SessionId): void {
      clearTimeout(waiting.get(sessionId));
      waiting.delete(sessionId);
    },
    close(): void {
      for (const timer of waiting.values()) clearTimeout(timer);
    },
  };
}
