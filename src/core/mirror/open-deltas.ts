// What is open comes whole each time; a watcher wants only what is new of it, with its place.
import type { LiveEvent, SessionEvent } from "../../contract/events.ts";
import type { OpenParts } from "../../contract/mirror.ts";

type Parts = Pick<OpenParts, "openTexts" | "openOutputs">;

export interface OpenDeltas {
  /** A watcher was told all of this. */
  restart(parts: Parts): void;
  /** null: what was told is not how it begins now, so tell it all anew. */
  next(parts: Parts): LiveEvent[] | null;
  /** What these events end is open no more. */
  finish(events: readonly SessionEvent[]): void;
}

export function createOpenDeltas(): OpenDeltas {
  const texts = new Map<string, { runId: string; text: string }>();
  const ends = new Map<string, number>();
  const keyOf = (one: { kind: string; runId: string; turn: number }) =>
    `${one.kind} ${one.runId} ${one.turn}`;

  function take(parts: Parts): void {
    for (const one of parts.openTexts) texts.set(keyOf(one), one);
    for (const { callId, offset, text } of parts.openOutputs)
      ends.set(callId, Math.max(offset + text.length, ends.get(callId) ?? 0));
  }

  return {
    restart(parts) {
      texts.clear();
      ends.clear();
      take(parts);
    },
    next(parts) {
      const events: LiveEvent[] = [];
      for (const one of parts.openTexts) {
        const known = texts.get(keyOf(one))?.text ?? "";
        if (!one.text.startsWith(known)) return null;
        const { kind, runId, turn } = one;
        const [offset, text] = [known.length, one.text.slice(known.length)];
        if (text !== "") events.push({ type: `${kind}.delta`, runId, turn, offset, text });
      }
      for (const { callId, offset, text } of parts.openOutputs) {
        const from = Math.max(offset, ends.get(callId) ?? 0);
        const fresh = text.slice(from - offset);
        if (fresh !== "") events.push({ type: "tool.output", callId, offset: from, text: fresh });
      }
      take(parts);
      return events;
    },
    finish(events) {
      for (const { type, data } of events) {
        if (type === "text.finished") texts.delete(keyOf({ kind: "text", ...data }));
        if (type === "reasoning.finished") texts.delete(keyOf({ kind: "reasoning", ...data }));
        if (type === "tool.finished") ends.delete(data.callId);
        if (type !== "run.finished") continue;
        ends.clear();
        for (const [key, { runId }] of texts) if (runId === data.runId) texts.delete(key);
      }
    },
  };
}
