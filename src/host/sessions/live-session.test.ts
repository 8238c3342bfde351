import { uuidv7 } from "uuidv7";
import { describe, expect, it } from "vitest";
import { AetheriaError } from "../../contract/errors.ts";
import { defaultSettings } from "../../contract/settings.ts";
import { scriptedModel } from "../../testing/scripted-model.ts";
import { callTool, createFixture, eventsOf, say, testTool } from "./session.fixture.ts";

const overloaded = (extra: { retryAfterMs?: number } = {}) =>
  new AetheriaError("model_overloaded", "The model is overloaded.", { retryable: true, ...extra });

describe("a run", () => {
  it("answers a message, step by step in the log", async () => {
    const f = createFixture({ turns: [say("Hello!")] });
    await f.send("Hi there");
    await f.ended();
    expect(f.types()).toEqual([
      "session.created",
      "message.sent",
      "session.renamed",
      "run.started",
      "text.finished",
      "run.finished",
    ]);
    expect(f.view().title).toBe("Hi there");
    expect(f.view().items.map((item) => item.kind)).toEqual(["message", "text", "run_end"]);
    expect(f.streamed("text.delta")).toBe("Hello!");
  });

  it("calls tools, gives the results back, and goes on", async () => {
    const f = createFixture({
      turns: [[callTool("look", { path: "a.txt" })], say("It says look ran.")],
      tools: [testTool({ name: "look" })],
    });
    await f.send("What is in a.txt?");
    await f.ended();
    expect(f.types().slice(3)).toEqual([
      "run.started",
      "text.finished",
      "tool.requested",
      "tool.started",
      "tool.finished",
      "text.finished",
      "run.finished",
    ]);
    const told = f.model.requests[1]?.messages.at(-1);
    expect(told).toMatchObject({ role: "tool", name: "look", text: "look ran" });
  });

  it("runs neighbouring calls that only read side by side", async () => {
    const started: string[] = [];
    const both = Promise.withResolvers<void>();
    const reader = (name: string) =>
      testTool({
        name,
        run: async () => {
          started.push(name);
          if (started.length === 2) both.resolve();
          await both.promise;
          return name;
        },
      });
    const f = createFixture({
      turns: [[callTool("one"), callTool("two")], say("done")],
      tools: [reader("one"), reader("two")],
    });
    await f.send("read both");
    const end = await f.ended();
    expect(end.data.outcome).toBe("done");
    expect(started).toEqual(["one", "two"]);
  });

  it("runs calls with effects one after another, in the model's order", async () => {
    const order: string[] = [];
    const writer = (name: string) =>
      testTool({
        name,
        effect: "write_workspace",
        run: async () => {
          order.push(`${name} in`);
          await Promise.resolve();
          order.push(`${name} out`);
          return name;
        },
      });
    const f = createFixture({
      turns: [[callTool("one"), callTool("two")], say("done")],
      tools: [writer("one"), writer("two")],
    });
    await f.send("write both");
    await f.ended();
    expect(order).toEqual(["one in", "one out", "two in", "two out"]);
    const journal = f.store.appends.filter(({ types }) => types[0]?.startsWith("tool."));
    expect(journal.map(({ durability }) => durability)).toEqual(["full", "full", "full", "full"]);
  });

  it.each([
    ["an unknown tool", callTool("nothing"), "There is no tool named “nothing”. There are: look."],
    ["bad input", callTool("look", { wrong: 1 }), "Wrong input for look"],
    [
      "arguments that are not JSON",
      { type: "tool_call", call: { id: "1", name: "look", argumentsText: "read it" } } as const,
      "not valid JSON",
    ],
  ])("tells the model about %s in words", async (_name, call, words) => {
    const f = createFixture({ turns: [[call], say("ok")], tools: [testTool({ name: "look" })] });
    await f.send("go");
    await f.ended();
    const [finished] = eventsOf(f.log(), "tool.finished");
    expect(finished?.data).toMatchObject({ outcome: "failed" });
    expect(finished?.data.text).toContain(words);
    expect(f.model.requests).toHaveLength(2);
  });

  it("turns a tool that throws into a result, never into the end of the run", async () => {
    const tool = testTool({
      name: "look",
      run: () => {
        throw new AetheriaError("not_found", "There is no file a.txt.", {
          hint: "List the folder.",
        });
      },
    });
    const f = createFixture({ turns: [[callTool("look")], say("sorry")], tools: [tool] });
    await f.send("go");
    expect((await f.ended()).data.outcome).toBe("done");
    const [finished] = eventsOf(f.log(), "tool.finished");
    expect(finished?.data.text).toBe("There is no file a.txt. List the folder.");
  });

  it("reads a tool call that a weak model wrote as text", async () => {
    const text = '```json\n{"name": "look", "arguments": {"path": "a"}}\n```';
    const f = createFixture({
      turns: [say(text), say("done")],
      tools: [testTool({ name: "look" })],
    });
    await f.send("go");
    await f.ended();
    expect(eventsOf(f.log(), "tool.finished")[0]?.data.outcome).toBe("done");
    expect(eventsOf(f.log(), "text.finished")[0]?.data.text).toBe("");
  });

  it("ends when the same step comes out the same way three times", async () => {
    const f = createFixture({
      turns: () => [callTool("look", { path: "a" })],
      tools: [testTool({ name: "look" })],
    });
    await f.send("loop");
    const end = await f.ended();
    expect(end.data.outcome).toBe("limit");
    expect(end.data.error?.message).toBe(
      "The same step (look) came out the same way 3 times in a row, so the run was ended.",
    );
    expect(f.model.requests).toHaveLength(3);
  });

  it("ends at its budget of steps, and warns before", async () => {
    let n = 0;
    const f = createFixture({
      turns: () => [callTool("look", { n: n++ })],
      tools: [testTool({ name: "look", run: ({ n: which }) => `result ${String(which)}` })],
      settings: { budgets: { ...defaultSettings.budgets, stepsPerRun: 5 } },
    });
    await f.send("go on for ever");
    const end = await f.ended();
    expect(end.data).toMatchObject({ outcome: "limit", steps: 5 });
    expect(end.data.error?.code).toBe("budget_exceeded");
    const details = f.pushes.flatMap((push) => (push.type === "session.frame" ? push.live : []));
    expect(JSON.stringify(details)).toContain("80 % of the budget of 5 steps in one run is used.");
  });

  it("sums tokens and money", async () => {
    const usage = { type: "usage", usage: { inputTokens: 10, outputTokens: 5, cachedTokens: 2 } };
    const turn = [{ type: "text", text: "a" }, usage] as const;
    const f = createFixture({
      turns: [[callTool("look"), usage as never], turn as never],
      tools: [testTool({ name: "look" })],
    });
    await f.send("go");
    const end = await f.ended();
    expect(end.data.usage).toEqual({
      inputTokens: 20,
      outputTokens: 10,
      cachedTokens: 4,
      costUsd: 0.01,
    });
  });
});

