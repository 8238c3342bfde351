// The contract's session.*, approval.* and tool.run over the live sessions.
import { realpath, stat } from "node:fs/promises";
import { isAbsolute } from "node:path";
import { AetheriaError } from "../../contract/errors.ts";
import type { SessionId } from "../../contract/ids.ts";
import type { SessionSummary } from "../../contract/session.ts";
import type { Settings } from "../../contract/settings.ts";
import type { Ids, Store, WorkspaceFiles } from "../../core/ports.ts";
import type { Push } from "../../contract/calls.ts";
import type { Handlers } from "../../rpc/server.ts";
import { createRewindCalls } from "./rewind-calls.ts";
import { noSession } from "./session-log.ts";
import type { Sessions } from "./sessions.ts";
import { exportJson, exportMarkdown } from "./transfer.ts";
import { importFile } from "./transfer-import.ts";

type SessionCalls = Pick<
  Handlers,
  Extract<keyof Handlers, `session.${string}` | "approval.answer" | "tool.run">
>;

export function createSessionCalls(
  sessions: Sessions,
  store: Store,
  ids: Ids,
  settings: () => Settings,
  broadcast: (push: Push) => void,
  files: WorkspaceFiles,
): SessionCalls {
  const summaryOf = (sessionId: SessionId): SessionSummary => {
    const summary = store.session(sessionId);
    if (!summary) throw noSession();
    return summary;
  };
  const liveOf = (sessionId: SessionId) => {
    summaryOf(sessionId);
    return sessions.live(sessionId);
  };
  const newId = () => ids.next() as SessionId;

  return {
    "session.list": ({ archived = false, limit = 100, before }) =>
      store.sessions({ archived, limit: clamped(limit, 500), before }),

    "session.create": async (input) => {
      const { model = null, mode, title = "" } = input;
      const asked = input.workspace === undefined ? settings().workspace : input.workspace;
      const workspace = asked === null ? null : await realFolder(asked);
      const sessionId = newId();
      const data = { title, workspace, model, mode: mode ?? settings().mode };
      sessions.live(sessionId).append([{ type: "session.created", data }], "normal");
      return summaryOf(sessionId);
    },

    "session.open": ({ sessionId, from }, connection) => {
      const live = liveOf(sessionId);
      const snapshot = live.snapshot(from);
      sessions.watch(sessionId, connection);
      live.endDeadCalls(snapshot.events);
      return snapshot;
    },
    "session.close": ({ sessionId }, connection) => {
      sessions.unwatch(sessionId, connection);
      return {};
    },
    "session.history": ({ sessionId, before, limit }) => {
      summaryOf(sessionId);
      return store.tail(sessionId, clamped(limit, 2_000), before);
    },

    "session.send": (input) => liveOf(input.sessionId).send(input),
    "session.unqueue": ({ sessionId, messageId }) => {
      const live = liveOf(sessionId);
      if (live.transcript().queued.has(messageId))
        live.append([{ type: "message.withdrawn", data: { messageId } }], "normal");
      return {};
    },
    "session.stop": async ({ sessionId }) => ({ stopped: await liveOf(sessionId).stop() }),
    "session.retry": async ({ sessionId }) => {
      await liveOf(sessionId).retry();
      return {};
    },
    ...createRewindCalls({ store, files, liveOf, summaryOf, newId }),

    "session.rename": ({ sessionId, title }) => {
      const data = { title: title.trim(), by: "person" as const };
      if (data.title === "") throw new AetheriaError("bad_input", "A session needs a name.");
      liveOf(sessionId).append([{ type: "session.renamed", data }], "normal");
      return {};
    },
    "session.archive": ({ sessionId, archived }) => {
      liveOf(sessionId).append([{ type: "session.archived", data: { archived } }], "normal");
      return {};
    },
    "session.configure": async ({ sessionId, model, mode, workspace }) => {
      const folder = typeof workspace === "string" ? await realFolder(workspace) : workspace;
      const data = {
        ...(model === undefined ? {} : { model }),
        ...(mode === undefined ? {} : { mode }),
        ...(folder === undefined ? {} : { workspace: folder }),
      };
      liveOf(sessionId).append([{ type: "session.configured", data }], "normal");
      return {};
    },
    "session.delete": async ({ sessionId }) => {
      await liveOf(sessionId).stop();
      sessions.drop(sessionId);
      store.deleteSession(sessionId);
      broadcast({ type: "session.deleted", sessionId });
      return {};
    },
    "session.fork": ({ sessionId, seq }) => {
      summaryOf(sessionId);
      const summary = store.forkSession(sessionId, newId(), seq);
      sessions.changed(summary.sessionId);
      return summary;
    },

    "session.export": async ({ sessionId, format }) => {
      const { title } = summaryOf(sessionId);
      const events = store.events(sessionId, {});
      const name = fileName(title);
      if (format === "markdown")
        return { name: `${name}.md`, mime: "text/markdown", text: exportMarkdown(title, events) };
      const text = await exportJson(events, store.attachments);
      return { name: `${name}.aetheria.json`, mime: "application/json", text };
    },
    "session.import": async ({ file }) => {
      const { bytes } = await store.attachments.get(file.sha256, 0, file.sizeBytes);
      return importFile(bytes, {
        attachments: store.attachments,
        here: settings(),
        newId,
        now: Date.now,
        keep: (events) => {
          const summary = store.importSession(newId(), events);
          sessions.changed(summary.sessionId);
          return summary;
        },
      });
    },
    "session.search": ({ query, sessionId, limit = 50 }) =>
      store.search(query, { sessionId, limit: clamped(limit, 200) }),

    "approval.answer": (input) => {
      liveOf(input.sessionId).answer(input);
      return {};
    },
    "tool.run": ({ sessionId, name, input }) => liveOf(sessionId).runByHand(name, input),
  };
}

/** The folder's real path; a clear sentence when it is not one. */
async function realFolder(path: string): Promise<string> {
  const missing = (sentence: string) =>
    new AetheriaError("workspace_missing", sentence, { hint: "Choose another folder." });
  if (!isAbsolute(path)) throw missing(`“${path.slice(0, 200)}” is not a full path to a folder.`);
  const real = await realpath(path).catch(() => null);
  if (real === null || !(await stat(real)).isDirectory())
    throw missing(`The folder “${path.slice(0, 200)}” is not there.`);
  return real;
}

const fileName = (title: string): string =>
  title
    .replace(/[^\p{L}\p{N}_-]+/gu, " ")
    .trim()
    .slice(0, 60)
    .trim() || "session";

const clamped = (limit: number, most: number): number => Math.min(most, Math.max(1, limit));
