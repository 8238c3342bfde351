import { describe, expect, it } from "vitest";
import { AetheriaError } from "../../contract/errors.ts";
import type { NewEvent } from "../../contract/events.ts";
import {
  ApprovalId,
  CommandId,
  DeviceId,
  MessageId,
  RunId,
  SessionId,
  Sha256,
} from "../../contract/ids.ts";
import type { Command, CommandRow } from "../../contract/mirror.ts";
import { createMemoryStore } from "../../testing/memory-store.ts";
import { created, said } from "../../testing/store-suite.ts";
import { createCommandRunner } from "./command-runner.ts";

const sessionId = SessionId.parse("s1");
const runId = RunId.parse("r1");
const approvalId = ApprovalId.parse("a1");
const file = {
  ...{ sha256: Sha256.parse("a".repeat(64)), name: "a.png", mime: "image/png", sizeBytes: 3 },
};
const about = { sessionId, issuedAt: 0 };
const send: Command = {
  ...{ ...about, kind: "send", messageId: MessageId.parse("m1"), text: "Hi" },
  ...{ attachments: [file], delivery: "auto" },
};
const stop: Command = { ...about, kind: "stop", runId };
const rename: Command = { ...about, kind: "rename", title: "New name" };
const allow: Command = { ...about, kind: "answer", approvalId, answer: "allow", scope: "once" };

const row: CommandRow = {
  ...{ command_id: CommandId.parse("c1"), device_id: DeviceId.parse("d1"), number: 7 },
  ...{ host_id: DeviceId.parse("h1"), session_id: sessionId, generation: 1 },
  ...{ payload: "", signature: "", answer: null, created_at: "2026-01-01T00:00:00Z" },
};

function setup(events: NewEvent[] = [created()], running: RunId | null = null) {
  const store = createMemoryStore({ clock: { now: () => 1 } });
  if (events.length > 0) store.append(sessionId, events, "normal");
  const done: string[] = [];
  const note = (name: string) => (input: unknown) => {
    done.push(`${name} ${JSON.stringify(input)}`);
    return {} as never;
  };
  const runner = createCommandRunner({
    store,
    calls: {
      "session.send": note("send"),
      "session.stop": note("stop"),
      "session.rename": note("rename"),
      "approval.answer": note("answer"),
    },
    runOf: () => running,
    append: (id, event) => void store.append(id, [event], "full"),
    bring: async ({ name }) => void done.push(`bring ${name}`),
  });
  return { store, runner, done };
}

const finished = (outcome: "stopped" | "done"): NewEvent => ({
  type: "run.finished",
  data: {
    ...{ runId, outcome, steps: 1, ms: 1 },
    usage: { inputTokens: 0, outputTokens: 0, cachedTokens: 0, costUsd: 0 },
  },
});
const answered = (answer: "allow" | "deny"): NewEvent => ({
  type: "approval.answered",
  data: { approvalId, answer, scope: "once" },
});

const named = (title: string): NewEvent => ({
  type: "session.renamed",
  data: { title, by: "person" },
});

describe("a command from afar", () => {
  it("goes through the same calls as a window, its files brought first", async () => {
    const { runner, done } = setup(undefined, runId);
    for (const command of [send, stop, rename, allow]) await runner.run(command);
    expect(done[0]).toBe("bring a.png");
    expect(done.slice(1).map((line) => line.split(" ")[0])).toEqual([
      ...["send", "stop", "rename", "answer"],
    ]);
  });

  it("stops the run it means and no later one", async () => {
    const { runner, done } = setup(undefined, RunId.parse("later"));
    await expect(runner.run(stop)).rejects.toMatchObject({ code: "conflict" });
    expect(done).toEqual([]);
  });

  it("finds no session where that was deleted", async () => {
    const { runner } = setup([]);
    await expect(runner.run(rename)).rejects.toBeInstanceOf(AetheriaError);
    expect(runner.isDone(rename, row)).toBe(false);
  });

  it.each([
    ["sent", send, [created(), said("Hi", "m1")], true],
    ["not sent", send, [created(), said("Hi", "m2")], false],
    ["stopped", stop, [created(), finished("stopped")], true],
    ["ended by itself", stop, [created(), finished("done")], false],
    ["named so by it", rename, [created("Old"), named("New name")], true],
    ["named so from the beginning", rename, [created("New name")], false],
    ["named otherwise", rename, [created("Old"), named("Other")], false],
    ["answered so", allow, [created(), answered("allow")], true],
    ["answered otherwise", allow, [created(), answered("deny")], false],
  ] as const)("whose effect is in the log is known: %s", (_, command, events, isDone) => {
    expect(setup([...events]).runner.isDone(command, row)).toBe(isDone);
  });

  it("leaves its answer in the log of its session, and nowhere where there is none", () => {
    const { store, runner } = setup();
    const error = new AetheriaError("expired", "Too late.").toData();
    runner.answered(row, "rename", { outcome: "refused", error });
    expect(store.mirror.answer(row.command_id)).toEqual({ outcome: "refused", error });
    expect(store.mirror.lastNumber(row.device_id)).toBe(7);
    expect(() => setup([]).runner.answered(row, null, { outcome: "done" })).not.toThrow();
  });
});
