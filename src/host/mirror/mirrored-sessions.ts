// What the desktop asks of one session in the mirror: what of it goes there, how far it is, where its
// files are.
import type { Push } from "../../contract/calls.ts";
import type { SessionId } from "../../contract/ids.ts";
import type { MirrorChoice } from "../../contract/mirror.ts";
import type { MirrorLog } from "../../core/mirror/ports.ts";
import type { Store } from "../../core/ports.ts";
import type { RunningMirror } from "./running-mirror.ts";

export type MirroredSessionsParts = {
  store: Store;
  log: MirrorLog;
  /** null: nobody is signed in, or the key is not here. */
  running(): RunningMirror | null;
  /** The same, or throws why there is none. */
  working(): RunningMirror;
  broadcast(push: Push): void;
};

/** How long an answer of the server is waited for. */
export const asking = (): AbortSignal => AbortSignal.timeout(20_000);

export function createMirroredSessions(parts: MirroredSessionsParts) {
  const { store, log, running } = parts;
  const tell = (sessionId: SessionId) => parts.broadcast({ type: "mirror.session", sessionId });
  return {
    tell,
    /** null: as the settings say. */
    choose(sessionId: SessionId, choice: MirrorChoice | null): void {
      store.mirror.save(sessionId, { choice });
      running()?.engine.changed(sessionId);
      tell(sessionId);
    },
    async session(sessionId: SessionId) {
      const { choice, checkpoint } = store.mirror.record(sessionId);
      const now = running();
      // Whoever waits for the server already is not made to wait for it once more.
      const asks = now?.engine.state().error === null;
      const files = now ? await now.files.places(sessionId, asks, asking()) : [];
      return { choice, as: log.choice(sessionId), mirroredSeq: checkpoint, files };
    },
    async fetchFile(sessionId: SessionId, sha256: string, signal: AbortSignal): Promise<void> {
      await parts.working().files.fetch(sessionId, sha256, signal);
      tell(sessionId);
    },
  };
}