describe("a model that fails", () => {
  it("is tried again with back-off, at least as long as it asks", async () => {
    const f = createFixture({
      turns: [[{ fail: overloaded({ retryAfterMs: 7_000 }) }], [{ fail: overloaded() }], say("ok")],
    });
    await f.send("go");
    expect((await f.ended()).data.outcome).toBe("done");
    expect(f.clock.sleeps[0]).toBe(7_000);
    expect(f.clock.sleeps[1]).toBe(750);
  });

  it("in mid-answer goes on without replaying what was shown", async () => {
    const whole = "Revenue grew 18.4 % quarter over quarter, led by EMEA, and costs fell.";
    const f = createFixture({
      turns: [
        [{ type: "text", text: whole.slice(0, 40) }, { cut: true }],
        [
          { type: "text", text: whole.slice(0, 30) },
          { type: "text", text: whole.slice(30) },
        ],
      ],
    });
    await f.send("go");
    await f.ended();
    expect(f.streamed("text.delta")).toBe(whole);
    expect(eventsOf(f.log(), "text.finished").map((event) => event.data.text)).toEqual([whole]);
    expect(JSON.stringify(f.model.requests[1]?.messages)).toContain("Go on exactly where");
  });

  it("for good ends the run with the sentence, and keeps what was shown", async () => {
    const refused = new AetheriaError("model_unauthorized", "The key for OpenAI was refused.", {
      hint: "Check it in Settings › Models.",
    });
    const f = createFixture({ turns: [[{ type: "text", text: "So far" }, { fail: refused }]] });
    await f.send("go");
    const end = await f.ended();
    expect(end.data).toMatchObject({ outcome: "failed", error: refused.toData() });
    expect(eventsOf(f.log(), "text.finished")[0]?.data).toMatchObject({
      text: "So far",
      partial: true,
    });
  });

  it("gives way to the next model of the person's order", async () => {
    const bad = scriptedModel({
      ref: { provider: "openai", name: "a" },
      turns: () => [{ fail: new AetheriaError("model_not_found", "There is no model a.") }],
    });
    const good = scriptedModel({ ref: { provider: "openai", name: "b" }, turns: [say("from b")] });
    const f = createFixture({ models: [bad, good], settings: { fallbacks: [good.ref] } });
    await f.send("go");
    await f.ended();
    const [text] = eventsOf(f.log(), "text.finished");
    expect(text?.data).toMatchObject({ text: "from b", model: good.ref });
  });

  it("never goes from local to cloud without asking", async () => {
    const fail = { fail: new AetheriaError("model_unreachable", "Ollama does not answer.") };
    const local = scriptedModel({ info: { local: true }, turns: () => [fail] });
    const cloud = scriptedModel({
      ref: { provider: "openai", name: "b" },
      info: { local: false },
      turns: [say("hi")],
    });
    const f = createFixture({ models: [local, cloud], settings: { fallbacks: [cloud.ref] } });
    await f.send("go");
    const asked = await f.until("approval.requested");
    expect(asked.data.approval).toMatchObject({ kind: "fallback", scopes: ["once"] });
    expect(cloud.requests).toHaveLength(0);
    const { sessionId, live } = f;
    const { approvalId } = asked.data.approval;
    live.answer({ sessionId, approvalId, answer: "deny", scope: "once" });
    expect((await f.ended()).data.outcome).toBe("failed");
    expect(cloud.requests).toHaveLength(0);
  });
});

