// One suite over every transport: what holds for the linked pair holds on the real wires.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { MessageChannel } from "node:worker_threads";
import { Server } from "socket.io";
import { io } from "socket.io-client";
import { afterEach, describe, expect, it } from "vitest";
import fc from "fast-check";
import { AetheriaError } from "../contract/errors.ts";
import type { Push } from "../contract/calls.ts";
import { helloAnswer, loudHandlers } from "../testing/loud-handlers.ts";
import type { Channel } from "./channel.ts";
import { createClient } from "./client.ts";
import { createLinkedPair } from "./linked-pair.ts";
import { portChannel } from "./port-channel.ts";
import { serveChannel, type Connection, type Handlers } from "./server.ts";
import { socketChannel } from "./socket-channel.ts";

type Link = { near: Channel; far: Channel; dispose(): Promise<void> | void };

async function socketLink(): Promise<Link> {
  const http = createServer();
  const server = new Server(http);
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const { port } = http.address() as AddressInfo;
  const far = new Promise<Channel>((resolve) =>
    server.on("connection", (socket) => resolve(socketChannel(socket))),
  );
  const socket = io(`http://127.0.0.1:${port}`, { transports: ["websocket"], reconnection: false });
  await new Promise<void>((resolve, reject) => {
    socket.on("connect", resolve);
    socket.on("connect_error", reject);
  });
  return {
    near: socketChannel(socket),
    far: await far,
    async dispose() {
      socket.disconnect();
      await server.close();
    },
  };
}

const links: Record<string, () => Promise<Link> | Link> = {
  "the linked pair": () => {
    const [near, far] = createLinkedPair();
    return { near, far, dispose: () => near.close() };
  },
  "a worker_threads MessagePort": () => {
    const { port1, port2 } = new MessageChannel();
    const near = portChannel(port1);
    return { near, far: portChannel(port2), dispose: () => near.close() };
  },
  "an emitter-only port, as Electron's main side has": () => {
    const { port1, port2 } = new MessageChannel();
    const emitterOnly = (port: typeof port1) => ({
      postMessage: (message: unknown) => port.postMessage(message),
      on: (type: string, listener: (event: { data: unknown }) => void) =>
        port.on(type, (data: unknown) => listener({ data })),
      close: () => port.close(),
    });
    const near = portChannel(emitterOnly(port1));
    return { near, far: portChannel(emitterOnly(port2)), dispose: () => near.close() };
  },
  "a Socket.IO connection": socketLink,
};

const nothingUnexpected = (error: unknown): void => {
  throw error;
};

/** Gives back what a promise rejects with; fails when it does not. */
async function refusal(promise: Promise<unknown>): Promise<AetheriaError> {
  const error = await promise.then(
    () => new Error("It was not refused."),
    (reason: unknown) => reason,
  );
  if (error instanceof AetheriaError) return error;
  throw error;
}

