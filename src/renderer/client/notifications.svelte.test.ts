import { describe, expect, it } from "vitest";
import { SessionId } from "../../contract/ids.ts";
import type { SessionSummary } from "../../contract/session.ts";
import { endedSince, phasesOf } from "./ended-runs.ts";
import { Notifications } from "./notifications.svelte.ts";

const one = SessionId.parse("s1");
const two = SessionId.parse("s2");
const session = (sessionId: SessionId, phase: SessionSummary["phase"]) =>
  ({ sessionId, phase }) as SessionSummary;

describe("notifications", () => {
  it("keep the newest 200, newest first", () => {
    let now = 0;
    const notifications = new Notifications(() => ++now);
    for (let index = 1; index <= 205; index += 1)
      notifications.add({ kind: "notice", text: String(index) });
    const { current } = notifications;
    expect(current).toHaveLength(200);
    expect(current[0]).toMatchObject({ text: "205", at: 205 });
    expect(current.at(-1)).toMatchObject({ text: "6" });
    expect(new Set(current.map(({ id }) => id)).size).toBe(200);
  });

  it("are unread until they were looked at", () => {
    const notifications = new Notifications();
    notifications.add({ kind: "error", text: "It broke.", hint: "Mend it." });
    expect(notifications.unread).toBe(1);
    notifications.markRead();
    notifications.add({ kind: "done", text: "Saved." });
    expect(notifications.unread).toBe(1);
    expect(notifications.current.map(({ isRead }) => isRead)).toEqual([false, true]);
  });

  it("go one by one, with their session, or all", () => {
    const notifications = new Notifications();
    for (const sessionId of [one, two])
      notifications.add({ kind: "run", sessionId, outcome: "done", error: null });
    notifications.add({ kind: "notice", text: "Note" });
    notifications.forget(one);
    expect(notifications.current.map(({ kind }) => kind)).toEqual(["notice", "run"]);
    notifications.dismiss(notifications.current[0]?.id ?? 0);
    expect(notifications.current).toMatchObject([{ sessionId: two }]);
    notifications.clear();
    expect(notifications.current).toEqual([]);
  });
});

describe("runs that ended", () => {
  it("are those that worked or waited before and rest now", () => {
    const before = phasesOf([session(one, "running"), session(two, "idle")]);
    const now = [
      session(one, "idle"),
      session(two, "idle"),
      session(SessionId.parse("s3"), "idle"),
    ];
    expect(endedSince(before, now)).toEqual([now[0]]);
    expect(endedSince(phasesOf([session(one, "waiting")]), now)).toEqual([now[0]]);
    expect(endedSince(before, [session(one, "waiting")])).toEqual([]);
  });
});
