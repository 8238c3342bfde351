import { describe, expect, it } from "vitest";
import { AetheriaError } from "../contract/errors.ts";
import type { MessageId, SessionId } from "../contract/ids.ts";
import { helloAnswer, loudHandlers } from "../testing/loud-handlers.ts";
import type { Channel } from "./channel.ts";
import { createLinkedPair } from "./linked-pair.ts";
import {
  createReconnectingClient,
  type ConnectionState,
  type ReconnectingClient,
} from "./reconnecting-client.ts";
import { serveChannel, type Handlers } from "./server.ts";

const sessionId = "s1" as SessionId;
const send = (client: ReconnectingClient, messageId: string) =>
  client.call("session.send", {
    sessionId,
    messageId: messageId as MessageId,
    text: "hi",
    attachments: [],
    delivery: "auto",
  });

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => "fulfilled",
    (error: unknown) => AetheriaError.toData(error).code,
  );

/** A host that can be cut off and whose names of calls are recorded in order. */
function setUp(some: Partial<Handlers> = {}, failures: (AetheriaError | null)[] = []) {
  const states: ConnectionState[] = [];
  const waits: number[] = [];
  const channels: Channel[] = [];
  let goOn = () => {};
  let changed = () => {};
  const connect = (): Promise<Channel> => {
    const failure = failures.shift();
    if (failure) return Promise.reject(failure);
    const [near, far] = createLinkedPair();
    serveChannel(far, loudHandlers(some), () => {});
    channels.push(far);
    return Promise.resolve(near);
  };
  const client = createReconnectingClient({
    connect,
    wait: (ms) => {
      waits.push(ms);
      return new Promise<void>((resolve) => (goOn = resolve));
    },
    onState: (state) => {
      states.push(state);
      changed();
    },
    name: "test",
  });
  return {
    client,
    states,
    waits,
    cut: () => channels.at(-1)?.close(),
    wake: () => goOn(),
    /** Resolves once the client is in this phase. */
    reach: (phase: ConnectionState["phase"]) =>
      new Promise<void>((resolve) => {
        changed = () => {
          if (client.state().phase === phase) resolve();
        };
        changed();
      }),
  };
}