describe.each(Object.entries(links))("rpc over %s", (_name, open) => {
  const disposals: (() => Promise<void> | void)[] = [];
  afterEach(async () => {
    for (const dispose of disposals.splice(0)) await dispose();
  });

  async function link(some: Partial<Handlers> = {}, onUnexpected = nothingUnexpected) {
    const { near, far, dispose } = await open();
    disposals.push(dispose);
    const connection: Connection = serveChannel(far, loudHandlers(some), onUnexpected);
    return { near, far, connection, client: createClient(near) };
  }

  it("answers calls, each with its own answer, whatever the order they finish in", async () => {
    const gates: ((value: void) => void)[] = [];
    const { client } = await link({
      "session.search": async ({ query }) => {
        if (query === "slow") await new Promise<void>((resolve) => gates.push(resolve));
        return { hits: [], complete: query === "slow" };
      },
    });
    const slow = client.call("session.search", { query: "slow" });
    const fast = await client.call("session.search", { query: "fast" });
    expect(fast.complete).toBe(false);
    for (const open of gates) open();
    expect((await slow).complete).toBe(true);
  });

  it("carries bytes in both directions as Uint8Array", async () => {
    const kept: Uint8Array[] = [];
    const { client } = await link({
      "attachment.put": ({ bytes }) => {
        kept.push(bytes);
        return { file: null };
      },
      "attachment.get": () => ({ bytes: new Uint8Array([9, 0, 255]), sizeBytes: 3 }),
    });
    const bytes = new Uint8Array(200_000).fill(7);
    const part = { uploadId: "u", name: "a", mime: "b", offset: 0, last: false };
    await client.call("attachment.put", { ...part, bytes });
    expect(kept).toStrictEqual([bytes]);
    const sha256 = "a".repeat(64) as never;
    const got = await client.call("attachment.get", { sha256, offset: 0, length: 3 });
    expect(got.bytes).toStrictEqual(new Uint8Array([9, 0, 255]));
  });

  it("carries failures as data: code, sentence, hint, and whether trying again can help", async () => {
    const { client } = await link({
      "model.pull": () => {
        throw new AetheriaError("rate_limited", "Too much.", {
          hint: "Wait.",
          retryable: true,
          retryAfterMs: 5,
        });
      },
    });
    expect((await refusal(client.call("model.pull", { name: "x" }))).toData()).toEqual({
      code: "rate_limited",
      message: "Too much.",
      hint: "Wait.",
      retryable: true,
      retryAfterMs: 5,
    });
  });

  it("keeps the innards of unexpected errors on the host's side", async () => {
    const logged: unknown[] = [];
    const { client } = await link({}, (error) => logged.push(error));
    const error = await refusal(client.call("trash.list", { sessionId: "s" as never }));
    expect(error.code).toBe("internal");
    expect(JSON.stringify(error.toData())).not.toContain("trash");
    expect(String(logged[0])).toContain("This test's host has no trash.list.");
  });

  it("refuses names and inputs that are not in the contract", async () => {
    const { client } = await link();
    const unknown = await refusal(client.call("session.explode" as never, {} as never));
    expect(unknown.message).toContain("no call named “session.explode”");
    const inherited = await refusal(client.call("constructor" as never, {} as never));
    expect(inherited.code).toBe("bad_input");
    const wrong = await refusal(client.call("model.pull", { name: 7 as never }));
    expect(wrong.message).toContain("model.pull was called with a wrong “name” (expected string)");
  });

  it("turns an answer that does not fit into a failure of that call alone", async () => {
    const { client } = await link({ "grant.list": () => ({ grants: "none" }) as never });
    const error = await refusal(client.call("grant.list", {}));
    expect(error.message).toContain("The answer to grant.list had a wrong “grants”");
    await expect(client.call("system.hello", { contractVersion: 1, client: "t" })).resolves.toEqual(
      helloAnswer,
    );
  });

  it("fails a call whose answer nobody can read, instead of leaving it waiting", async () => {
    const { near, far, dispose } = await open();
    disposals.push(dispose);
    const client = createClient(near);
    far.onMessage(() => far.post({ type: "failure", id: 1, error: "no" }));
    expect((await refusal(client.call("grant.list", {}))).code).toBe("internal");
  });

  it("survives garbage from the host's side, and delivers the push after it", async () => {
    const { client, far, connection } = await link();
    const pushes: Push[] = [];
    const arrived = new Promise<void>((resolve) => {
      client.onPush((push) => {
        pushes.push(push);
        resolve();
      });
    });
    for (const junk of [null, 5, "x", [], {}, { type: "push" }, { type: "answer", id: 99 }])
      far.post(junk);
    far.post({ type: "push", push: { type: "session.frame", sessionId: 5 } });
    connection.push({ type: "models.changed" });
    await arrived;
    expect(pushes).toEqual([{ type: "models.changed" }]);
  });

  it("survives garbage from the client, and answers what carried a number", async () => {
    const { near, client } = await link();
    await fc.assert(
      fc.asyncProperty(fc.array(fc.jsonValue(), { maxLength: 20 }), async (junk) => {
        for (const message of junk) near.post(message);
        near.post({ type: "call", id: -1, name: "__proto__", input: null });
        near.post("x".repeat(300_000));
        await client.call("system.hello", { contractVersion: 1, client: "t" });
      }),
      { numRuns: 20 },
    );
    const answered = new Promise((resolve) => near.onMessage(resolve));
    near.post({ type: "shout", id: 41 });
    expect(await answered).toMatchObject({ type: "failure", id: 41, error: { code: "bad_input" } });
  });

  it("keeps the order of pushes", async () => {
    const { client, connection } = await link();
    const seen: string[] = [];
    const done = new Promise<void>((resolve) =>
      client.onPush((push) => {
        if (push.type === "session.deleted") seen.push(push.sessionId);
        if (seen.length === 500) resolve();
      }),
    );
    const ids = Array.from({ length: 500 }, (_, index) => `s${index}`);
    for (const id of ids) connection.push({ type: "session.deleted", sessionId: id as never });
    await done;
    expect(seen).toEqual(ids);
  });

  it.each(["near", "far"] as const)(
    "fails calls in flight and tells both ends once when the %s end closes",
    async (end) => {
      let reached = () => {};
      const started = new Promise<void>((resolve) => (reached = resolve));
      const { near, far, client, connection } = await link({
        "model.pull": () => {
          reached();
          return new Promise<never>(() => {});
        },
      });
      const told: string[] = [];
      const both = new Promise<void>((resolve) => {
        const tell = (who: string) => () => {
          told.push(who);
          if (told.length === 2) resolve();
        };
        client.onClose(tell("client"));
        connection.onClose(tell("host"));
      });
      const inFlight = refusal(client.call("model.pull", { name: "x" }));
      await started;
      (end === "near" ? near : far).close();
      expect((await inFlight).code).toBe("disconnected");
      await both;
      near.close();
      far.close();
      connection.push({ type: "models.changed" });
      expect((await refusal(client.call("grant.list", {}))).code).toBe("disconnected");
      const late = new Promise<string>((resolve) => client.onClose(() => resolve("told")));
      expect(await late).toBe("told");
      expect(told.toSorted()).toEqual(["client", "host"]);
    },
  );

  it("keeps messages that come before somebody listens", async () => {
    const { near, far, dispose } = await open();
    disposals.push(dispose);
    near.post("one");
    near.post("two");
    const echoed = new Promise((resolve) => near.onMessage(resolve));
    const seen: unknown[] = [];
    far.onMessage((message) => {
      seen.push(message);
      if (seen.length === 2) far.post("both");
    });
    await echoed;
    expect(seen).toEqual(["one", "two"]);
  });
});

describe("what cannot be sent", () => {
  it("fails the call at the client when its input cannot be cloned", async () => {
    const [near] = createLinkedPair();
    const error = await refusal(
      createClient(near).call("tool.run", { sessionId: "s" as never, name: "t", input: () => 1 }),
    );
    expect(error.message).toBe("tool.run was given something that cannot be sent.");
  });

  it("fails the call, not the host, when an output cannot be cloned", async () => {
    const [near, far] = createLinkedPair();
    const logged: unknown[] = [];
    const handlers = loudHandlers({ "settings.get": () => (() => 1) as never });
    serveChannel(far, handlers, (error) => logged.push(error));
    const error = await refusal(createClient(near).call("settings.get", {}));
    expect(error.code).toBe("internal");
    expect(logged).toHaveLength(1);
  });
});
