// What the legacy names need to remember of a session: which message a run answers, what each tool
// call is, and how much of each text was told already.
import type { EventOf, LiveEvent, SessionEvent } from "../../contract/events.ts";
import type { CallId, RunId } from "../../contract/ids.ts";
import type { LegacyContext } from "./legacy-names.ts";

export interface LegacyLog extends LegacyContext {
  fold(event: SessionEvent): void;
  foldLive(event: LiveEvent): void;
  /** The run that is not finished, else the last one. */
  lastRun(): { runId: RunId; isOpen: boolean } | null;
}

type KnownCall = { runId: RunId | null; name: string; family: string; input: unknown };
type KnownRun = { messageId: string; text: string };

export function createLegacyLog(conversationId: string): LegacyLog {
  const runs = new Map<RunId, KnownRun>();
  const calls = new Map<CallId, KnownCall>();
  const told = new Map<string, number>();
  let last: { runId: RunId; isOpen: boolean } | null = null;

  const runOf = (runId: RunId): KnownRun => {
    const run = runs.get(runId) ?? { messageId: runId, text: "" };
    runs.set(runId, run);
    return run;
  };

  return {
    conversationId,
    messageId: (runId) => runOf(runId).messageId,
    call(callId) {
      const call = calls.get(callId);
      if (!call) return null;
      const messageId = call.runId === null ? callId : runOf(call.runId).messageId;
      return { ...call, messageId };
    },
    untold(event: EventOf<"text.finished">) {
      return event.data.text.slice(told.get(turnKey(event.data)) ?? 0);
    },
    runText: (runId) => runOf(runId).text,
    lastRun: () => last,
    fold(event) {
      if (event.type === "run.started") {
        runOf(event.data.runId).messageId = event.data.messageId;
        last = { runId: event.data.runId, isOpen: true };
      } else if (event.type === "run.finished") {
        last = { runId: event.data.runId, isOpen: false };
      } else if (event.type === "tool.requested") {
        calls.set(event.data.callId, event.data);
      } else if (event.type === "text.finished") {
        runOf(event.data.runId).text += event.data.text;
      }
    },
    foldLive(event) {
      if (event.type === "text.delta") told.set(turnKey(event), event.offset + event.text.length);
    },
  };
}

const turnKey = ({ runId, turn }: { runId: RunId; turn: number }) => `${runId} ${turn}`;