describe("a client that outlives its connections", () => {
  it("says hello first and tells what the host answered", async () => {
    const hellos: unknown[] = [];
    const world = setUp({
      "system.hello": (input) => {
        hellos.push(input);
        return helloAnswer;
      },
    });
    await world.reach("connected");
    expect(hellos).toEqual([{ contractVersion: 1, client: "test" }]);
    expect(world.states).toEqual([
      { phase: "connecting" },
      { phase: "connected", hello: helloAnswer },
    ]);
  });

  it("waits longer after each failed try and starts over after a good one", async () => {
    const down = () => new AetheriaError("disconnected", "Nobody answers.", { retryable: true });
    const failures = Array.from({ length: 7 }, down);
    const world = setUp({}, failures);
    for (let round = 0; round < 7; round++) {
      await world.reach("waiting");
      const connecting = world.reach("connecting");
      world.wake();
      await connecting;
    }
    await world.reach("connected");
    world.cut();
    await world.reach("waiting");
    expect(world.waits).toEqual([250, 500, 1000, 2000, 4000, 5000, 5000, 250]);
  });

  it("does not wait when a person asks for a try", async () => {
    const world = setUp({}, [new AetheriaError("disconnected", "No.", { retryable: true })]);
    await world.reach("waiting");
    world.client.reconnect();
    await world.reach("connected");
    world.wake();
    world.client.reconnect();
    await Promise.resolve();
    expect(world.states.filter(({ phase }) => phase === "connecting")).toHaveLength(2);
  });

  it("stops when trying again cannot help, until a person asks", async () => {
    const world = setUp({}, [new AetheriaError("unauthorized", "The token is wrong.")]);
    await world.reach("refused");
    expect(world.waits).toEqual([]);
    expect(await codeOf(world.client.call("grant.list", {}))).toBe("unauthorized");
    expect(await codeOf(send(world.client, "m1"))).toBe("unauthorized");
    world.client.reconnect();
    await world.reach("connected");
  });

  it("refuses a host of another contract version", async () => {
    const world = setUp({ "system.hello": () => ({ ...helloAnswer, contractVersion: 99 }) });
    await world.reach("refused");
    expect(world.client.state()).toMatchObject({ error: { code: "conflict" } });
  });

  it("keeps what is called before the first connection, and sends it in order and once", async () => {
    const taken: string[] = [];
    const down = new AetheriaError("disconnected", "Nobody answers.", { retryable: true });
    const world = setUp(
      {
        "grant.list": () => {
          taken.push("grants");
          return { grants: [] };
        },
        "session.send": ({ messageId }) => {
          taken.push(messageId);
          return { seq: 1, queued: false };
        },
      },
      [down],
    );
    const calls = [world.client.call("grant.list", {}), send(world.client, "m1")];
    await world.reach("waiting");
    expect(taken).toEqual([]);
    world.wake();
    await Promise.all(calls);
    world.cut();
    await world.reach("waiting");
    expect(await codeOf(world.client.call("grant.list", {}))).toBe("disconnected");
    world.wake();
    await world.reach("connected");
    await send(world.client, "m2");
    expect(taken).toEqual(["grants", "m1", "m2"]);
  });

  it("fails what waits for the first connection when that is refused", async () => {
    const world = setUp({}, [new AetheriaError("unauthorized", "The token is wrong.")]);
    expect(await codeOf(world.client.call("grant.list", {}))).toBe("unauthorized");
  });

  it("fails calls in flight and never repeats them", async () => {
    let runs = 0;
    let reached = () => {};
    const started = new Promise<void>((resolve) => (reached = resolve));
    const world = setUp({
      "tool.run": () => {
        runs++;
        reached();
        return new Promise<never>(() => {});
      },
    });
    await world.reach("connected");
    const call = codeOf(world.client.call("tool.run", { sessionId, name: "t", input: {} }));
    await started;
    world.cut();
    expect(await call).toBe("disconnected");
    expect(await codeOf(world.client.call("grant.list", {}))).toBe("disconnected");
    await world.reach("waiting");
    world.wake();
    await world.reach("connected");
    expect(runs).toBe(1);
  });

  it("sends messages again in order, with the same ids, until the host has taken them", async () => {
    const taken: string[] = [];
    let isDeaf = true;
    let heard = () => {};
    const both = new Promise<void>((resolve) => (heard = resolve));
    const world = setUp({
      "session.send": ({ messageId }) => {
        taken.push(messageId);
        if (taken.length === 2) heard();
        return isDeaf ? new Promise<never>(() => {}) : { seq: taken.length, queued: false };
      },
    });
    await world.reach("connected");
    const sent = [send(world.client, "m1"), send(world.client, "m2")];
    await both;
    world.cut();
    await world.reach("waiting");
    sent.push(send(world.client, "m3"));
    isDeaf = false;
    world.wake();
    await Promise.all(sent);
    expect(taken).toEqual(["m1", "m2", "m1", "m2", "m3"]);
  });

  it("does not send again what was refused as too large", async () => {
    const [near, far] = createLinkedPair();
    const tooLarge = new AetheriaError("too_large", "That is more than Aetheria takes.");
    let tellClosed: (why?: AetheriaError) => void = () => {};
    const channel: Channel = {
      ...near,
      onClose: (listener) => {
        const before = tellClosed;
        tellClosed = (why) => {
          before(why);
          listener(why);
        };
      },
    };
    serveChannel(
      far,
      loudHandlers({ "session.send": () => new Promise<never>(() => {}) }),
      () => {},
    );
    const phases: string[] = [];
    const client = createReconnectingClient({
      connect: () => Promise.resolve(channel),
      wait: () => new Promise<never>(() => {}),
      onState: ({ phase }) => phases.push(phase),
      name: "test",
    });
    while (client.state().phase !== "connected") await Promise.resolve();
    const call = codeOf(send(client, "m1"));
    tellClosed(tooLarge);
    expect(await call).toBe("too_large");
    expect(phases).toEqual(["connecting", "connected", "waiting"]);
  });

  it("delivers pushes over all connections", async () => {
    const world = setUp({
      "session.list": (_input, connection) => {
        connection.push({ type: "models.changed" });
        return { sessions: [], hasMore: false };
      },
    });
    let pushes = 0;
    const stop = world.client.onPush(() => pushes++);
    await world.reach("connected");
    await world.client.call("session.list", {});
    world.cut();
    await world.reach("waiting");
    world.wake();
    await world.reach("connected");
    await world.client.call("session.list", {});
    stop();
    await world.client.call("session.list", {});
    expect(pushes).toBe(2);
  });

  it("ends everything with close, and tells so once", async () => {
    const world = setUp({ "tool.list": () => new Promise<never>(() => {}) });
    await world.reach("connected");
    const call = codeOf(world.client.call("tool.list", {}));
    world.client.close();
    world.client.close();
    world.client.reconnect();
    expect(await call).toBe("disconnected");
    expect(await codeOf(send(world.client, "m1"))).toBe("disconnected");
    expect(world.states.map(({ phase }) => phase)).toEqual(["connecting", "connected", "closed"]);
  });
});
