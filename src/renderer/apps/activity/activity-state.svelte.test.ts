import { flushSync } from "svelte";
import { describe, expect, it } from "vitest";
import type { LiveEvent, SessionEvent } from "../../../contract/events.ts";
import { MessageId, RunId, SessionId } from "../../../contract/ids.ts";
import { fold, foldAll, foldLive } from "../../../core/session/reducer.ts";
import { emptyView, type SessionView } from "../../../core/session/view.ts";
import { ActivityState } from "./activity-state.svelte.ts";

const runId = RunId.parse("run");
const messageId = MessageId.parse("m");
const model = { provider: "scripted", name: "model" };
const begun: SessionEvent[] = [
  {
    ...{ seq: 1, at: 0, type: "message.sent" },
    data: { messageId, text: "Hello", attachments: [], delivery: "auto" },
  },
  {
    ...{ seq: 2, at: 1, type: "run.started" },
    data: { runId, messageId, model, mode: "balanced", resumed: false },
  },
];
const token = (offset: number): LiveEvent => ({
  ...{ type: "text.delta", runId, turn: 1, offset, text: "word " },
});
const finished: SessionEvent = {
  ...{ seq: 3, at: 900, type: "text.finished" },
  data: { runId, turn: 1, text: "word word ", partial: false },
};

class Session {
  view = $state.raw<SessionView>(foldAll(emptyView, begun));
  readonly sessionId = SessionId.parse("session");
  readonly hasEarlier = false;
  readonly loadingEarlier = false;
  readonly error = null;
  readonly loadEarlier = () => Promise.resolve();
}

/** How often the rows were reckoned, and the last of them. */
function followed(session: Session) {
  const state = new ActivityState(session);
  const seen: string[][] = [];
  const stop = $effect.root(() => {
    $effect(() => void seen.push(state.rows.map(({ key }) => key)));
  });
  flushSync();
  return { state, seen, stop };
}

describe("the activity of an open session", () => {
  it("makes no row anew for a token, and keeps the row of a text when it is finished", () => {
    const session = new Session();
    const { state, seen, stop } = followed(session);
    for (let offset = 0; offset < 500; offset += 5) {
      session.view = foldLive(session.view, token(offset));
      flushSync();
    }
    expect(seen).toEqual([
      ["message:m", "live:run"],
      ["message:m", "text:run:1"],
    ]);
    expect(state.view.openText?.text).toHaveLength(500);
    session.view = fold(session.view, finished);
    flushSync();
    expect(seen.at(-1)?.slice(0, 2)).toEqual(["message:m", "text:run:1"]);
    stop();
  });

  it("follows nothing while it is hidden, and has caught up when it is shown again", () => {
    const session = new Session();
    const { state, seen, stop } = followed(session);
    state.isShown = false;
    flushSync();
    const before = seen.length;
    session.view = fold(session.view, finished);
    flushSync();
    expect(seen.length).toBe(before);
    state.isShown = true;
    flushSync();
    expect(seen.at(-1)).toContain("text:run:1");
    stop();
  });

  it("stands where its replay stands, whatever comes meanwhile", () => {
    const session = new Session();
    session.view = fold(session.view, finished);
    const { state, seen, stop } = followed(session);
    state.replay.seek(0);
    flushSync();
    expect(seen.at(-1)).toEqual(["message:m"]);
    state.replay.step(1);
    flushSync();
    const then = seen.at(-1);
    const note: SessionEvent = {
      ...{ seq: 4, at: 5_000, type: "memory.saved" },
      data: { memoryId: "x", text: "later" },
    };
    session.view = fold(session.view, note);
    flushSync();
    expect(seen.at(-1)).toEqual(then);
    state.replay.leave();
    flushSync();
    expect(seen.at(-1)).toContain("memory:4");
    stop();
  });
});
