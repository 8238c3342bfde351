import { flushSync } from "svelte";
import { afterEach, describe, expect, it } from "vitest";
import type { CallOutput, Push } from "../../contract/calls.ts";
import { SessionId, Sha256 } from "../../contract/ids.ts";
import type { MirrorChoice } from "../../contract/mirror.ts";
import type { RunPhase } from "../../contract/session.ts";
import type { OpenDialog } from "./place.svelte.ts";
import { SessionMirror, type MirrorPage } from "./session-mirror.svelte.ts";

const sessionId = SessionId.parse("s1");
const sha256 = Sha256.parse("a".repeat(64));
const file = { sha256, name: "chart.png", mime: "image/png", sizeBytes: 10 };
type Told = CallOutput<"mirror.session">;
const told = (mirroredSeq: number, choice: MirrorChoice | null = null): Told => ({
  ...{ choice, as: choice ?? "all", mirroredSeq },
  files: [{ ...file, here: false, cloud: "whole" }],
});

/** A page whose host answers when it is told to. */
function setup() {
  const state = $state({
    isAtWork: false,
    phase: "up_to_date" as "up_to_date" | "behind",
    run: "idle" as RunPhase,
    seq: 1,
  });
  const calls: [name: string, input: unknown][] = [];
  const asked: ((answer: Told) => void)[] = [];
  const dialogs: OpenDialog[] = [];
  let push: (push: Push) => void = () => undefined;
  const page: MirrorPage = {
    connection: {
      state: { phase: "connected" },
      call: (name, input) => {
        calls.push([name, input]);
        if (name !== "mirror.session") return Promise.resolve({} as never);
        return new Promise((resolve) => asked.push(resolve as never));
      },
      onPush: (listener) => {
        push = listener;
        return () => undefined;
      },
    },
    mirror: {
      get current() {
        return { phase: state.phase };
      },
      get isAtWork() {
        return state.isAtWork;
      },
    },
    sessions: { find: () => ({ phase: state.run, seq: state.seq }) },
    host: { settings: { mirror: "all" } },
    place: { ask: (dialog) => void dialogs.push(dialog) },
    attempt: (step) => step(),
  };
  const mirror = new SessionMirror(page, sessionId);
  opened.push(mirror);
  flushSync();
  return {
    ...{ state, mirror, calls, asked, dialogs },
    tell: (sessionId: SessionId) => push({ type: "mirror.session", sessionId }),
    async answer(index: number, answer: Told) {
      asked[index]?.(answer);
      await Promise.resolve();
      await Promise.resolve();
    },
  };
}

const opened: SessionMirror[] = [];
afterEach(() => opened.splice(0).forEach((one) => one.close()));

describe("a session in the mirror", () => {
  it("is asked for only while the mirror is at work, and forgotten when it is not", async () => {
    const { state, mirror, asked, answer } = setup();
    expect(asked).toHaveLength(0);
    state.isAtWork = true;
    flushSync();
    await answer(0, told(3));
    expect(mirror.placeOf(sha256)?.cloud).toBe("whole");
    state.isAtWork = false;
    flushSync();
    expect(mirror.current).toBeNull();
  });

  it("is asked for again when the host says so, and not while a run goes on", async () => {
    const { state, asked, answer, tell } = setup();
    state.isAtWork = true;
    flushSync();
    await answer(0, told(1));
    state.run = "running";
    state.seq = 2;
    flushSync();
    state.seq = 3;
    state.phase = "behind";
    flushSync();
    expect(asked).toHaveLength(1);
    state.run = "idle";
    state.phase = "up_to_date";
    flushSync();
    expect(asked).toHaveLength(2);
    tell(SessionId.parse("another"));
    expect(asked).toHaveLength(2);
    tell(sessionId);
    expect(asked).toHaveLength(3);
  });

  it("believes the last answer it asked for, in whatever order they come", async () => {
    const { state, mirror, answer, tell } = setup();
    state.isAtWork = true;
    flushSync();
    tell(sessionId);
    await answer(1, told(9));
    await answer(0, told(1));
    expect(mirror.current?.mirroredSeq).toBe(9);
  });

  it("asks before a copy in the cloud goes, and only then", async () => {
    const { state, mirror, calls, dialogs, answer, tell } = setup();
    state.isAtWork = true;
    flushSync();
    await answer(0, told(0));
    mirror.choose("none");
    expect(calls.at(-1)).toEqual(["mirror.choose", { sessionId, choice: "none" }]);
    tell(sessionId);
    await answer(1, told(5));
    mirror.choose("none");
    expect(dialogs).toEqual([{ kind: "unmirror", sessionId, choice: "none" }]);
    mirror.choose("text");
    expect(calls.at(-1)).toEqual(["mirror.choose", { sessionId, choice: "text" }]);
  });
});
