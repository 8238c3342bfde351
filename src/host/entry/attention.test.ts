import { describe, expect, it } from "vitest";
import type { SessionEvent } from "../../contract/events.ts";
import type { SessionId } from "../../contract/ids.ts";
import type { SessionSummary } from "../../contract/session.ts";
import { attentionOf, endingOf } from "./attention.ts";

const usage = { inputTokens: 0, outputTokens: 0, cachedTokens: 0, costUsd: 0 };
const session = (more: Partial<SessionSummary>): SessionSummary => ({
  sessionId: "s" as SessionId,
  title: "Talk",
  createdAt: 1,
  updatedAt: 1,
  archived: false,
  seq: 1,
  messages: 1,
  model: null,
  mode: "ask",
  workspace: null,
  phase: "idle",
  pendingApprovals: 0,
  usage,
  ...more,
});

describe("a session", () => {
  const idle = session({});
  const running = session({ phase: "running" });
  const asking = session({ phase: "waiting", pendingApprovals: 1 });

  it.each([
    ["begins", undefined, idle, null],
    ["starts to work", idle, running, null],
    ["asks", running, asking, "approval"],
    ["asks, as the first word of it", undefined, asking, "approval"],
    ["asks for one more", asking, { ...asking, pendingApprovals: 2 }, "approval"],
    ["goes on after an answer", asking, running, null],
    ["is done", running, idle, "ended"],
    ["is done while it waited", asking, idle, "ended"],
    ["is renamed", idle, { ...idle, title: "Other" }, null],
  ] as const)("that %s", (_what, before, after, expected) => {
    expect(attentionOf(before, after)).toBe(expected);
  });
});

describe("the end of a run", () => {
  const ended = (outcome: "done" | "stopped" | "failed" | "limit") =>
    ({ type: "run.finished", data: { outcome } }) as SessionEvent;

  it.each([
    ["done", "finished"],
    ["failed", "failed"],
    ["limit", "failed"],
    ["stopped", null],
  ] as const)("%s is told as %s", (outcome, kind) => {
    expect(endingOf([ended("done"), ended(outcome)])).toBe(kind);
  });

  it("is none where no run has ended", () => {
    expect(endingOf([])).toBeNull();
  });
});