describe("approvals", () => {
  const mail = (ran: string[]) =>
    testTool({
      name: "send",
      effect: "leaves_machine",
      plan: { leaving: { to: "dana@example.com", what: [{ name: "text", value: "42" }] } },
      run: (input) => {
        ran.push(JSON.stringify(input));
        return "sent";
      },
    });

  it("wait for the person, show exactly what leaves, and run what was allowed", async () => {
    const ran: string[] = [];
    const f = createFixture({ turns: [[callTool("send")], say("sent it")], tools: [mail(ran)] });
    await f.send("mail dana");
    const { data } = await f.until("approval.requested");
    expect(data.approval.view.leaving).toEqual({
      to: "dana@example.com",
      what: [{ name: "text", value: "42" }],
    });
    expect(ran).toEqual([]);
    const { sessionId } = f;
    const { approvalId } = data.approval;
    f.live.answer({ sessionId, approvalId, answer: "allow", scope: "once" });
    await f.ended();
    expect(ran).toHaveLength(1);
  });

  it("that are denied never run, and the model is told", async () => {
    const ran: string[] = [];
    const f = createFixture({ turns: [[callTool("send")], say("ok")], tools: [mail(ran)] });
    await f.send("mail dana");
    const { data } = await f.until("approval.requested");
    const { sessionId } = f;
    const { approvalId } = data.approval;
    f.live.answer({ sessionId, approvalId, answer: "deny", scope: "once" });
    await f.ended();
    expect(ran).toEqual([]);
    expect(eventsOf(f.log(), "tool.finished")[0]?.data.outcome).toBe("denied");
    expect(() => f.live.answer({ sessionId, approvalId, answer: "allow", scope: "once" })).toThrow(
      "answered already",
    );
  });

  it("run the input that the person changed", async () => {
    const ran: string[] = [];
    const f = createFixture({
      turns: [[callTool("send", { a: 1 })], say("ok")],
      tools: [mail(ran)],
    });
    await f.send("mail dana");
    const { data } = await f.until("approval.requested");
    const { sessionId } = f;
    const { approvalId } = data.approval;
    f.live.answer({ sessionId, approvalId, answer: "allow", scope: "once", input: { a: 2 } });
    await f.ended();
    expect(ran).toEqual(['{"a":2}']);
  });

  it("are asked in every mode when private and untrusted content meet what leaves", async () => {
    const page = testTool({ name: "page", labels: ["untrusted"] });
    const file = testTool({ name: "file", labels: ["private"] });
    const fetch = testTool({
      name: "fetch",
      plan: { hosts: ["a.example"], leaving: { to: "a.example", what: [] } },
    });
    const f = createFixture({
      turns: [
        [callTool("fetch")],
        [callTool("page"), callTool("file")],
        [callTool("fetch")],
        say("x"),
      ],
      tools: [page, file, fetch],
      mode: "autonomous",
    });
    await f.send("go");
    const { data } = await f.until("approval.requested");
    expect(data.approval.kind).toBe("leaves_machine");
    expect(eventsOf(f.log(), "tool.finished")).toHaveLength(3);
    await f.live.stop();
  });

  it("with a lasting answer are not asked again in the session", async () => {
    const write = testTool({
      name: "write",
      effect: "write_workspace",
      plan: { paths: ["/work/a/b.txt"] },
    });
    const f = createFixture({
      turns: [[callTool("write", { n: 1 })], [callTool("write", { n: 2 })], say("done")],
      tools: [write],
      mode: "balanced",
    });
    await f.send("write twice");
    const { data } = await f.until("approval.requested");
    const { sessionId } = f;
    const { approvalId } = data.approval;
    f.live.answer({ sessionId, approvalId, answer: "allow", scope: "session" });
    await f.ended();
    expect(eventsOf(f.log(), "approval.requested")).toHaveLength(1);
    expect(eventsOf(f.log(), "tool.finished").map((e) => e.data.outcome)).toEqual(["done", "done"]);
  });
});

