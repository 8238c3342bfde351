import { mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { uuidv7 } from "uuidv7";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Push } from "../../contract/calls.ts";
import { MessageId, type SessionId } from "../../contract/ids.ts";
import type { Connection } from "../../rpc/server.ts";
import { createMemoryStore } from "../../testing/memory-store.ts";
import { scriptedModel, type Turn } from "../../testing/scripted-model.ts";
import { createSessionCalls } from "./session-calls.ts";
import { createSessions } from "./sessions.ts";

let folder = "";
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "aetheria-calls-")));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function setup(turns: readonly Turn[] = []) {
  const clock = { now: () => Date.now(), sleep: async () => {} };
  const store = createMemoryStore({ clock });
  const model = scriptedModel({ turns });
  const told: Push[] = [];
  const listeners = new Set<() => void>();
  const sessions = createSessions(
    {
      ...{ store, clock, ids: { next: uuidv7 }, tools: new Map(), platform: "Linux" },
      models: { open: () => model, choose: async () => model.ref, cost: () => 0 },
      attachments: { read: async () => ({ kind: "none", why: "No." }) },
      random: () => 0.5,
      rules: () => ({
        ...{ grants: [], offline: false, fallbacks: [], usdToday: 0, instructions: "" },
        budgets: store.settings().budgets,
      }),
      saveGrant: () => {},
      runEnded: () => {},
      onTrouble: (error) => {
        throw error;
      },
    },
    (push) => void told.push(push),
  );
  const calls = createSessionCalls(
    sessions,
    store,
    { next: uuidv7 },
    () => store.settings(),
    (push) => void told.push(push),
    noFiles,
  );
  let leave = () => {};
  const pushes: Push[] = [];
  const connection: Connection = {
    push: (push) => {
      pushes.push(push);
      for (const listener of [...listeners]) listener();
    },
    onClose: (listener) => void (leave = listener),
  };
  const create = (input = {}) => calls["session.create"](input, connection);
  const send = (sessionId: SessionId, text: string) => {
    const messageId = MessageId.parse(uuidv7());
    const message = { sessionId, messageId, text, attachments: [], delivery: "auto" as const };
    return calls["session.send"](message, connection);
  };
  const ended = (sessionId: SessionId, nth = 1) =>
    new Promise<void>((resolve) => {
      const look = () => {
        const ends = store.events(sessionId, {}).filter(({ type }) => type === "run.finished");
        if (ends.length < nth) return;
        listeners.delete(look);
        resolve();
      };
      listeners.add(look);
      look();
    });
  const close = () => sessions.close();
  return {
    ...{ calls, store, connection, pushes, told, create, send, ended, close, model },
    leave: () => leave(),
  };
}

const noFiles = {
  preview: async () => [],
  takeBack: () => Promise.reject(new Error("no file was changed")),
};

const say = (text: string): Turn => [{ type: "text", text }];

describe("session.create", () => {
  it("takes the real path of the folder, links resolved", async () => {
    const link = join(folder, "link");
    await symlink(folder, link);
    const { create, close } = setup();
    expect(await create({ workspace: link })).toMatchObject({ workspace: folder });
    await close();
  });

  it.each([
    ["relative/path", "“relative/path” is not a full path to a folder."],
    ["/no/such/folder", "The folder “/no/such/folder” is not there."],
  ])("refuses %s", async (workspace, message) => {
    const { create, close } = setup();
    await expect(create({ workspace })).rejects.toMatchObject({
      code: "workspace_missing",
      message,
      hint: "Choose another folder.",
    });
    await close();
  });

  it("refuses a file as a folder", async () => {
    const path = join(folder, "file.txt");
    await writeFile(path, "x");
    const { create, close } = setup();
    await expect(create({ workspace: path })).rejects.toMatchObject({ code: "workspace_missing" });
    await close();
  });

  it("begins with the settings' folder and mode unless told otherwise", async () => {
    const { create, store, close } = setup();
    store.saveSettings({ workspace: folder, mode: "ask" });
    expect(await create()).toMatchObject({ workspace: folder, mode: "ask" });
    expect(await create({ workspace: null, mode: "balanced" })).toMatchObject({
      workspace: null,
      mode: "balanced",
    });
    await close();
  });
});

