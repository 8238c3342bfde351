import { uuidv7 } from "uuidv7";
import { describe, expect, it } from "vitest";
import type { NewEvent } from "../../contract/events.ts";
import type { MessageId, SessionId } from "../../contract/ids.ts";
import type { ModelRef } from "../../contract/session.ts";
import { defaultSettings } from "../../contract/settings.ts";
import type { Tool } from "../../core/ports.ts";
import type { Connection } from "../../rpc/server.ts";
import { createMemoryStore } from "../../testing/memory-store.ts";
import { scriptedModel, type Turn } from "../../testing/scripted-model.ts";
import { say, testTool } from "./session.fixture.ts";
import { createSessions } from "./sessions.ts";

/** Sessions with one model whose choice, every time, waits to be let through. */
function open(turns: readonly Turn[], tools: Tool[] = []) {
  const clock = { now: () => Date.now(), sleep: () => Promise.resolve() };
  const store = createMemoryStore({ clock });
  const model = scriptedModel({ turns });
  const choices: PromiseWithResolvers<ModelRef>[] = [];
  const waiting = new Set<() => void>();
  const check = () => waiting.forEach((look) => look());
  const troubles: unknown[] = [];
  const ended: string[] = [];
  const sessions = createSessions(
    {
      store,
      clock,
      ids: { next: uuidv7 },
      models: {
        open: () => model,
        choose: () => {
          const choice = Promise.withResolvers<ModelRef>();
          choices.push(choice);
          check();
          return choice.promise;
        },
        cost: () => 0,
      },
      tools: new Map(tools.map((tool) => [tool.description.name, tool])),
      attachments: { read: async () => ({ kind: "none", why: "There are none." }) },
      platform: "Linux",
      random: () => 0.5,
      rules: () => ({
        grants: [],
        offline: false,
        budgets: defaultSettings.budgets,
        fallbacks: [],
        usdToday: 0,
        instructions: "",
      }),
      saveGrant: () => undefined,
      runEnded: (_sessionId, outcome) => {
        ended.push(outcome);
        check();
      },
      onTrouble: (error) => void troubles.push(error),
    },
    () => undefined,
  );
  const sessionId = uuidv7() as SessionId;
  const created = { title: "", workspace: null, model: null, mode: "balanced" as const };
  const first: NewEvent = { type: "session.created", data: created };
  sessions.live(sessionId).append([first], "normal");
  const until = (holds: () => boolean) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (!holds()) return;
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
      look();
    });
  return {
    sessions,
    store,
    model,
    sessionId,
    troubles,
    ended,
    types: () => store.events(sessionId, {}).map(({ type }) => type),
    message: (text: string, delivery: "auto" | "queue" = "auto") => {
      const messageId = uuidv7() as MessageId;
      return { sessionId, messageId, text, attachments: [], delivery };
    },
    /** Resolves when the n-th choice of a model is asked for, with the way to make it. */
    async choice(nth: number) {
      await until(() => choices.length >= nth);
      return () => choices[nth - 1]?.resolve(model.ref);
    },
    runsEnded: (count: number) => until(() => ended.length >= count),
  };
}

/** A client that watches, and the way to send it away. */
function watcher() {
  const closes: (() => void)[] = [];
  const connection: Connection = {
    push: () => undefined,
    onClose: (listener) => void closes.push(listener),
  };
  return { connection, listeners: () => closes.length };
}

describe("one writer per session", () => {
  it("while a message waits for its model and its last watcher leaves", async () => {
    const at = open([say("Hello.")]);
    const { connection } = watcher();
    const live = at.sessions.live(at.sessionId);
    at.sessions.watch(at.sessionId, connection);
    const sent = live.send(at.message("Hi"));
    const choose = await at.choice(1);
    at.sessions.unwatch(at.sessionId, connection);
    expect(at.sessions.live(at.sessionId)).toBe(live);
    choose();
    await sent;
    await at.runsEnded(1);
    expect(at.ended).toEqual(["done"]);
  });

  it("while a run has ended and the next of the queue waits for its model, unwatched", async () => {
    const at = open([say("One."), say("Two.")]);
    const live = at.sessions.live(at.sessionId);
    const first = live.send(at.message("1"));
    (await at.choice(1))();
    await first;
    await live.send(at.message("2"));
    const choose = await at.choice(2);
    expect(at.sessions.live(at.sessionId)).toBe(live);
    choose();
    await at.runsEnded(2);
    expect(at.ended).toEqual(["done", "done"]);
  });

  it("and none when nobody watches and nothing works any more", async () => {
    const at = open([say("Hello.")], [testTool({ name: "look" })]);
    const live = at.sessions.live(at.sessionId);
    const sent = live.send(at.message("Hi"));
    (await at.choice(1))();
    await sent;
    await at.runsEnded(1);
    await live.send(at.message("")).catch(() => undefined);
    const again = at.sessions.live(at.sessionId);
    expect(again).not.toBe(live);
    await again.runByHand("look", {});
    expect(at.sessions.live(at.sessionId)).not.toBe(again);
  });
});

describe("stop while a model is being chosen", () => {
  it("keeps the message, and ends its run before it has begun to work", async () => {
    const at = open([say("Too late.")]);
    const live = at.sessions.live(at.sessionId);
    const sent = live.send(at.message("Hi"));
    const choose = await at.choice(1);
    expect(await live.stop()).toBe(true);
    choose();
    await sent;
    await at.runsEnded(1);
    expect(at.ended).toEqual(["stopped"]);
    expect(at.types()).not.toContain("text.finished");
  });

  it("leaves what waits in the queue where it is", async () => {
    const at = open([say("One.")]);
    const live = at.sessions.live(at.sessionId);
    const first = live.send(at.message("1"));
    (await at.choice(1))();
    await first;
    await live.send(at.message("2"));
    const choose = await at.choice(2);
    await live.stop();
    choose();
    await live.send(at.message("")).catch(() => undefined);
    expect(at.types().filter((type) => type === "run.started")).toHaveLength(1);
    expect(live.transcript().queued.size).toBe(1);
  });
});

describe("deleting a session", () => {
  it("while a message waits for its model: the sender is told, and nothing begins", async () => {
    const at = open([]);
    const sent = at.sessions.live(at.sessionId).send(at.message("Hi"));
    const choose = await at.choice(1);
    at.sessions.drop(at.sessionId);
    at.store.deleteSession(at.sessionId);
    choose();
    await expect(sent).rejects.toMatchObject({ code: "not_found" });
    expect(at.troubles).toEqual([]);
    expect(at.model.requests).toEqual([]);
  });

  it("between two runs: the queue does not begin, and nobody is troubled", async () => {
    const at = open([say("One.")]);
    const live = at.sessions.live(at.sessionId);
    const first = live.send(at.message("1"));
    (await at.choice(1))();
    await first;
    await live.send(at.message("2"));
    const choose = await at.choice(2);
    at.sessions.drop(at.sessionId);
    at.store.deleteSession(at.sessionId);
    choose();
    await live.send(at.message("")).catch(() => undefined);
    expect(at.troubles).toEqual([]);
    expect(at.model.requests).toHaveLength(1);
  });
});

describe("a client that looks at sessions all day", () => {
  it("leaves one listener behind, however often it opens and closes one", () => {
    const at = open([]);
    const { connection, listeners } = watcher();
    for (let i = 0; i < 5; i += 1) {
      at.sessions.watch(at.sessionId, connection);
      at.sessions.unwatch(at.sessionId, connection);
    }
    expect(listeners()).toBe(1);
  });
});
