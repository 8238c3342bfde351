// How much of each open text and tool output is known, so that a piece is told once and in order.
// It knows which of them are finished: a piece of those is an echo of the past.
import type { SessionSnapshot } from "../contract/calls.ts";
import type { LiveEvent, SessionEvent } from "../contract/events.ts";

type Piece = Exclude<LiveEvent, { type: "run.status" }>;

export interface OpenLengths {
  /** Forgets all and takes over what the snapshot has open or shows as finished. */
  restart(snapshot: SessionSnapshot): void;
  finish(events: readonly SessionEvent[]): void;
  /** True when a text would have a hole. Outputs may: the host keeps only their tail. */
  misses(events: readonly LiveEvent[]): boolean;
  /** The part of a live event beyond what is known, as zero or one event. */
  newPart(event: LiveEvent): LiveEvent[];
}

export function createOpenLengths(): OpenLengths {
  const lengths = new Map<string, number>();
  // Turns of a run only grow, so one number per run and kind tells which are over.
  const finishedTurns = new Map<string, number>();
  const finishedCalls = new Set<string>();

  function isFinished(piece: Piece): boolean {
    if (piece.type === "tool.output") return finishedCalls.has(piece.callId);
    return piece.turn <= (finishedTurns.get(runKey(piece)) ?? -Infinity);
  }

  function finish(events: readonly SessionEvent[]): void {
    for (const event of events) {
      if (event.type === "tool.finished") {
        finishedCalls.add(event.data.callId);
        lengths.delete(event.data.callId);
      } else if (event.type === "text.finished" || event.type === "reasoning.finished") {
        const type = event.type === "text.finished" ? "text.delta" : "reasoning.delta";
        const { runId, turn } = event.data;
        const key = runKey({ type, runId });
        finishedTurns.set(key, Math.max(turn, finishedTurns.get(key) ?? -Infinity));
        lengths.delete(keyOf({ type, runId, turn, offset: 0, text: "" }));
      }
    }
  }

  return {
    restart(snapshot) {
      lengths.clear();
      finishedTurns.clear();
      finishedCalls.clear();
      finish(snapshot.events);
      for (const piece of opened(snapshot)) lengths.set(keyOf(piece), endOf(piece));
    },
    finish,
    misses(events) {
      const ends = new Map<string, number>();
      return events.some((event) => {
        if (event.type === "run.status" || event.type === "tool.output" || isFinished(event))
          return false;
        const key = keyOf(event);
        const known = ends.get(key) ?? lengths.get(key) ?? 0;
        ends.set(key, Math.max(known, endOf(event)));
        return event.offset > known;
      });
    },
    newPart(event) {
      if (event.type === "run.status") return [event];
      if (isFinished(event)) return [];
      const key = keyOf(event);
      const known = lengths.get(key) ?? 0;
      if (endOf(event) <= known) return [];
      lengths.set(key, endOf(event));
      const start = Math.max(known, event.offset);
      return [{ ...event, offset: start, text: event.text.slice(start - event.offset) }];
    },
  };
}

/** What a snapshot has open, as the live events that would have led there. */
export function opened(snapshot: SessionSnapshot): Piece[] {
  return [
    ...snapshot.openTexts.map(({ kind, runId, turn, text }): Piece => ({
      type: `${kind}.delta`,
      runId,
      turn,
      offset: 0,
      text,
    })),
    ...snapshot.openOutputs.map((output): Piece => ({ type: "tool.output", ...output })),
  ];
}

const endOf = (piece: Piece) => piece.offset + piece.text.length;
const runKey = ({ type, runId }: { type: string; runId: string }) => `${type} ${runId}`;
const keyOf = (piece: Piece) =>
  piece.type === "tool.output" ? piece.callId : `${runKey(piece)} ${piece.turn}`;
