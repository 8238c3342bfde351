import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { WebSocketServer } from "ws";
import { createEgress, type Egress } from "./egress.ts";

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

async function echoServer() {
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  await once(server, "listening");
  server.on("connection", (socket) => socket.on("message", (data) => socket.send(String(data))));
  cleanups.push(async () => {
    for (const client of server.clients) client.terminate();
    await new Promise((done) => server.close(done));
  });
  return { server, port: (server.address() as AddressInfo).port };
}

function egress(rules: { offline: boolean }): Egress {
  const made = createEgress({
    rules: () => ({ ...rules, allowedPrivateHosts: [] }),
    clock: { now: () => 7 },
    lookup: async () => [{ address: "127.0.0.1", family: 4 }],
  });
  cleanups.push(() => made.close());
  return made;
}

const ended = (socket: EventTarget) =>
  new Promise<string>((resolve) => {
    socket.addEventListener("open", () => resolve("open"));
    socket.addEventListener("error", () => resolve("error"));
  });

describe("a WebSocket of the host", () => {
  it("reaches what the person configured, on this machine too, and is in the log", async () => {
    const { port } = await echoServer();
    const door = egress({ offline: false });
    const Socket = await door.webSocket("mirror", { allowPrivate: true });
    const socket = new Socket(`ws://cloud.example:${port}/`);
    await once(socket, "open");
    socket.send("hello");
    const [message] = (await once(socket, "message")) as [MessageEvent];
    expect(message.data).toBe("hello");
    const [entry] = door.log(undefined, 1);
    expect(entry).toMatchObject({ purpose: "mirror", host: "cloud.example", allowed: true });
    expect(entry?.address).toBe("127.0.0.1");
    socket.close();
    await once(socket, "close");
  });

  it("does not reach this machine by a name that only pretends to lead away", async () => {
    const { port, server } = await echoServer();
    const door = egress({ offline: false });
    const Socket = await door.webSocket("mirror");
    expect(await ended(new Socket(`ws://cloud.example:${port}/`))).toBe("error");
    expect(server.clients.size).toBe(0);
    expect(door.log(undefined, 1)).toMatchObject([{ host: "cloud.example", allowed: false }]);
  });

  it("offline, asks nobody, and is cut when that comes while it is open", async () => {
    const { port, server } = await echoServer();
    const rules = { offline: false };
    const door = egress(rules);
    const Socket = await door.webSocket("mirror", { allowPrivate: true });
    const open = new Socket(`ws://cloud.example:${port}/`);
    await once(open, "open");
    rules.offline = true;
    const closed = once(open, "close");
    await door.enforce();
    await closed;
    expect(await ended(new Socket(`ws://cloud.example:${port}/`))).toBe("error");
    await expect.poll(() => server.clients.size).toBe(0);
    expect(door.log(undefined, 1)).toMatchObject([{ allowed: false }]);
  });
});
