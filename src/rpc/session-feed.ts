// Catch-up: turns pushes and re-opens into one order of events without a gap or a double.
// It owns the last seq seen and the length of each open text; it keeps no events.
import type { Push, SessionSnapshot } from "../contract/calls.ts";
import type { LiveEvent, SessionEvent } from "../contract/events.ts";
import type { SessionId } from "../contract/ids.ts";
import type { Client } from "./client.ts";

type Frame = Extract<Push, { type: "session.frame" }>;

export interface SessionFeedListener {
  /** Start afresh from this snapshot. */
  reset(snapshot: SessionSnapshot): void;
  /** Goes on exactly after what was told before. */
  events(events: SessionEvent[]): void;
  /** Only the part of each piece that is new. */
  live(events: LiveEvent[]): void;
}

export interface SessionFeed {
  /** Opens over this client, or re-opens over a new one after the old was lost. */
  attach(client: Client): Promise<void>;
  close(): void;
}

export function createSessionFeed(
  sessionId: SessionId,
  listener: SessionFeedListener,
): SessionFeed {
  let seq: number | null = null;
  let current: Client | null = null;
  let early: Frame[] | null = null;
  let unlisten = () => {};
  const lengths = new Map<string, number>();

  function takeFrame(frame: Frame): void {
    const last = seq ?? 0;
    const events = frame.events.filter((event) => event.seq > last);
    if (events.length > 0) {
      seq = events[events.length - 1]?.seq ?? last;
      forgetFinished(lengths, events);
      listener.events(events);
    }
    const live = frame.live.flatMap((event) => newPart(lengths, event));
    if (live.length > 0) listener.live(live);
  }

  function takeSnapshot(snapshot: SessionSnapshot): void {
    const continues = snapshot.continues && seq !== null;
    if (!continues) {
      seq = snapshot.summary.seq;
      lengths.clear();
      for (const open of snapshot.openTexts) lengths.set(textKey(open), open.text.length);
      for (const output of snapshot.openOutputs)
        lengths.set(output.callId, output.offset + output.text.length);
      return listener.reset(snapshot);
    }
    takeFrame({
      type: "session.frame",
      sessionId,
      events: snapshot.events,
      live: [
        ...snapshot.openTexts.map((open): LiveEvent => ({
          type: `${open.kind}.delta`,
          runId: open.runId,
          turn: open.turn,
          offset: 0,
          text: open.text,
        })),
        ...snapshot.openOutputs.map((open): LiveEvent => ({ type: "tool.output", ...open })),
      ],
    });
  }

  return {
    async attach(client) {
      unlisten();
      current = client;
      early = [];
      unlisten = client.onPush((push) => {
        if (push.type !== "session.frame" || push.sessionId !== sessionId) return;
        if (early) early.push(push);
        else takeFrame(push);
      });
      const snapshot = await client.call("session.open", {
        sessionId,
        ...(seq === null ? {} : { from: seq }),
      });
      if (current !== client) return;
      takeSnapshot(snapshot);
      const waited: Frame[] = early;
      early = null;
      for (const frame of waited) takeFrame(frame);
    },
    close() {
      unlisten();
      current?.call("session.close", { sessionId }).catch(() => undefined);
      current = null;
    },
  };
}

type TextKey = { kind: "text" | "reasoning"; runId: string; turn: number };
const textKey = ({ kind, runId, turn }: TextKey) => `${kind} ${runId} ${turn}`;

/** The part of a live event beyond what is known, as zero or one event. */
function newPart(lengths: Map<string, number>, event: LiveEvent): LiveEvent[] {
  if (event.type === "run.status") return [event];
  const key = keyOf(event);
  const known = lengths.get(key) ?? 0;
  const end = event.offset + event.text.length;
  if (end <= known) return [];
  lengths.set(key, end);
  const start = Math.max(known, event.offset);
  return [{ ...event, offset: start, text: event.text.slice(start - event.offset) }];
}

function keyOf(event: Exclude<LiveEvent, { type: "run.status" }>): string {
  if (event.type === "tool.output") return event.callId;
  return textKey({ ...event, kind: event.type === "text.delta" ? "text" : "reasoning" });
}

function forgetFinished(lengths: Map<string, number>, events: SessionEvent[]): void {
  for (const event of events) {
    if (event.type === "text.finished") lengths.delete(textKey({ ...event.data, kind: "text" }));
    if (event.type === "reasoning.finished")
      lengths.delete(textKey({ ...event.data, kind: "reasoning" }));
    if (event.type === "tool.finished") lengths.delete(event.data.callId);
  }
}
