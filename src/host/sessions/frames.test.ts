import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Push } from "../../contract/calls.ts";
import type { LiveEvent, SessionEvent } from "../../contract/events.ts";
import { CallId, RunId, SessionId } from "../../contract/ids.ts";
import { createFrames } from "./frames.ts";

const sessionId = SessionId.parse("session-1");
const runId = RunId.parse("run-1");
type Frame = Extract<Push, { type: "session.frame" }>;

const delta = (offset: number, text: string, turn = 1): LiveEvent => ({
  type: "text.delta",
  runId,
  turn,
  offset,
  text,
});
const status = (name: "thinking" | "working"): LiveEvent => ({
  type: "run.status",
  runId,
  status: name,
});
const output = (id: string, offset: number, text: string): LiveEvent => ({
  type: "tool.output",
  callId: CallId.parse(id),
  offset,
  text,
});
const archived: SessionEvent = {
  seq: 9,
  at: 1,
  type: "session.archived",
  data: { archived: true },
};

function setup() {
  const sent: Frame[] = [];
  const frames = createFrames(sessionId, (push) => {
    if (push.type === "session.frame") sent.push(push);
  });
  return { frames, sent, live: () => sent.map((frame) => frame.live) };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("frames", () => {
  it("send the first piece at once, and what follows together, once a frame", () => {
    const { frames, live } = setup();
    frames.live(delta(0, "a"));
    expect(live()).toEqual([[delta(0, "a")]]);
    frames.live(delta(1, "b"));
    frames.live(delta(2, "c"));
    expect(live()).toHaveLength(1);
    vi.advanceTimersByTime(16);
    expect(live()).toEqual([[delta(0, "a")], [delta(1, "bc")]]);
    vi.advanceTimersByTime(1_000);
    expect(live()).toHaveLength(2);
  });

  it("never tell a text after the event that ended it", () => {
    const { frames, sent } = setup();
    frames.live(delta(0, "a"));
    frames.live(delta(1, "b"));
    frames.events([archived]);
    expect(sent.map(({ events, live }) => [events.length, live.length])).toEqual([
      [0, 1],
      [0, 1],
      [1, 0],
    ]);
    vi.advanceTimersByTime(1_000);
    expect(sent).toHaveLength(3);
  });

  it("keep only the newest of statuses that follow each other", () => {
    const { frames, live } = setup();
    frames.live(status("thinking"));
    frames.live(status("thinking"));
    frames.live(status("working"));
    frames.flush();
    expect(live()).toEqual([[status("thinking")], [status("working")]]);
  });

  it("do not join what does not belong together", () => {
    const { frames, live } = setup();
    frames.live(delta(0, "first"));
    const apart = [delta(5, "a"), delta(0, "b", 2), delta(7, "hole", 2), output("c", 0, "x")];
    for (const event of [...apart, output("d", 1, "y")]) frames.live(event);
    frames.flush();
    expect(live()[1]).toEqual([...apart, output("d", 1, "y")]);
  });

  it("send nothing once closed", () => {
    const { frames, live } = setup();
    frames.live(delta(0, "a"));
    frames.live(delta(1, "b"));
    frames.close();
    vi.advanceTimersByTime(1_000);
    expect(live()).toHaveLength(1);
  });

  it("lose nothing and change no order, however pieces come", () => {
    const steps = fc.array(
      fc.oneof(
        fc.record({ turn: fc.integer({ min: 1, max: 2 }), text: fc.string({ minLength: 1 }) }),
        fc.record({ waitMs: fc.integer({ min: 0, max: 20 }) }),
      ),
    );
    fc.assert(
      fc.property(steps, (all) => {
        const { frames, live } = setup();
        const lengths = new Map<number, number>();
        const said = new Map<number, string>();
        for (const step of all) {
          if ("waitMs" in step) {
            vi.advanceTimersByTime(step.waitMs);
            continue;
          }
          const offset = lengths.get(step.turn) ?? 0;
          lengths.set(step.turn, offset + step.text.length);
          said.set(step.turn, (said.get(step.turn) ?? "") + step.text);
          frames.live(delta(offset, step.text, step.turn));
        }
        frames.flush();
        const told = new Map<number, string>();
        for (const event of live().flat()) {
          if (event.type !== "text.delta") continue;
          const before = told.get(event.turn) ?? "";
          expect(event.offset).toBe(before.length);
          told.set(event.turn, before + event.text);
        }
        expect(told).toEqual(said);
      }),
    );
  });
});