describe("stop", () => {
  it("ends a stream at once and keeps what was shown", async () => {
    const never = new Promise(() => {});
    const f = createFixture({ turns: [[{ type: "text", text: "Once upon" }, { wait: never }]] });
    await f.send("tell");
    await f.shown("Once upon");
    expect(await f.live.stop()).toBe(true);
    expect((await f.ended()).data.outcome).toBe("stopped");
    expect(eventsOf(f.log(), "text.finished")[0]?.data).toMatchObject({
      text: "Once upon",
      partial: true,
    });
    expect(f.model.aborted).toBe(1);
  });

  it("ends a tool that does not listen, after a short grace", async () => {
    const started = Promise.withResolvers<void>();
    const deaf = testTool({
      name: "deaf",
      run: () => {
        started.resolve();
        return new Promise<string>(() => {});
      },
    });
    const f = createFixture({ turns: [[callTool("deaf")]], tools: [deaf] });
    await f.send("go");
    await started.promise;
    await f.live.stop();
    expect((await f.ended()).data.outcome).toBe("stopped");
    expect(eventsOf(f.log(), "tool.finished")[0]?.data.outcome).toBe("stopped");
  });
});

describe("messages while a run works", () => {
  it("wait in the queue and get a run of their own", async () => {
    const gate = Promise.withResolvers<void>();
    const f = createFixture({
      turns: [[{ wait: gate.promise }, { type: "text", text: "one" }], say("two")],
    });
    await f.send("first");
    expect(await f.send("second")).toMatchObject({ queued: true });
    expect(f.view().queued.map((message) => message.text)).toEqual(["second"]);
    gate.resolve();
    await f.ended(2);
    expect(
      f.view().items.flatMap((i) => (i.kind === "message" || i.kind === "text" ? [i.text] : [])),
    ).toEqual(["first", "one", "second", "two"]);
    expect(f.model.requests[0]?.messages).toHaveLength(1);
  });

  it("that steer are read at the next turn of the same run", async () => {
    const gate = Promise.withResolvers<void>();
    const slow = testTool({
      name: "slow",
      run: async () => {
        await gate.promise;
        return "slow";
      },
    });
    const f = createFixture({ turns: [[callTool("slow")], say("as you wish")], tools: [slow] });
    await f.send("start");
    await f.until("tool.started");
    await f.send("rather in French", "steer");
    gate.resolve();
    await f.ended();
    const last = f.model.requests[1]?.messages.at(-1);
    expect(JSON.stringify(last)).toContain("rather in French");
    expect(eventsOf(f.log(), "run.started")).toHaveLength(1);
  });

  it("sent twice with the same id are in the log once", async () => {
    const f = createFixture({ turns: [say("ok")] });
    const id = uuidv7();
    const [a, b] = await Promise.all([f.send("hi", "auto", id), f.send("hi", "auto", id)]);
    await f.ended();
    expect(a.seq).toBe(b.seq);
    expect(eventsOf(f.log(), "message.sent")).toHaveLength(1);
  });
});

