import { describe, expect, it } from "vitest";
import { CallId, MessageId, RunId, Sha256 } from "../../contract/ids.ts";
import { callTool, createFixture, eventsOf, say, testTool } from "./session.fixture.ts";

const file = {
  sha256: Sha256.parse("a".repeat(64)),
  name: "chart.png",
  mime: "image/png",
  sizeBytes: 3,
};
const messageId = MessageId.parse("m");
const runId = RunId.parse("r");
const callId = CallId.parse("c");
const draw = () => testTool({ name: "draw", artifacts: [{ kind: "chart", title: "Sales", file }] });

describe("what a call made to be looked at", () => {
  it("follows its end in the log, as a card of the conversation", async () => {
    const f = createFixture({ turns: [[callTool("draw")], say("Here.")], tools: [draw()] });
    await f.send("Draw");
    await f.ended();
    const types = f.types();
    expect(types[types.indexOf("tool.finished") + 1]).toBe("artifact.created");
    const callId = eventsOf(f.log(), "tool.requested")[0]?.data.callId;
    const [made] = eventsOf(f.log(), "artifact.created");
    expect(made?.data).toEqual({ callId, kind: "chart", title: "Sales", file });
    expect(f.view().items).toContainEqual(expect.objectContaining({ kind: "artifact" }));
    expect(eventsOf(f.log(), "tool.finished")[0]?.data).not.toHaveProperty("artifacts");
  });

  it("is there as well when the person made the call", async () => {
    const f = createFixture({ tools: [draw()] });
    const { callId } = await f.live.runByHand("draw", {});
    expect(eventsOf(f.log(), "artifact.created").map(({ data }) => data.callId)).toEqual([callId]);
  });

  it("is there once when its run is taken up again", async () => {
    const f = createFixture({ turns: [say("Here.")], tools: [draw()] });
    f.live.append(
      [
        {
          type: "message.sent",
          data: { messageId, text: "Draw", attachments: [], delivery: "auto" },
        },
        {
          type: "run.started",
          data: {
            ...{ runId, messageId, resumed: false },
            ...{ model: f.model.ref, mode: "autonomous" },
          },
        },
        {
          type: "tool.requested",
          data: {
            ...{ callId, runId, by: "agent", turn: 1, name: "draw", family: "test" },
            ...{ summary: "draw", input: {}, effect: "read", modelCallId: "call_1" },
          },
        },
      ],
      "full",
    );
    f.live.resume();
    await f.ended();
    expect(eventsOf(f.log(), "artifact.created")).toHaveLength(1);
  });
});

describe("a picture that comes after the result", () => {
  const drawn = () => Promise.withResolvers<typeof file | null>();
  const slow = (later: Promise<typeof file | null>) => testTool({ name: "draw", later });

  it("holds nothing up, and is kept with its call once it is there", async () => {
    const { promise, resolve } = drawn();
    const f = createFixture({
      ...{ turns: [[callTool("draw")], say("Here.")], tools: [slow(promise)] },
    });
    await f.send("Draw");
    await f.ended();
    expect(eventsOf(f.log(), "attachment.added")).toEqual([]);
    resolve(file);
    await promise;
    const callId = eventsOf(f.log(), "tool.requested")[0]?.data.callId;
    expect(eventsOf(f.log(), "attachment.added").map(({ data }) => data)).toEqual([
      { file, callId },
    ]);
  });

  it("is nothing when there is none, and no trouble when it fails", async () => {
    for (const later of [Promise.resolve(null), Promise.reject(new Error("gone"))]) {
      const f = createFixture({ tools: [slow(later)] });
      await f.live.runByHand("draw", {});
      expect(eventsOf(f.log(), "attachment.added")).toEqual([]);
    }
  });
});
