import { getEventListeners } from "node:events";
import { describe, expect, it } from "vitest";
import { AetheriaError } from "../../contract/errors.ts";
import { callTool, createFixture, eventsOf, say, testTool } from "./session.fixture.ts";

describe("a run of many steps", () => {
  it("leaves nothing behind of a step that is over, neither of its question", async () => {
    const listening: number[] = [];
    const write = testTool({
      name: "write",
      effect: "write_workspace",
      run: (_input, { signal }) =>
        String(listening.push(getEventListeners(signal, "abort").length)),
    });
    const steps = Array.from({ length: 5 }, (_, n) => [callTool("write", { n })]);
    const f = createFixture({ turns: [...steps, say("done")], tools: [write], mode: "ask" });
    await f.send("go");
    const asked = new Set<string>();
    for (let n = 0; n < 5; n += 1) {
      const { data } = await f.until(
        "approval.requested",
        (d) => !asked.has(d.approval.approvalId),
      );
      const { approvalId } = data.approval;
      asked.add(approvalId);
      f.live.answer({ sessionId: f.sessionId, approvalId, answer: "allow", scope: "once" });
    }
    await f.ended();
    expect(new Set(listening).size).toBe(1);
  });
});

describe("a full disk in the middle of steps side by side", () => {
  it("ends the run only when every step has ended: none writes after it", async () => {
    const slow = Promise.withResolvers<string>();
    const f = createFixture({
      turns: [[callTool("quick"), callTool("slow")]],
      tools: [
        testTool({
          name: "quick",
          run: () => {
            f.store.failNext(new AetheriaError("disk_full", "The disk is full."));
            slow.resolve("slow ran");
            return "quick ran";
          },
        }),
        testTool({ name: "slow", run: () => slow.promise }),
      ],
    });
    await f.send("go");
    expect((await f.ended()).data).toMatchObject({
      outcome: "failed",
      error: { code: "disk_full" },
    });
    expect(f.types().at(-1)).toBe("run.finished");
    expect(eventsOf(f.log(), "tool.finished")).toHaveLength(1);
  });
});
