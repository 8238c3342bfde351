// The contract's way back: which moments there are, what a rewind would do to files, and the rewind of
// a conversation and its files together. What is done to files is the workspace's (WorkspaceFiles).
import { AetheriaError } from "../../contract/errors.ts";
import type { SessionEvent } from "../../contract/events.ts";
import type { SessionId } from "../../contract/ids.ts";
import type { SessionSummary } from "../../contract/session.ts";
import { momentsOf } from "../../core/agent/moments.ts";
import { withoutRewound } from "../../core/agent/transcript.ts";
import type { Store, TakenBack, WorkspaceFiles } from "../../core/ports.ts";
import { fileEffects, targetsAt } from "../../core/session/file-effects.ts";
import type { Handlers } from "../../rpc/server.ts";
import type { LiveSession } from "./live-session.ts";

type RewindCalls = Pick<Handlers, "session.rewind" | "session.moments" | "session.rewindPreview">;

type Needs = {
  store: Store;
  files: WorkspaceFiles;
  liveOf(sessionId: SessionId): LiveSession;
  /** Throws not_found. */
  summaryOf(sessionId: SessionId): SessionSummary;
  newId(): SessionId;
};

const maxTitle = 200;
const nothing: TakenBack = { changes: [], restored: [], removed: [], failed: [] };

export function createRewindCalls(needs: Needs): RewindCalls {
  const { store, files, liveOf, summaryOf, newId } = needs;
  const targets = (sessionId: SessionId, toSeq: number) =>
    targetsAt(fileEffects(store.milestones(sessionId)), toSeq);

  /** A copy of the session as it was at `seq`, beside it. */
  const keepBranch = (sessionId: SessionId, seq: number): SessionId => {
    const { title } = summaryOf(sessionId);
    const branch = store.forkSession(sessionId, newId(), seq).sessionId;
    const mark = "(before rewind)";
    const named = `${title.slice(0, maxTitle - mark.length - 1)} ${mark}`.trim();
    const data = { title: named, by: "person" as const };
    liveOf(branch).append([{ type: "session.renamed", data }], "normal");
    return branch;
  };

  return {
    "session.rewind": ({
      sessionId,
      toSeq,
      files: withFiles = false,
      keepBranch: keeps = false,
    }) => {
      const live = liveOf(sessionId);
      checkSeq(toSeq, summaryOf(sessionId));
      return live.alone(async (signal) => {
        const { seq } = summaryOf(sessionId);
        const wanted = withFiles ? targets(sessionId, toSeq) : [];
        const { workspace } = summaryOf(sessionId);
        const { changes, ...taken } =
          wanted.length > 0 ? await files.takeBack(sessionId, workspace, wanted, signal) : nothing;
        signal.throwIfAborted();
        const branch = keeps ? keepBranch(sessionId, seq) : null;
        live.rewind(toSeq, changes);
        return { branch, ...taken };
      });
    },
    "session.moments": ({ sessionId }) => {
      summaryOf(sessionId);
      return { moments: momentsOf(store.milestones(sessionId)) };
    },
    "session.rewindPreview": async ({ sessionId, toSeq }) => {
      const { workspace, ...summary } = summaryOf(sessionId);
      checkSeq(toSeq, summary);
      const wanted = targets(sessionId, toSeq);
      return {
        messages: goneMessages(store, sessionId, toSeq),
        files: wanted.length > 0 ? await files.preview(workspace, wanted) : [],
      };
    },
  };
}

function checkSeq(toSeq: number, { seq }: Pick<SessionSummary, "seq">): void {
  if (Number.isInteger(toSeq) && toSeq >= 1 && toSeq <= seq) return;
  throw new AetheriaError("bad_input", "There is no such moment in this session.", {
    hint: "Look at its moments again.",
  });
}

/** How many messages, the person's and the answers, would no longer be part of the conversation. */
function goneMessages(store: Store, sessionId: SessionId, toSeq: number): number {
  const asked = momentsOf(store.milestones(sessionId)).filter(
    (moment) => moment.title !== null && moment.toSeq >= toSeq,
  );
  const since = withoutRewound(store.events(sessionId, { from: toSeq }));
  return asked.length + since.filter(isAnswer).length;
}

const isAnswer = (event: SessionEvent): boolean =>
  event.type === "text.finished" && event.data.text !== "";
