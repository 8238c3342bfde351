// Catch-up: turns pushes and re-opens into one order of events without a gap or a double.
// It owns the last seq seen and the length of each open text; it keeps no events.
import type { Push, SessionSnapshot } from "../contract/calls.ts";
import { AetheriaError, type ErrorData } from "../contract/errors.ts";
import type { LiveEvent, SessionEvent } from "../contract/events.ts";
import type { SessionId } from "../contract/ids.ts";
import type { Client } from "./client.ts";
import { createOpenLengths, opened } from "./open-lengths.ts";

type Frame = Extract<Push, { type: "session.frame" }>;

/** What a feed needs of a client. */
export type FeedClient = Pick<Client, "call" | "onPush">;

export interface SessionFeedListener {
  /** Start afresh from this snapshot. */
  reset(snapshot: SessionSnapshot): void;
  /** Goes on exactly after what was told before. */
  events(events: SessionEvent[]): void;
  /** Only the part of each piece that is new. */
  live(events: LiveEvent[]): void;
  /** The session could not be opened and nothing more comes: it is gone, or cannot be read. */
  failed?(error: ErrorData): void;
}

export interface SessionFeed {
  /** Opens over this client, or re-opens over a new one after the old was lost. Rejects with the
   * AetheriaError of session.open, and then nothing is listened to. */
  attach(client: FeedClient): Promise<void>;
  /** Stops listening and leaves the session open at the host, for other feeds of this client. */
  detach(): void;
  /** Stops listening and closes the session at the host. */
  close(): void;
}

/** One opening of the session. Frames wait in `early` until its snapshot is there. */
type Attempt = { client: FeedClient; early: Frame[] | null; unlisten: () => void };

export function createSessionFeed(
  sessionId: SessionId,
  listener: SessionFeedListener,
): SessionFeed {
  let seq: number | null = null;
  let attempt: Attempt | null = null;
  const open = createOpenLengths();

  /** False when something is missing before this frame; nothing was told then. */
  function takeFrame(frame: Frame): boolean {
    const last = seq ?? 0;
    const events = frame.events.filter((event) => event.seq > last);
    if (events.some((event, index) => event.seq !== last + 1 + index)) return false;
    open.finish(frame.events);
    if (open.misses(frame.live)) return false;
    if (events.length > 0) {
      seq = last + events.length;
      listener.events(events);
    }
    const live = frame.live.flatMap((event) => open.newPart(event));
    if (live.length > 0) listener.live(live);
    return true;
  }

  function takeSnapshot(snapshot: SessionSnapshot): void {
    if (snapshot.continues && seq !== null && snapshot.summary.seq >= seq) {
      const { events } = snapshot;
      if (takeFrame({ type: "session.frame", sessionId, events, live: opened(snapshot) })) return;
      throw new AetheriaError("internal", "The host left out a part of this conversation.", {
        hint: "Open the session again.",
        retryable: true,
      });
    }
    seq = snapshot.summary.seq;
    open.restart(snapshot);
    listener.reset(snapshot);
  }

  /** What is missing is asked for again, over the same client. */
  function catchUp(client: FeedClient): void {
    attach(client).catch((error: unknown) => {
      const data = AetheriaError.toData(error);
      // A lost connection is no end: the feed is attached again with the next one.
      if (data.code !== "disconnected") listener.failed?.(data);
    });
  }

  function takeEarly(current: Attempt, frames: Frame[]): void {
    current.early = null;
    for (const frame of frames) if (attempt === current) takePush(current, frame);
  }

  function takePush(current: Attempt, frame: Frame): void {
    if (current.early) current.early.push(frame);
    else if (!takeFrame(frame)) catchUp(current.client);
  }

  async function attach(client: FeedClient): Promise<void> {
    attempt?.unlisten();
    const early: Frame[] = [];
    const current: Attempt = { client, early, unlisten: () => {} };
    attempt = current;
    current.unlisten = client.onPush((push) => {
      if (push.type === "session.frame" && push.sessionId === sessionId) takePush(current, push);
    });
    try {
      const from = seq === null ? {} : { from: seq };
      const snapshot = await client.call("session.open", { sessionId, ...from });
      if (attempt !== current) return;
      takeSnapshot(snapshot);
      takeEarly(current, early);
    } catch (error) {
      // A newer attempt has taken over: this one's end is nobody's business.
      if (attempt !== current) return;
      detach();
      throw error;
    }
  }

  function detach(): void {
    attempt?.unlisten();
    attempt = null;
  }

  return {
    attach,
    detach,
    close() {
      const client = attempt?.client;
      detach();
      // Only tidies up: where this cannot arrive, the host has let go already.
      client?.call("session.close", { sessionId }).catch(() => undefined);
    },
  };
}
