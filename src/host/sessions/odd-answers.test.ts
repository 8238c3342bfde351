import { describe, expect, it } from "vitest";
import { AetheriaError } from "../../contract/errors.ts";
import type { ModelChunk } from "../../core/ports.ts";
import { scriptedModel, type Turn } from "../../testing/scripted-model.ts";
import { callTool, createFixture, eventsOf, say, testTool } from "./session.fixture.ts";

type Reason = Extract<ModelChunk, { type: "end" }>["reason"];
const ends = (reason: Reason, ...steps: Turn): Turn => [...steps, { type: "end", reason }];
const text = (piece: string) => ({ type: "text", text: piece }) as const;
const thought: Turn = [{ type: "reasoning", text: "Hm." }];
const wasted = (n: number) =>
  Array.from({ length: n }, (_, i) => ends("length", text(`Part ${i}. `)));

describe("a model that says nothing", () => {
  it.each([
    ["at all", []],
    ["but white space", say(" \n")],
    ["but its thoughts", thought],
  ] as [string, Turn][])(
    "%s is asked once more, then the person is told",
    async (_name, nothing) => {
      const f = createFixture({ turns: [nothing, nothing] });
      await f.send("Hi");
      const { data } = await f.ended();
      expect(data).toMatchObject({ outcome: "failed", error: { code: "model_bad_response" } });
      expect(data.error?.message).toBe("The model ended without an answer.");
      expect(data.error?.hint).toBeDefined();
      expect(f.model.requests).toHaveLength(2);
    },
  );

  it("once, and answers then, has answered", async () => {
    const f = createFixture({ turns: [thought, say("Hello.")] });
    await f.send("Hi");
    expect((await f.ended()).data.outcome).toBe("done");
    expect(f.model.requests[1]?.messages.map(({ role }) => role)).toEqual(["user"]);
  });
});

describe("an answer that reaches its length limit", () => {
  it("goes on where it was cut, as one text", async () => {
    const first = "The first half of a rather long answer, ";
    const f = createFixture({ turns: [ends("length", text(first)), say("and the second.")] });
    await f.send("Tell me");
    expect((await f.ended()).data.outcome).toBe("done");
    const texts = f.view().items.flatMap((item) => (item.kind === "text" ? [item.text] : []));
    expect(texts).toEqual([`${first}and the second.`]);
    const told = f.model.requests[1]?.messages ?? [];
    expect(told.at(-2)).toMatchObject({ role: "assistant", text: first });
    expect(JSON.stringify(told.at(-1))).toContain("Go on exactly where your last message ends");
  });

  it("again and again ends the run, and says so", async () => {
    const f = createFixture({ turns: wasted(10) });
    await f.send("Tell me");
    const { data } = await f.ended();
    expect(data).toMatchObject({ outcome: "limit" });
    expect(data.error?.message).toContain("length limit");
    expect(f.model.requests.length).toBeLessThan(10);
  });

  it("in the middle of a call never runs half of it", async () => {
    const ran: unknown[] = [];
    const write = testTool({
      name: "write",
      effect: "write_workspace",
      run: (input) => String(ran.push(input)),
    });
    const call = { id: "1", name: "write", argumentsText: '{"path":"a.txt","content":"half of' };
    const f = createFixture({
      turns: [ends("length", { type: "tool_call", call }), say("I will do it in parts.")],
      tools: [write],
    });
    await f.send("Write it");
    await f.ended();
    expect(ran).toEqual([]);
    expect(eventsOf(f.log(), "tool.finished")[0]?.data).toMatchObject({ outcome: "failed" });
    expect(eventsOf(f.log(), "tool.finished")[0]?.data.text).toContain("cut off");
  });
});

describe("an answer that the provider's filter cut", () => {
  it("ends the run with the reason, and keeps what was shown", async () => {
    const f = createFixture({ turns: [ends("filter", text("Well, "))] });
    await f.send("Hi");
    const { data } = await f.ended();
    expect(data).toMatchObject({ outcome: "failed", error: { code: "model_refused" } });
    expect(eventsOf(f.log(), "text.finished")[0]?.data.text).toBe("Well, ");
  });

  it("runs none of its calls", async () => {
    const f = createFixture({
      turns: [ends("filter", callTool("look"))],
      tools: [testTool({ name: "look" })],
    });
    await f.send("Hi");
    await f.ended();
    expect(f.types()).not.toContain("tool.requested");
  });
});

describe("a history that is too long for the model", () => {
  const tooLong = new AetheriaError("context_overflow", "The conversation is too long.");
  const long = "x".repeat(30_000);

  it("and breaks off after it was shortened leaves nothing open behind", async () => {
    const broken = new AetheriaError("internal", "It broke.");
    const f = createFixture({
      turns: [
        say(long),
        [{ fail: tooLong }],
        say("A summary."),
        [text("Half an answer"), { fail: broken }],
      ],
    });
    await f.send("One");
    await f.ended();
    await f.send("Two");
    await f.ended(2);
    expect(f.types()).toContain("context.compacted");
    expect(f.store.openTexts(f.sessionId)).toEqual([]);
    const last = eventsOf(f.log(), "text.finished").at(-1);
    expect(last?.data).toMatchObject({ text: "Half an answer", partial: true });
  });

  it("is measured against the window of the model that answers, not of the one before it", async () => {
    const large = scriptedModel({
      info: { contextTokens: 1_000_000 },
      turns: (_request, n) =>
        n === 0 ? say(long) : [{ fail: new AetheriaError("model_unreachable", "It is gone.") }],
    });
    const small = scriptedModel({
      ref: { provider: "scripted", name: "small" },
      info: { contextTokens: 4_000 },
      turns: [say("A summary."), say("A short answer.")],
    });
    const f = createFixture({ models: [large, small], settings: { fallbacks: [small.ref] } });
    await f.send("One");
    await f.ended();
    await f.send("Two");
    expect((await f.ended(2)).data.outcome).toBe("done");
    expect(f.types()).toContain("context.compacted");
  });
});