describe("after the host died", () => {
  it("a cut answer is continued without a word twice", async () => {
    const never = new Promise(() => {});
    const first = createFixture({
      turns: [[{ type: "text", text: "The first half of a long sentence" }, { wait: never }]],
    });
    await first.send("go");
    await first.shown("sentence");
    await first.live.close();
    const { store, sessionId } = first;
    expect(store.unfinishedSessions()).toEqual([sessionId]);
    const whole = "The first half of a long sentence and the second half.";
    const second = createFixture({ turns: [say(whole)], store, sessionId });
    second.live.resume();
    await second.ended();
    const texts = second.view().items.flatMap((item) => (item.kind === "text" ? [item.text] : []));
    expect(texts.join("")).toBe(whole);
    expect(second.view().items.filter((item) => item.kind === "note")).toHaveLength(1);
  });

  it("a step that may have happened is asked about, never repeated silently", async () => {
    const runs: string[] = [];
    const started = Promise.withResolvers<void>();
    const pay = (result: Promise<string>) =>
      testTool({
        name: "pay",
        effect: "write_machine",
        run: () => {
          runs.push("paid");
          started.resolve();
          return result;
        },
      });
    const first = createFixture({
      turns: [[callTool("pay")]],
      tools: [pay(new Promise(() => {}))],
    });
    await first.send("pay");
    const { sessionId, store } = first;
    const { data } = await first.until("approval.requested");
    first.live.answer({
      sessionId,
      approvalId: data.approval.approvalId,
      answer: "allow",
      scope: "once",
    });
    await started.promise;
    await first.live.close();

    const second = createFixture({
      turns: [say("It was paid.")],
      tools: [pay(Promise.resolve("paid"))],
      store,
      sessionId,
    });
    second.live.resume();
    const question = await second.until(
      "approval.requested",
      (d) => d.approval.kind === "recovery",
    );
    expect(question.data.approval.view.sentence).toContain("It may or may not have taken effect");
    const { approvalId } = question.data.approval;
    second.live.answer({ sessionId, approvalId, answer: "done", scope: "once" });
    await second.ended();
    expect(runs).toEqual(["paid"]);
    expect(eventsOf(second.log(), "tool.finished")[0]?.data.outcome).toBe("unknown");
  });

  it("a step that only reads runs again", async () => {
    const started = Promise.withResolvers<void>();
    const first = createFixture({
      turns: [[callTool("look")]],
      tools: [
        testTool({
          name: "look",
          run: () => {
            started.resolve();
            return new Promise(() => {});
          },
        }),
      ],
    });
    await first.send("go");
    await started.promise;
    await first.live.close();
    const { store, sessionId } = first;
    const second = createFixture({
      turns: [say("done")],
      tools: [testTool({ name: "look" })],
      store,
      sessionId,
    });
    second.live.resume();
    expect((await second.ended()).data.outcome).toBe("done");
    expect(eventsOf(second.log(), "tool.finished")).toHaveLength(1);
  });

  it("again and again in the same run ends the run", async () => {
    const never = new Promise(() => {});
    const first = createFixture({ turns: [[{ wait: never }]] });
    await first.send("go");
    await first.until("run.started");
    await first.live.close();
    const { store, sessionId } = first;
    for (let crash = 0; crash < 3; crash++) {
      const again = createFixture({ turns: [[{ wait: never }]], store, sessionId });
      again.live.resume();
      await again.live.close();
    }
    const last = createFixture({ turns: [], store, sessionId });
    last.live.resume();
    const end = await last.ended();
    expect(end.data.error?.message).toContain("stopped 3 times");
  });
});