describe("watching", () => {
  it("tells a connection what happens until it closes the session or leaves", async () => {
    const { calls, connection, create, pushes, leave, close } = setup();
    const { sessionId } = await create();
    const rename = (title: string) => calls["session.rename"]({ sessionId, title }, connection);
    await rename("unwatched");
    expect(pushes).toHaveLength(0);
    await calls["session.open"]({ sessionId }, connection);
    await calls["session.open"]({ sessionId }, connection);
    await rename("once");
    expect(pushes).toHaveLength(1);
    await calls["session.close"]({ sessionId }, connection);
    await rename("closed");
    expect(pushes).toHaveLength(1);
    await calls["session.open"]({ sessionId }, connection);
    leave();
    await rename("gone");
    expect(pushes).toHaveLength(1);
    await close();
  });

  it("opens where the client was, or afresh when that cannot be", async () => {
    const { calls, connection, create, close } = setup();
    const { sessionId } = await create();
    await calls["session.rename"]({ sessionId, title: "x" }, connection);
    const open = (from?: number) => calls["session.open"]({ sessionId, from }, connection);
    expect(await open(1)).toMatchObject({ continues: true, events: [{ seq: 2 }] });
    expect(await open(2)).toMatchObject({ continues: true, events: [] });
    expect(await open(99)).toMatchObject({ continues: false, events: [{ seq: 1 }, { seq: 2 }] });
    expect(await open()).toMatchObject({ continues: false, hasEarlier: false });
    await close();
  });
});

describe("a session's own affairs", () => {
  it("a name of spaces is no name", async () => {
    const { calls, connection, create, close } = setup();
    const { sessionId } = await create();
    expect(() => calls["session.rename"]({ sessionId, title: "  " }, connection)).toThrow(
      "A session needs a name.",
    );
    await close();
  });

  it("a fork goes its own way from there", async () => {
    const { calls, connection, create, send, ended, store, close } = setup([
      say("one"),
      say("two"),
    ]);
    const { sessionId } = await create({ title: "Original" });
    await calls["session.open"]({ sessionId }, connection);
    await send(sessionId, "first");
    await ended(sessionId);
    const { seq } = store.events(sessionId, {}).at(-1) ?? { seq: 0 };
    const fork = await calls["session.fork"]({ sessionId, seq }, connection);
    await calls["session.open"]({ sessionId: fork.sessionId }, connection);
    await send(fork.sessionId, "second");
    await ended(fork.sessionId, 2);
    expect(store.events(sessionId, {})).toHaveLength(seq);
    const [first] = store.events(fork.sessionId, {});
    expect(first).toMatchObject({ data: { forkedFrom: { sessionId, seq } } });
    await close();
  });

  it("a message that waits can be taken back, and then never runs", async () => {
    const gate = Promise.withResolvers<void>();
    const { calls, connection, create, send, ended, store, model, close } = setup([
      [{ wait: gate.promise }, { type: "text", text: "one" }],
    ]);
    const { sessionId } = await create();
    await calls["session.open"]({ sessionId }, connection);
    await send(sessionId, "first");
    expect(await send(sessionId, "second")).toMatchObject({ queued: true });
    const queued = store.events(sessionId, {}).findLast(({ type }) => type === "message.sent");
    if (queued?.type !== "message.sent") throw new Error("There is a message.");
    const { messageId } = queued.data;
    await calls["session.unqueue"]({ sessionId, messageId }, connection);
    await calls["session.unqueue"]({ sessionId, messageId }, connection);
    gate.resolve();
    await ended(sessionId);
    await close();
    expect(model.requests).toHaveLength(1);
    const withdrawn = store.events(sessionId, {}).filter((e) => e.type === "message.withdrawn");
    expect(withdrawn).toHaveLength(1);
  });

  it("deleted while it works stops first, and everyone is told", async () => {
    const { calls, connection, create, send, store, told, close } = setup([
      [{ wait: new Promise(() => {}) }],
    ]);
    const { sessionId } = await create();
    await send(sessionId, "never ends");
    await calls["session.delete"]({ sessionId }, connection);
    expect(store.session(sessionId)).toBeNull();
    expect(told).toContainEqual({ type: "session.deleted", sessionId });
    expect(store.unfinishedSessions()).toEqual([]);
    await close();
  });

  it("an exported file's name fits a disk", async () => {
    const { calls, connection, create, close } = setup();
    for (const [title, name] of [
      ["Q3: plan/ideas?", "Q3 plan ideas.md"],
      ["../../etc", "etc.md"],
      ["", "session.md"],
      ["Überblick 概要", "Überblick 概要.md"],
    ] as const) {
      const { sessionId } = await create({ title });
      const exported = await calls["session.export"]({ sessionId, format: "markdown" }, connection);
      expect(exported.name).toBe(name);
    }
    await close();
  });
});
