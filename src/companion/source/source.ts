// Where the companion's sessions come from, whichever wire carries them: straight from the host on the
// same network, or through the mirror. Screens know this and no wire.
import type { ErrorData } from "../../contract/errors.ts";
import type { SessionEvent } from "../../contract/events.ts";
import type { SessionId } from "../../contract/ids.ts";
import type { MirrorChoice } from "../../contract/mirror.ts";
import type { AttachmentRef, SessionSummary } from "../../contract/session.ts";
import type { Wish } from "../../core/mirror/replica-ports.ts";
import type { SessionFeedListener } from "../../rpc/session-feed.ts";

export type { Wish };

export type SourceState =
  | { kind: "connecting" }
  /** The host itself answers. */
  | { kind: "live" }
  /** The mirror answers, and the host has been there a moment ago. */
  | { kind: "mirror" }
  /** The mirror answers and the host does not: what is sent waits for it. */
  | { kind: "asleep"; since: number | null }
  /** Nobody answers; it tries again by itself. What is shown is what this device keeps. */
  | { kind: "offline"; error: ErrorData }
  /** Only the person can help: signed out, revoked, another version. */
  | { kind: "refused"; error: ErrorData };

/** On its way: not yet taken by the host. */
export type WaitingWish = {
  id: string;
  wish: Wish;
  /** When the person asked for it. */
  at: number;
  /** Why it was not taken, when it was refused; it stays until it is dismissed. */
  error: ErrorData | null;
};

export interface Source {
  state(): SourceState;
  /** Every list starts with what is known already. All of these return the way to stop. */
  onState(listener: (state: SourceState) => void): () => void;
  /** Newest first, archived ones left out; null until anything is known. */
  onSessions(listener: (sessions: readonly SessionSummary[]) => void): () => void;
  onWaiting(listener: (waiting: readonly WaitingWish[]) => void): () => void;

  watch(sessionId: SessionId, listener: SessionFeedListener): () => void;
  history(
    sessionId: SessionId,
    before: number,
    limit: number,
  ): Promise<{ events: SessionEvent[]; hasEarlier: boolean }>;

  /** Resolves when it was taken, or will be as soon as there is a net: then it is among the waiting.
   * Rejects with an AetheriaError when it never will. */
  wish(wish: Wish): Promise<void>;
  /** Takes back what still waits, or forgets what was refused. */
  dismiss(id: string): Promise<void>;

  /** The bytes of a file of this session. */
  file(
    sessionId: SessionId,
    file: AttachmentRef,
    options: { onProgress?: (doneBytes: number) => void; signal: AbortSignal },
  ): Promise<Blob>;
  /** null: this wire carries no files to the host. */
  readonly upload:
    | ((
        file: File,
        options: { onProgress?: (doneBytes: number) => void; signal: AbortSignal },
      ) => Promise<AttachmentRef>)
    | null;
  /** Lets hosts wake this device while it is closed, once notifications are allowed. Rejects with the
   * reason where that cannot be. null: this wire is only there while the app is. */
  readonly wantPush: (() => Promise<void>) | null;
  /** What of a session comes this way; null: all of everything. Changes are told with the sessions. */
  readonly choice: ((sessionId: SessionId) => MirrorChoice | null) | null;
  /** null: sessions are begun on the desktop. */
  readonly create: (() => Promise<SessionId>) | null;

  /** This device is to be forgotten: says so where it can, and never rejects. */
  leave(): Promise<void>;
  /** Tries now instead of later. */
  reconnect(): void;
  close(): void;
}