describe("a long history", () => {
  it("is compacted before it overflows the model's window, and the person sees it and its cost", async () => {
    const info = { contextTokens: 2_000 };
    const usage = { inputTokens: 700, outputTokens: 30, cachedTokens: 0 };
    const spent = { type: "usage", usage } as const;
    const model = scriptedModel({
      info,
      turns: (request) =>
        request.tools.length === 0 && request.instructions.startsWith("Summarise")
          ? [...say("They spoke about numbers."), spent]
          : say("x ".repeat(400)),
    });
    const f = createFixture({ models: [model], tools: [testTool({ name: "look" })] });
    for (let n = 1; n <= 6; n++) {
      await f.send(`message ${n} ${"word ".repeat(150)}`);
      await f.ended(n);
    }
    const [compacted] = eventsOf(f.log(), "context.compacted");
    expect(compacted?.data.summary).toBe("They spoke about numbers.");
    expect(compacted?.data.usage).toEqual({ ...usage, costUsd: 0.03 });
    const total = eventsOf(f.log(), "run.finished").reduce(
      (n, e) => n + e.data.usage.inputTokens,
      0,
    );
    expect(total).toBe(700 * eventsOf(f.log(), "context.compacted").length);
    const last = model.requests.at(-1);
    expect(JSON.stringify(last?.messages[0])).toContain("They spoke about numbers.");
    expect(JSON.stringify(last?.messages)).toContain("message 6");
    expect(eventsOf(f.log(), "message.sent")).toHaveLength(6);
  });
});

describe("by hand", () => {
  it("a person runs any tool, logged and shown like the agent's own", async () => {
    const f = createFixture({ tools: [testTool({ name: "look", labels: ["private"] })] });
    const { result } = await f.live.runByHand("look", {});
    expect(result).toEqual({ outcome: "done", text: "look ran", files: [], labels: ["private"] });
    expect(f.types().slice(1)).toEqual(["tool.requested", "tool.started", "tool.finished"]);
  });
  it("an unknown tool or wrong input is a clear error", async () => {
    const f = createFixture({ tools: [testTool({ name: "look" })] });
    await expect(f.live.runByHand("nothing", {})).rejects.toThrow(
      "There is no tool named “nothing”.",
    );
    await expect(f.live.runByHand("look", { wrong: 1 })).rejects.toThrow("“wrong” is not a field");
  });
});

