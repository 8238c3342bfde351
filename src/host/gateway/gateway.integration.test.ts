import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { connect, Socket as NetSocket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import type { Socket } from "socket.io-client";
import { AetheriaError } from "../../contract/errors.ts";
import { createClient } from "../../rpc/client.ts";
import { socketChannel } from "../../rpc/socket-channel.ts";
import { helloAnswer } from "../../testing/loud-handlers.ts";
import { openGateway, testToken, type TestGateway } from "../../testing/gateway-fixture.ts";

const disposals: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const dispose of disposals.splice(0).reverse()) await dispose();
});

async function gatewayWith(...args: Parameters<typeof openGateway>): Promise<TestGateway> {
  const gateway = await openGateway(...args);
  disposals.push(gateway.close);
  return gateway;
}

const clientOf = (socket: Socket) => createClient(socketChannel(socket));
const hello = (socket: Socket) =>
  clientOf(socket).call("system.hello", { contractVersion: 1, client: "test" });

/** The refusal a socket gets, with the data that came with it. */
const refusalOf = (socket: Socket) =>
  new Promise<{ message: string; data: unknown }>((resolve, reject) => {
    socket.once("connect_error", (error: Error & { data?: unknown }) =>
      resolve({ message: error.message, data: error.data }),
    );
    socket.once("connect", () => reject(new Error("It was let in.")));
  });

const closeOf = (socket: Socket) =>
  new Promise<string>((resolve) => socket.once("disconnect", (reason) => resolve(reason)));

type Got = { status: number; headers: Record<string, unknown>; body: string };

/** Plain HTTP with whatever headers and path, unlike fetch. */
function get(gateway: TestGateway, path: string, headers: Record<string, string> = {}) {
  return new Promise<Got>((resolve, reject) => {
    const method = headers["method"] ?? "GET";
    const asked = request(
      { host: "127.0.0.1", port: gateway.port, path, method, headers },
      (got) => {
        let body = "";
        got.setEncoding("utf8").on("data", (piece: string) => (body += piece));
        got.on("end", () => resolve({ status: got.statusCode ?? 0, headers: got.headers, body }));
      },
    );
    asked.on("error", reject).end();
  });
}

function page() {
  const folder = mkdtempSync(join(tmpdir(), "aetheria-page-"));
  disposals.push(() => rmSync(folder, { recursive: true }));
  const shell = join(folder, "renderer");
  mkdirSync(join(shell, "assets"), { recursive: true });
  writeFileSync(join(folder, "secret.txt"), "secret");
  writeFileSync(join(shell, "index.html"), "<!doctype html><title>Aetheria</title>");
  writeFileSync(join(shell, "assets", "index-Ab3_dE9x.js"), "export {};");
  writeFileSync(join(shell, "favicon.svg"), "<svg/>");
  symlinkSync(join(folder, "secret.txt"), join(shell, "link.txt"));
  return shell;
}

