// The host's log as the mirror's engine reads it: the store's events and checkpoints, and what streams
// now in the live sessions.
import type { SessionId } from "../../contract/ids.ts";
import type { MirrorChoice, OpenParts } from "../../contract/mirror.ts";
import type { MirrorLog } from "../../core/mirror/ports.ts";
import type { Store } from "../../core/ports.ts";

export function createMirrorLog(
  store: Store,
  open: (sessionId: SessionId) => OpenParts,
): MirrorLog {
  const { mirror } = store;
  const choice = (sessionId: SessionId): MirrorChoice =>
    mirror.record(sessionId).choice ?? store.settings().mirror;
  return {
    choice,
    checkpoint: (sessionId) => mirror.record(sessionId).checkpoint,
    mirroredAs: (sessionId) => mirror.record(sessionId).mirroredAs,
    saveCheckpoint(sessionId, checkpoint, mirroredAs) {
      // What went there as something else, or not at all, takes its files along.
      const files = mirroredAs === mirror.record(sessionId).mirroredAs ? {} : { filesSeq: 0 };
      mirror.save(sessionId, { checkpoint, mirroredAs, ...files });
    },
    mirrored: mirror.mirrored,
    unmirrored: mirror.behind,
    deleted: mirror.deleted,
    forgetDeleted: mirror.forgetDeleted,
    events: (sessionId, from, limit) => store.events(sessionId, { from, limit }),
    head(sessionId) {
      const summary = store.session(sessionId);
      return summary && { summary, choice: choice(sessionId) };
    },
    open,
    answered: mirror.answer,
    lastNumber: mirror.lastNumber,
  };
}