describe("a full disk", () => {
  const full = () => new AetheriaError("disk_full", "The disk is full.");

  it("loses nothing: the send is refused, and works again when there is room", async () => {
    const f = createFixture({ turns: [say("ok")] });
    f.store.failNext(full());
    await expect(f.send("hi")).rejects.toThrow("The disk is full.");
    await f.send("hi");
    expect((await f.ended()).data.outcome).toBe("done");
  });

  it("never keeps a message without its run: the same message sent again is answered", async () => {
    const f = createFixture({ turns: [say("ok")] });
    const id = uuidv7();
    f.store.failNext(full());
    await expect(f.send("hi", "auto", id)).rejects.toThrow("The disk is full.");
    expect(f.types()).toEqual(["session.created"]);
    await f.send("hi", "auto", id);
    expect((await f.ended()).data.outcome).toBe("done");
    const last = f.store.appends.find(({ types }) => types.includes("message.sent"));
    expect(last?.types).toContain("run.started");
  });

  it("that a run ends on leaves no run that nobody works on: Stop ends it, and says why", async () => {
    const gate = Promise.withResolvers<void>();
    const f = createFixture({
      turns: [[{ type: "text", text: "So far" }, { wait: gate.promise }], say("again")],
    });
    await f.send("hi");
    await f.shown("So far");
    f.live.snapshot(undefined);
    f.store.fail(full());
    gate.resolve();
    await f.troubled();
    f.store.fail(null);
    expect(await f.live.stop()).toBe(true);
    const end = await f.ended();
    expect(end.data.error?.message).toBe("The run could not be finished. The disk is full.");
    expect(eventsOf(f.log(), "text.finished")[0]?.data).toMatchObject({ text: "So far" });
    expect(f.store.openTexts(f.sessionId)).toEqual([]);
    await f.send("once more");
    expect((await f.ended(2)).data.outcome).toBe("done");
  });
});

describe("going back", () => {
  it("answers the last message again, and leaves the answer before it alone", async () => {
    const gate = Promise.withResolvers<void>();
    const f = createFixture({
      turns: [
        [{ wait: gate.promise }, { type: "text", text: "one" }],
        say("two"),
        say("better two"),
        say("best two"),
      ],
    });
    await f.send("first");
    await f.send("second");
    gate.resolve();
    await f.ended(2);
    await f.live.retry();
    await f.ended(3);
    await f.live.retry();
    await f.ended(4);
    const said = f
      .view()
      .items.flatMap((item) =>
        item.kind === "message" || item.kind === "text" ? [item.text] : [],
      );
    expect(said).toEqual(["first", "one", "second", "best two"]);
    const told = f.model.requests[3]?.messages.map((message) =>
      message.role === "user" ? "person" : message.role,
    );
    expect(told).toEqual(["person", "assistant", "person"]);
  });

  it("into the middle of a run ends it there, without a word of failure", async () => {
    const f = createFixture({
      turns: [[callTool("look")], say("done"), say("on we go")],
      tools: [testTool({ name: "look" })],
    });
    await f.send("go");
    await f.ended();
    const [asked] = eventsOf(f.log(), "tool.requested");
    f.live.rewind(asked?.seq ?? 0);
    expect(eventsOf(f.log(), "run.finished").at(-1)?.data).toMatchObject({ outcome: "stopped" });
    await f.send("and now?");
    expect((await f.ended(3)).data.outcome).toBe("done");
    expect(eventsOf(f.log(), "run.finished").map((end) => end.data.outcome)).toEqual([
      "done",
      "stopped",
      "done",
    ]);
  });

  it("never asks a question again that waited in the queue and was answered since", async () => {
    const gate = Promise.withResolvers<void>();
    const f = createFixture({
      turns: [[{ wait: gate.promise }, { type: "text", text: "one" }], say("two"), say("three")],
    });
    await f.send("first");
    await f.send("second");
    gate.resolve();
    const first = await f.ended(1);
    await f.ended(2);
    f.live.rewind(first.seq);
    expect(f.live.transcript().queued.size).toBe(0);
    expect(await f.send("third")).toMatchObject({ queued: false });
    await f.ended(3);
    expect(JSON.stringify(f.model.requests[2]?.messages)).not.toContain("second");
  });
});