describe("who is let in", () => {
  it("serves the contract to a client with the token, over WebSocket and over polling", async () => {
    const gateway = await gatewayWith();
    expect(await hello(await gateway.connect())).toEqual(helloAnswer);
    expect(await hello(await gateway.connect({ transports: ["polling"] }))).toEqual(helloAnswer);
    const upgrading = await gateway.connect({ transports: ["polling", "websocket"] });
    expect(await hello(upgrading)).toEqual(helloAnswer);
  });

  it.each([
    ["a wrong token", { token: "wrong" }, "This token is not the one of the running Aetheria."],
    ["no token", {}, "Aetheria needs a token to let you in."],
    ["a token that is no text", { token: { $ne: "" } }, "This token is not the one"],
    ["a token with more behind it", { token: `${testToken}x` }, "This token is not the one"],
  ])("refuses %s with a sentence, and ends the connection", async (_what, auth, sentence) => {
    const gateway = await gatewayWith();
    const socket = gateway.open({ auth });
    const refused = refusalOf(socket);
    const ended = new Promise((resolve) => socket.io.once("close", resolve));
    const { message, data } = await refused;
    expect(message).toContain(sentence);
    expect(data).toMatchObject({ code: "unauthorized", retryable: false });
    await ended;
    expect(gateway.connections.size).toBe(0);
  });

  it("answers nothing that comes before the token", async () => {
    const gateway = await gatewayWith();
    const socket = gateway.open({ auth: {} });
    const heard: unknown[] = [];
    socket.onAny((...args: unknown[]) => heard.push(args));
    const ended = new Promise((resolve) => socket.io.once("close", resolve));
    socket.io.on("open", () => {
      socket.io.engine.write(
        '2["aetheria",{"type":"call","id":1,"name":"settings.get","input":{}}]',
      );
    });
    await ended;
    expect(heard).toEqual([]);
    expect(gateway.connections.size).toBe(0);
  });

  it("makes an address that keeps guessing wait, even with the right token then", async () => {
    const gateway = await gatewayWith({}, { limits: { wrongTokensPerMinute: 3 } });
    const inside = await gateway.connect();
    for (let guess = 0; guess < 3; guess++)
      await refusalOf(gateway.open({ auth: { token: `guess ${guess}` } }));
    const { data } = await refusalOf(gateway.open());
    expect(data).toMatchObject({ code: "rate_limited", retryable: true });
    expect(await hello(inside)).toEqual(helloAnswer);
  });

  it("takes no more clients than it should", async () => {
    const gateway = await gatewayWith({}, { limits: { connections: 2 } });
    await gateway.connect();
    await gateway.connect();
    await refusalOf(gateway.open());
    const polled = await get(gateway, "/socket.io/?EIO=4&transport=polling");
    expect(polled).toMatchObject({ status: 503 });
    expect(polled.body).toContain("Too many clients");
  });
});

