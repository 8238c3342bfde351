import { describe, expect, it } from "vitest";
import { callTool, createFixture, eventsOf, say, testTool } from "./session.fixture.ts";

const post = () =>
  testTool({
    name: "post",
    effect: "leaves_machine",
    plan: { hosts: ["a.example"], leaving: { to: "a.example", what: [] } },
  });

describe("a call by hand that waits for its answer", () => {
  it("still waits when the agent's run ends meanwhile", async () => {
    const f = createFixture({ turns: [say("Hello.")], tools: [post()] });
    const done = f.live.runByHand("post", {});
    const { data } = await f.until("approval.requested");
    await f.send("Hi");
    await f.ended();
    expect(f.store.session(f.sessionId)).toMatchObject({ pendingApprovals: 1, phase: "waiting" });
    const { approvalId } = data.approval;
    f.live.answer({ sessionId: f.sessionId, approvalId, answer: "allow", scope: "once" });
    expect(await done).toMatchObject({ result: { outcome: "done" } });
    expect(f.store.session(f.sessionId)).toMatchObject({ pendingApprovals: 0, phase: "idle" });
  });

  it("is no open question any more once it was stopped", async () => {
    const f = createFixture({ tools: [post()] });
    const done = f.live.runByHand("post", {});
    const { data } = await f.until("approval.requested");
    await f.live.stop();
    expect(await done).toMatchObject({ result: { outcome: "stopped" } });
    expect(f.store.session(f.sessionId)).toMatchObject({ pendingApprovals: 0, phase: "idle" });
    const { approvalId } = data.approval;
    const late = { sessionId: f.sessionId, approvalId, answer: "allow", scope: "once" } as const;
    expect(() => f.live.answer(late)).toThrow("answered already");
  });

  it("keeps the conversation from being rewound under it", async () => {
    const f = createFixture({ turns: [say("Hello.")], tools: [post()] });
    await f.send("Hi");
    await f.ended();
    const done = f.live.runByHand("post", {});
    await f.until("approval.requested");
    expect(() => f.live.rewind(2)).toThrow("still running");
    await expect(f.live.retry()).rejects.toThrow("still running");
    await f.live.stop();
    await done;
  });
});

describe("the end of a run", () => {
  it("closes the questions of that run", async () => {
    const f = createFixture({ turns: [[callTool("post")]], tools: [post()] });
    await f.send("Hi");
    await f.until("approval.requested");
    await f.live.stop();
    expect(eventsOf(f.log(), "run.finished")).toHaveLength(1);
    expect(f.store.session(f.sessionId)).toMatchObject({ pendingApprovals: 0, phase: "idle" });
    expect(f.live.transcript().approvals.size).toBe(0);
  });
});
