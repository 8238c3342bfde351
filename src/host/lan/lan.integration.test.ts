// The door for phones, over real TLS on an address of this machine.
import { connect as connectTls } from "node:tls";
import { createHash } from "node:crypto";
import { io, type Socket } from "socket.io-client";
import multicastDns from "multicast-dns";
import { afterEach, describe, expect, it } from "vitest";
import type { Push } from "../../contract/calls.ts";
import { LanStatus, LanWelcome } from "../../contract/lan.ts";
import { createClient } from "../../rpc/client.ts";
import { socketChannel } from "../../rpc/socket-channel.ts";
import { serveChannel } from "../../rpc/server.ts";
import { loudHandlers } from "../../testing/loud-handlers.ts";
import { startGateway } from "../gateway/gateway.ts";
import { limitedTo } from "../limited-handlers.ts";
import { createLan } from "./lan.ts";

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

function openLan(secrets = new Map<string, string>()) {
  const pushes: Push[] = [];
  let ids = 0;
  const handlers = loudHandlers({
    "session.list": () => ({ sessions: [], hasMore: false }),
  });
  const lan = createLan({
    secrets: {
      get: (name) => Promise.resolve(secrets.get(name) ?? null),
      set: (name, value) => Promise.resolve(void secrets.set(name, value)),
    },
    startDoor: (door) => startGateway({ ...door, staticDir: null, version: "1" }),
    connect: (channel, client = { isHere: false }) =>
      serveChannel(channel, limitedTo(handlers, client.mayCall), () => undefined, client),
    broadcast: (push) => pushes.push(push),
    ...{ now: Date.now, newId: () => `d${++ids}`, log: () => undefined },
    addresses: () => ["127.0.0.1"],
  });
  cleanups.push(() => lan.close());
  return { lan, pushes, secrets };
}

function socketTo(url: string, auth: Record<string, string>): Socket {
  const socket = io(new URL(url).origin, {
    ...{ auth, transports: ["websocket"], reconnection: false, forceNew: true },
    rejectUnauthorized: false,
  });
  cleanups.push(() => socket.disconnect());
  return socket;
}

const outcome = (socket: Socket) =>
  new Promise<LanWelcome | string>((resolve) => {
    socket.once("welcome", (welcome) => resolve(LanWelcome.parse(welcome)));
    socket.once("connect_error", (error) => resolve(error.message));
  });

async function paired(lan: ReturnType<typeof openLan>["lan"]) {
  await lan.set(true);
  const { link, code } = await lan.pair();
  const socket = socketTo(link, { code, name: "Pixel" });
  const welcome = await outcome(socket);
  if (typeof welcome === "string") throw new Error(welcome);
  return { link, socket, welcome };
}

describe("a phone on the same network", () => {
  it("pairs by the code, comes back with its token, and is listed", async () => {
    const { lan } = openLan();
    const { link, socket, welcome } = await paired(lan);
    expect((await lan.status()).devices).toMatchObject([{ name: "Pixel", connected: true }]);
    socket.disconnect();
    const again = socketTo(link, { token: welcome.token });
    await new Promise((resolve) => again.once("connect", () => resolve(null)));
    await expect.poll(async () => (await lan.status()).devices[0]?.connected).toBe(true);
  });

  it("meets the very certificate that the picture told it to expect, also after a restart", async () => {
    const { lan, secrets } = openLan();
    const { link } = await paired(lan);
    const told = new URLSearchParams(new URL(link).hash.slice(1)).get("pin");
    expect(await pinAt(link)).toBe(told);
    await lan.close();
    const next = openLan(secrets).lan;
    await next.set(true);
    const status = await next.status();
    expect(await pinAt(status.urls[0] ?? "")).toBe(told);
    expect(status.devices).toHaveLength(1);
  });

  it("may do what a companion does, and nothing else", async () => {
    const { lan } = openLan();
    const { link, welcome } = await paired(lan);
    const socket = socketTo(link, { token: welcome.token });
    await new Promise((resolve) => socket.once("connect", () => resolve(null)));
    const client = createClient(socketChannel(socket));
    expect(await client.call("session.list", {})).toEqual({ sessions: [], hasMore: false });
    await expect(client.call("settings.get", {})).rejects.toMatchObject({ code: "refused" });
    await expect(client.call("lan.pair", {})).rejects.toMatchObject({ code: "refused" });
  });

  it("is shown out at once when it is revoked, and does not come back", async () => {
    const { lan } = openLan();
    const { link, socket, welcome } = await paired(lan);
    const ended = new Promise((resolve) => socket.once("disconnect", resolve));
    await lan.revoke(welcome.deviceId);
    await ended;
    expect(await outcome(socketTo(link, { token: welcome.token }))).toContain("not paired");
    expect((await lan.status()).devices).toEqual([]);
  });

  it("guesses codes for a while only", async () => {
    const { lan } = openLan();
    await lan.set(true);
    const { link, code } = await lan.pair();
    for (let tries = 0; tries < 5; tries += 1)
      expect(await outcome(socketTo(link, { code: "AAAA-AAAA" }))).toContain("not the code");
    expect(await outcome(socketTo(link, { code }))).toContain("no longer good");
  });

  it("finds nobody there while the door is shut, and the desktop says what to do", async () => {
    const { lan, pushes } = openLan();
    await expect(lan.pair()).rejects.toMatchObject({ code: "refused" });
    const { link } = await paired(lan);
    await lan.set(false);
    expect(await outcome(socketTo(link, { code: "x" }))).toContain("error");
    const last = pushes.findLast((push) => push.type === "lan.changed");
    await expect.poll(async () => LanStatus.parse(await lan.status()).urls).toEqual([]);
    expect(last).toBeDefined();
  });

  it("is found by name on the network", async () => {
    const { lan } = openLan();
    const service = multicastDns({ interface: "127.0.0.1", bind: "0.0.0.0" });
    cleanups.push(() => new Promise((resolve) => service.destroy(() => resolve(null))));
    await lan.set(true);
    const found = new Promise((resolve) =>
      service.on("response", ({ answers }) => {
        for (const answer of answers)
          if (answer.type === "TXT" && answer.name === "Aetheria._aetheria._tcp.local")
            resolve(String(answer.data));
      }),
    );
    service.query([{ name: "_aetheria._tcp.local", type: "PTR" }]);
    expect(await found).toContain((await lan.status()).pin);
  });
});

/** Of the certificate that a client really meets there. */
async function pinAt(url: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connectTls({ host: hostname, port: Number(port), rejectUnauthorized: false });
  await new Promise((resolve) => socket.once("secureConnect", () => resolve(null)));
  const { publicKey } = socket.getPeerX509Certificate() ?? {};
  socket.destroy();
  const der = publicKey?.export({ type: "spki", format: "der" }) ?? Buffer.alloc(0);
  return `sha256/${createHash("sha256").update(der).digest("base64")}`;
}