describe("browsers that were tricked", () => {
  const foreign = { Host: "rebound.example:4517" };

  it.each([
    ["the page", "/"],
    ["its health", "/health"],
    ["Socket.IO", "/socket.io/?EIO=4&transport=polling"],
  ])("refuses another host name for %s", async (_what, path) => {
    const gateway = await gatewayWith({}, { staticDir: page() });
    const { status, body } = await get(gateway, path, foreign);
    expect(status).toBe(403);
    expect(body).toContain("does not answer to this host name");
  });

  it.each(["https://evil.example", "null", "http://127.0.0.1:1", "http://localhost.evil.example"])(
    "refuses the origin %s, over HTTP and WebSocket",
    async (origin) => {
      const gateway = await gatewayWith();
      for (const path of ["/", "/socket.io/?EIO=4&transport=polling"])
        expect(await get(gateway, path, { Origin: origin })).toMatchObject({ status: 403 });
      await refusalOf(gateway.open({ extraHeaders: { origin } }));
      expect(gateway.connections.size).toBe(0);
    },
  );

  it("refuses an upgrade with a foreign Host or Origin by status and sentence", async () => {
    const gateway = await gatewayWith();
    for (const lines of [
      "Host: rebound.example",
      `Host: 127.0.0.1\r\nOrigin: http://evil.example`,
    ]) {
      const answer = await new Promise<string>((resolve) => {
        let text = "";
        const socket = connect(gateway.port, "127.0.0.1", () =>
          socket.write(
            `GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\n${lines}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
          ),
        );
        socket.on("data", (piece) => (text += String(piece)));
        socket.on("close", () => resolve(text));
      });
      expect(answer).toMatch(/^HTTP\/1\.1 403 Forbidden\r\n/);
      expect(answer).toMatch(/Aetheria does not (answer|talk)/);
    }
  });

  it("lets its own page in by every loopback name, and named hosts and origins", async () => {
    const gateway = await gatewayWith(
      {},
      { allowedHosts: ["desk.local"], allowedOrigins: ["http://localhost:5173"] },
    );
    for (const name of ["127.0.0.1", "localhost", "[::1]", "DESK.local"]) {
      const host = `${name}:${gateway.port}`;
      const headers = { Host: host, Origin: `http://${host}` };
      expect(await get(gateway, "/health", headers)).toMatchObject({ status: 200 });
    }
    const fromDevServer = { extraHeaders: { origin: "http://localhost:5173" } };
    expect(await hello(await gateway.connect(fromDevServer))).toEqual(helloAnswer);
  });

  it.each(["user@127.0.0.1", "127.0.0.1/x", "127.0.0.1 x", "127.0.0.1.evil.example"])(
    "takes “%s” for no host of ours",
    async (Host) => {
      const gateway = await gatewayWith();
      const { status } = await get(gateway, "/health", { Host });
      expect([400, 403]).toContain(status);
    },
  );
});

describe("the page", () => {
  it("is served with its types, a policy that runs only our own files, and no leaks", async () => {
    const gateway = await gatewayWith({}, { staticDir: page() });
    const { status, headers, body } = await get(gateway, "/?fresh=1");
    expect(status).toBe(200);
    expect(body).toContain("<title>Aetheria</title>");
    expect(headers).toMatchObject({
      "content-type": "text/html; charset=utf-8",
      "cache-control": "no-cache",
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
      "referrer-policy": "no-referrer",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-resource-policy": "same-origin",
    });
    const policy = String(headers["content-security-policy"]);
    expect(policy).toContain("default-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain("img-src 'self' blob: data:");
    expect(policy).toContain(`connect-src 'self' ws://127.0.0.1:${gateway.port} `);
    expect(policy).not.toContain("unsafe");
    expect(policy).not.toContain("*");
  });

  it("serves the companion beside it, with a policy of its own", async () => {
    const gateway = await gatewayWith({}, { staticDir: null, companionDir: page() });
    const to = await get(gateway, "/companion");
    expect(to).toMatchObject({ status: 308, headers: { location: "/companion/" } });
    const { status, headers, body } = await get(gateway, "/companion/");
    expect(status).toBe(200);
    expect(body).toContain("<title>Aetheria</title>");
    const policy = String(headers["content-security-policy"]);
    expect(policy).toContain("connect-src 'self'");
    expect(policy).toContain(" https: wss: ");
    expect(policy).not.toMatch(/unsafe-(inline|eval\b)(?<!wasm-unsafe-eval)/);
    expect(await get(gateway, "/companion/assets/index-Ab3_dE9x.js")).toMatchObject({
      status: 200,
    });
    expect(await get(gateway, "/companion/../index.html")).toMatchObject({ status: 404 });
    expect(await get(gateway, "/companion/nothing")).toMatchObject({ status: 404 });
    expect(await get(gateway, "/")).toMatchObject({ status: 404 });
  });

  it("lets browsers keep files with a hash in their name, and ask again for the rest", async () => {
    const gateway = await gatewayWith({}, { staticDir: page() });
    const script = await get(gateway, "/assets/index-Ab3_dE9x.js");
    expect(script.headers).toMatchObject({
      "content-type": "text/javascript; charset=utf-8",
      "cache-control": "public, max-age=31536000, immutable",
    });
    const icon = await get(gateway, "/favicon.svg");
    expect(icon.headers).toMatchObject({
      "content-type": "image/svg+xml",
      "cache-control": "no-cache",
    });
    const again = await get(gateway, "/favicon.svg", {
      "If-None-Match": String(icon.headers["etag"]),
    });
    expect(again).toMatchObject({ status: 304, body: "" });
  });

  it.each([
    "/../secret.txt",
    "/..%2fsecret.txt",
    "/%2e%2e/secret.txt",
    "/assets/../../secret.txt",
    "/..\\secret.txt",
    "//etc/passwd",
    "/%00",
    "/%",
    "/link.txt",
    "/assets",
    "/assets/",
    "/__proto__",
    "/anything/else",
  ])("has nothing at %s", async (path) => {
    const gateway = await gatewayWith({}, { staticDir: page() });
    const { status, body } = await get(gateway, path);
    expect(status).toBe(404);
    expect(body).not.toContain("secret");
    expect(body).not.toContain("<title>");
  });

  it("answers HEAD without a body and no other method", async () => {
    const gateway = await gatewayWith({}, { staticDir: page() });
    expect(await get(gateway, "/", { method: "HEAD" })).toMatchObject({ status: 200, body: "" });
    expect(await get(gateway, "/", { method: "DELETE" })).toMatchObject({ status: 405 });
  });

  it("says what is missing where no page was built", async () => {
    const { status, body } = await get(await gatewayWith(), "/");
    expect(status).toBe(404);
    expect(body).toContain("its page was not built: run `npm start`");
  });

  it("tells its health without a token", async () => {
    const { body } = await get(await gatewayWith(), "/health");
    expect(JSON.parse(body)).toEqual({ ok: true, version: "1.2.3" });
  });
});

describe("clients that ask too much", () => {
  it.each([["websocket"], ["polling"]])(
    "refuses a 50 MB message over %s with a sentence, and lives on",
    async (transport) => {
      const gateway = await gatewayWith();
      const other = await gateway.connect();
      const client = clientOf(await gateway.connect({ transports: [transport] }));
      await client.call("system.hello", { contractVersion: 1, client: "test" });
      const said: string[] = [];
      client.onPush((push) => {
        if (push.type === "notice") said.push(push.notice.message);
      });
      const error = await client
        .call("account.disconnect", { provider: "x".repeat(50 * 1024 * 1024) })
        .then(() => null, AetheriaError.toData);
      expect(error).toMatchObject({
        code: "too_large",
        message: "That is more than Aetheria takes in one message.",
        hint: "Attach large content as a file instead.",
      });
      if (transport === "websocket") expect(said).toEqual([error?.message]);
      expect(await hello(other)).toEqual(helloAnswer);
      expect(await hello(await gateway.connect())).toEqual(helloAnswer);
    },
  );

  it("tells legacy clients about a message that is too large as well", async () => {
    const gateway = await gatewayWith();
    const socket = await gateway.connect();
    const told = new Promise((resolve) => socket.once("error", resolve));
    socket.emit("send_message", JSON.stringify({ message: "x".repeat(5 * 1024 * 1024) }));
    expect(await told).toMatchObject({ code: "too_large", reset: true });
    expect(await closeOf(socket)).toBe("transport close");
  });

  it("takes the largest message that the contract allows, in any script", async () => {
    const lengths: number[] = [];
    const gateway = await gatewayWith({
      "session.send": ({ text }) => {
        lengths.push(text.length);
        return { seq: 1, queued: false };
      },
    });
    const client = clientOf(await gateway.connect());
    await client.call("session.send", {
      sessionId: "s" as never,
      messageId: "m" as never,
      text: "語".repeat(1_000_000),
      attachments: [],
      delivery: "auto",
    });
    expect(lengths).toEqual([1_000_000]);
  });

  it("fails calls beyond the rate with a time to wait, and serves others meanwhile", async () => {
    const limits = { messageBurst: 20, messagesPerSecond: 0.001 };
    const gateway = await gatewayWith({}, { limits });
    const client = clientOf(await gateway.connect());
    const calls = Array.from({ length: 25 }, () =>
      client
        .call("system.hello", { contractVersion: 1, client: "t" })
        .then(() => "answered", AetheriaError.toData),
    );
    const answers = await Promise.all(calls);
    expect(answers.slice(0, 20)).toEqual(Array(20).fill("answered"));
    expect(answers.slice(20)).toEqual(
      Array(5).fill(expect.objectContaining({ code: "rate_limited", retryable: true })),
    );
    expect(await hello(await gateway.connect())).toEqual(helloAnswer);
  });

  it("cuts off who floods on, with a notice, and keeps answering others", async () => {
    const limits = { messageBurst: 10, messagesPerSecond: 0.001 };
    const gateway = await gatewayWith({}, { limits });
    const other = await gateway.connect();
    const socket = await gateway.connect();
    const notices: unknown[] = [];
    socket.on("aetheria", (message: { push?: { notice?: unknown } }) => {
      if (message.push) notices.push(message.push.notice);
    });
    const ended = closeOf(socket);
    const junk = [null, 7, "x", [], { type: "call" }, { __proto__: null }, { id: "1" }];
    for (let index = 0; index < 500; index++) {
      socket.emit("aetheria", junk[index % junk.length]);
      socket.emit(`nonsense ${index}`, junk);
    }
    await ended;
    expect(notices).toMatchObject([{ code: "rate_limited" }]);
    expect(await hello(other)).toEqual(helloAnswer);
    expect(gateway.unexpected).toEqual([]);
  });

  it("survives broken frames and broken packets", async () => {
    const gateway = await gatewayWith();
    const other = await gateway.connect();
    const frames = [
      "",
      "4",
      "42",
      '42["aetheria"',
      '42{"a":1}',
      '451-["aetheria",{"_placeholder":true,"num":9}]',
      "9999",
      `42["aetheria",${"[".repeat(50_000)}${"]".repeat(50_000)}]`,
      '42["__proto__",{}]',
      '42["disconnect"]',
    ];
    for (const frame of frames) {
      const socket = await gateway.connect();
      socket.io.engine.write(frame.slice(1));
      socket.emit("aetheria", { type: "call", id: 1, name: "system.hello", input: {} });
      await new Promise((resolve) => {
        socket.once("aetheria", resolve);
        socket.once("disconnect", resolve);
      });
    }
    expect(await hello(other)).toEqual(helloAnswer);
    expect(gateway.unexpected).toEqual([]);
  });

  it("lets go of a client that does not read, and keeps the others", async () => {
    const gateway = await gatewayWith({}, { limits: { backlogBytes: 256 * 1024 } });
    const other = await gateway.connect();
    const otherHears = new Promise((resolve) => other.once("aetheria", resolve));
    const [kept] = gateway.connections;
    const slow = await gateway.connect();
    const [, connection] = gateway.connections;
    // The socket under the WebSocket stops reading: its buffers fill up.
    const Stream = z.custom<{ pause(): void }>((value) => value instanceof NetSocket);
    const { ws } = z
      .object({ ws: z.object({ _socket: Stream }) })
      .parse({ ws: Reflect.get(slow.io.engine.transport, "ws") });
    ws._socket.pause();
    const gone = new Promise<void>((resolve) => connection?.onClose(resolve));
    const hint = "x".repeat(100_000);
    const notice = { code: "internal" as const, message: "m", hint, retryable: false };
    const flood = setInterval(() => connection?.push({ type: "notice", notice }), 0);
    disposals.push(() => clearInterval(flood));
    await gone;
    clearInterval(flood);
    kept?.push({ type: "models.changed" });
    expect(await otherHears).toEqual({ type: "push", push: { type: "models.changed" } });
  });
});

describe("its life", () => {
  it("keeps two clients apart", async () => {
    const gateway = await gatewayWith({
      "session.close": ({ sessionId }, connection) => {
        connection.push({ type: "session.deleted", sessionId });
        return {};
      },
    });
    const clients = [clientOf(await gateway.connect()), clientOf(await gateway.connect())];
    const heard: unknown[][] = clients.map(() => []);
    clients.forEach((client, index) => client.onPush((push) => heard[index]?.push(push)));
    await Promise.all(
      clients.map((client, index) =>
        client.call("session.close", { sessionId: `s${index}` as never }),
      ),
    );
    expect(heard).toEqual([
      [{ type: "session.deleted", sessionId: "s0" }],
      [{ type: "session.deleted", sessionId: "s1" }],
    ]);
  });

  it("tells the host when a client leaves", async () => {
    const gateway = await gatewayWith();
    const socket = await gateway.connect();
    const [connection] = gateway.connections;
    const left = new Promise<void>((resolve) => connection?.onClose(resolve));
    socket.disconnect();
    await left;
    expect(gateway.connections.size).toBe(0);
  });

  it("closes with clients connected, and frees its port", async () => {
    const gateway = await openGateway();
    const socket = await gateway.connect();
    const idle = connect(gateway.port, "127.0.0.1");
    await new Promise((resolve) => idle.once("connect", resolve));
    const ended = closeOf(socket);
    await gateway.close();
    await ended;
    const again = await gatewayWith({}, { port: gateway.port });
    expect(again.url).toBe(`http://127.0.0.1:${gateway.port}`);
  });

  it("rejects with Node's own error when the port is taken", async () => {
    const gateway = await gatewayWith();
    await expect(openGateway({}, { port: gateway.port })).rejects.toMatchObject({
      code: "EADDRINUSE",
    });
  });
});
