// Follows one message from the log's point of view until its run has finished.
import type { EventOf, LiveEvent, SessionEvent } from "../../contract/events.ts";
import type { MessageId, RunId } from "../../contract/ids.ts";

export type RunEnd = EventOf<"run.finished">["data"] & {
  /** What the agent said last: all text since its last tool call. */
  text: string;
};

export interface RunFollower {
  /** The run of the message, once it has begun. */
  readonly runId: RunId | null;
  /** True when this event belongs to the message's run; every event goes through here, in order. */
  see(event: SessionEvent): boolean;
  seeLive(event: LiveEvent): boolean;
  readonly end: Promise<RunEnd>;
  fail(error: unknown): void;
}

export function followRun(messageId: MessageId): RunFollower {
  let runId: RunId | null = null;
  let text = "";
  const calls = new Set<string>();
  let finish: (end: RunEnd) => void = () => {};
  let fail: (error: unknown) => void = () => {};
  const end = new Promise<RunEnd>((resolve, reject) => {
    finish = resolve;
    fail = reject;
  });
  // Whoever awaits it gets the error; nobody awaiting it yet is not a crash.
  end.catch(() => undefined);

  function see(event: SessionEvent): boolean {
    switch (event.type) {
      case "run.started":
        if (event.data.messageId === messageId) runId = event.data.runId;
        return event.data.runId === runId;
      case "text.finished":
        if (event.data.runId === runId) text += event.data.text;
        return event.data.runId === runId;
      case "tool.requested":
        if (event.data.runId !== runId || runId === null) return false;
        calls.add(event.data.callId);
        text = "";
        return true;
      case "tool.started":
      case "tool.finished":
        return calls.has(event.data.callId);
      case "context.compacted":
        return event.data.runId === runId;
      case "run.finished":
        if (event.data.runId !== runId) return false;
        finish({ ...event.data, text });
        return true;
      default:
        return false;
    }
  }
  return {
    get runId() {
      return runId;
    },
    see,
    seeLive: (event) =>
      event.type === "tool.output" ? calls.has(event.callId) : event.runId === runId,
    end,
    fail: (error) => fail(error),
  };
}
