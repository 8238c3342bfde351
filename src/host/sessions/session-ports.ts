// What live sessions need from the host that joins the rooms.
import type { RunOutcome } from "../../contract/events.ts";
import type { SessionId } from "../../contract/ids.ts";
import type { Rules } from "../../core/agent/run-ports.ts";
import type { NewGrant } from "../../core/permission/grants.ts";
import type { AttachmentReader, Clock, Ids, Models, Store, Tool } from "../../core/ports.ts";

export type SessionPorts = {
  store: Store;
  clock: Clock;
  ids: Ids;
  models: Models;
  tools: ReadonlyMap<string, Tool>;
  attachments: AttachmentReader;
  platform: string;
  random(): number;
  rules(): Omit<Rules, "mode">;
  saveGrant(grant: NewGrant): void;
  /** The session's summary is another one now; clients that list sessions want to know. */
  changed(sessionId: SessionId): void;
  /** Its log has grown, now. */
  appended?(sessionId: SessionId): void;
  /** What streams in it has grown. */
  grown?(sessionId: SessionId): void;
  /** Files of its workspace may be others now. */
  filesChanged(sessionId: SessionId): void;
  runEnded(sessionId: SessionId, outcome: RunOutcome): void;
  /** Nothing works in the session any more. */
  idle(sessionId: SessionId): void;
  /** Something could not be done in the background; the person should read why. */
  onTrouble(error: unknown): void;
};
