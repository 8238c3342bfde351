import { once } from "node:events";
import { createServer, request, type IncomingMessage, type ServerResponse } from "node:http";
import { connect, createServer as createRawServer, type AddressInfo, type Server } from "node:net";
import { duplexPair, type Duplex } from "node:stream";
import { text } from "node:stream/consumers";
import { afterEach, describe, expect, it } from "vitest";
import { SessionId } from "../../contract/ids.ts";
import { createEgress, type EgressSetup } from "./egress.ts";
import type { Lookup } from "./pinned-lookup.ts";

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

async function listen(server: Server): Promise<number> {
  server.on("connection", (socket) => cleanups.push(() => socket.destroy()));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  cleanups.push(() => new Promise((done) => server.close(done)));
  return (server.address() as AddressInfo).port;
}
const serve = (answer: (request: IncomingMessage, response: ServerResponse) => void) =>
  listen(createServer(answer));

const sessionId = SessionId.parse("s");
const here: Lookup = async () => [{ address: "127.0.0.1", family: 4 }];

type Part = Partial<EgressSetup> & { offline?: boolean; privateHosts?: string[]; hosts?: string[] };

/** An egress whose names all lead here, which is let through for `site.example` alone. */
function setup(part: Part = {}) {
  const state = { offline: part.offline ?? false };
  const { privateHosts = ["site.example"], hosts: runHosts = ["site.example"] } = part;
  const hosts = [...runHosts];
  const blocked: string[] = [];
  const egress = createEgress({
    rules: () => ({ offline: state.offline, allowedPrivateHosts: privateHosts }),
    clock: { now: () => 7 },
    lookup: part.lookup ?? here,
  });
  cleanups.push(() => egress.close());
  /** A line as the sandbox carries it. */
  function line(): Duplex {
    const [inside, outside] = duplexPair();
    cleanups.push(() => inside.destroy());
    inside.on("error", () => undefined);
    // As a line does: what closes on one side closes on the other.
    outside.once("close", () => inside.destroy());
    egress.proxy.serve(outside, {
      ...{ sessionId, hosts: () => hosts },
      blocked: (host) => void blocked.push(host),
    });
    return inside;
  }
  const log = () => egress.log(sessionId, 50);
  return { egress, state, hosts, blocked, line, log };
}

/** Everything the other side says until it closes. */
async function said(line: Duplex, ...words: (string | Buffer)[]): Promise<string> {
  for (const word of words) line.write(word);
  return text(line);
}
const get = (host: string, port: number, path = "/") =>
  `GET http://${host}:${port}${path} HTTP/1.1\r\nHost: ${host}:${port}\r\nConnection: close\r\n\r\n`;
const dial = (authority: string) => `CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`;

/** Resolves when the line has said this. */
function heard(line: Duplex, wanted: string): Promise<string> {
  return new Promise((resolve) => {
    let all = "";
    line.on("data", (piece: Buffer) => {
      all += piece.toString("latin1");
      if (all.includes(wanted)) resolve(all);
    });
  });
}

describe("code in a sandbox", () => {
  it("reaches a host that its run named, by a whole address, and the log says so", async () => {
    const { line, log, egress, blocked } = setup();
    const port = await serve((request, response) => {
      expect(request.headers).toMatchObject({ host: `site.example:${port}`, "x-own": "1" });
      expect(request.headers).not.toHaveProperty("proxy-connection");
      expect(request.headers).not.toHaveProperty("proxy-authorization");
      expect(request.url).toBe("/a?b=c");
      response.end("hello");
    });
    const answer = await said(
      line(),
      `GET http://site.example:${port}/a?b=c HTTP/1.1\r\nHost: other.example\r\nX-Own: 1\r\n` +
        "Proxy-Connection: keep-alive\r\nProxy-Authorization: Basic eA==\r\nConnection: close\r\n\r\n",
    );
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK/);
    expect(answer).toContain("hello");
    expect(log()).toEqual([
      {
        ...{ at: 7, sessionId, purpose: "sandbox", host: "site.example", port },
        ...{ address: "127.0.0.1", allowed: true, why: expect.any(String) as string },
      },
    ]);
    expect(egress.proxy.reached(sessionId)).toBe(1);
    expect(blocked).toEqual([]);
  });

  it("reaches it by CONNECT, whatever is spoken inside", async () => {
    const { line } = setup();
    const port = await listen(
      createRawServer((socket) => void socket.on("data", (piece) => socket.write(`<${piece}>`))),
    );
    const inside = line();
    const established = heard(inside, "established\r\n\r\n");
    inside.write(dial(`site.example:${port}`));
    expect(await established).toContain("200 Connection established");
    const echoed = heard(inside, "<ping>");
    inside.write("ping");
    await echoed;
  });

  it("sends large bodies both ways without holding them", async () => {
    const { line } = setup();
    const port = await serve((request, response) => void request.pipe(response));
    const inside = line();
    const size = 20_000_000;
    inside.write(
      `POST http://site.example:${port}/ HTTP/1.1\r\nHost: x\r\nContent-Length: ${size}\r\nConnection: close\r\n\r\n`,
    );
    const answer = text(inside);
    for (let sent = 0; sent < size; sent += 1_000_000)
      if (!inside.write(Buffer.alloc(1_000_000, "x"))) await once(inside, "drain");
    expect((await answer).length).toBeGreaterThan(size);
  });

  it("serves one request after another on one line", async () => {
    const { line } = setup();
    const port = await serve((request, response) => response.end(`<${request.url}>`));
    const inside = line();
    for (const path of ["/1", "/2", "/3"]) {
      const answer = heard(inside, `<${path}>`);
      inside.write(`GET http://site.example:${port}${path} HTTP/1.1\r\nHost: x\r\n\r\n`);
      await answer;
    }
  });

  it("is refused a host that nobody named, with a sentence, and it is told", async () => {
    const { line, blocked, log } = setup({ hosts: [] });
    const refused = await said(line(), get("site.example", 80));
    expect(refused).toMatch(/^HTTP\/1\.1 403 site\.example is not allowed in this sandbox/);
    const dialled = await said(line(), dial("site.example:8443"));
    expect(dialled).toMatch(/^HTTP\/1\.1 403 site\.example:8443 is not allowed in this sandbox/);
    expect(dialled).toContain("Name it in hosts when calling the tool");
    expect(blocked).toEqual(["site.example", "site.example:8443"]);
    expect(log().map(({ allowed }) => allowed)).toEqual([false, false]);
  });

  it.each([
    ["localhost", "localhost"],
    ["127.0.0.1", "127.0.0.1"],
    ["0x7f.1", "127.0.0.1"],
    ["2130706433", "127.0.0.1"],
    ["[::1]", "[::1]"],
    ["[::ffff:127.0.0.1]", "[::ffff:7f00:1]"],
    ["0.0.0.0", "0.0.0.0"],
    ["169.254.169.254", "169.254.169.254"],
    ["10.0.0.1", "10.0.0.1"],
    ["rebound.example", "rebound.example"],
  ])("does not reach a private place as %s, not even when it was named", async (host, name) => {
    let reached = 0;
    const port = await serve((_request, response) => {
      reached += 1;
      response.end("secret");
    });
    const { line, blocked } = setup({ hosts: [name] });
    expect(await said(line(), get(host, port))).toMatch(/^HTTP\/1\.1 403 /);
    expect(await said(line(), dial(`${host}:${port}`))).toMatch(/^HTTP\/1\.1 403 /);
    expect(reached).toBe(0);
    expect(blocked).toHaveLength(2);
  });

  it("is refused a name as soon as one of its addresses is private", async () => {
    const lookup: Lookup = async () => [
      { address: "93.184.216.34", family: 4 },
      { address: "192.168.0.1", family: 4 },
    ];
    const { line } = setup({ lookup, hosts: ["mixed.example"], privateHosts: [] });
    expect(await said(line(), dial("mixed.example:443"))).toMatch(/^HTTP\/1\.1 403 mixed/);
  });

  it("has its names looked up once for each connection", async () => {
    const asked: string[] = [];
    const lookup: Lookup = async (host) => {
      asked.push(host);
      return [{ address: "127.0.0.1", family: 4 }];
    };
    const { line } = setup({ lookup });
    const port = await serve((_request, response) => response.end("hello"));
    await said(line(), get("SITE.example.", port));
    expect(asked).toEqual(["site.example"]);
  });

  it("reaches what the session may reach, until it may no longer: then its line is cut", async () => {
    const { line, egress } = setup({ hosts: [] });
    const port = await listen(createRawServer(() => undefined));
    egress.proxy.allow(sessionId, `site.example:${port}`);
    expect(egress.proxy.allowedHosts(sessionId)).toEqual([`site.example:${port}`]);
    const inside = line();
    const established = heard(inside, "established");
    inside.write(dial(`site.example:${port}`));
    await established;
    const closed = once(inside, "close");
    egress.proxy.deny(sessionId, `site.example:${port}`);
    await closed;
    expect(await said(line(), dial(`site.example:${port}`))).toMatch(/^HTTP\/1\.1 403/);
  });

  it("keeps no line to a host when the run that named it is over", async () => {
    const { line, hosts } = setup();
    const port = await listen(createRawServer(() => undefined));
    const inside = line();
    const established = heard(inside, "established");
    inside.write(dial(`site.example:${port}`));
    await established;
    const closed = once(inside, "close");
    hosts.length = 0;
    await closed;
  });

  it("is cut off at once when Aetheria goes offline, and asks for no names then", async () => {
    let asked = 0;
    const lookup: Lookup = async () => {
      asked += 1;
      return [{ address: "127.0.0.1", family: 4 }];
    };
    const { line, state, egress, blocked } = setup({ lookup });
    const port = await listen(createRawServer(() => undefined));
    const inside = line();
    const established = heard(inside, "established");
    inside.write(dial(`site.example:${port}`));
    await established;
    const closed = once(inside, "close");
    state.offline = true;
    await egress.enforce();
    await closed;
    expect(await said(line(), dial("site.example:443"))).toMatch(/^HTTP\/1\.1 403 Aetheria is off/);
    expect(asked).toBe(1);
    expect(blocked).toEqual(["site.example"]);
  });

  it("loses its lines with its session, and no other session's", async () => {
    const { line, egress } = setup();
    const [own, others] = [line(), duplexPair()];
    others[0].on("error", () => undefined);
    const other = SessionId.parse("other");
    egress.proxy.serve(others[1], { sessionId: other, hosts: () => [], blocked: () => undefined });
    const closed = once(own, "close");
    egress.forgetSession(sessionId);
    await closed;
    expect(await said(others[0], get("site.example", 80))).toContain("403");
  });
});

describe("what goes wrong on the way", () => {
  it("is told as one sentence", async () => {
    const lookup: Lookup = (host) =>
      host === "gone.example"
        ? Promise.reject(Object.assign(new Error("x"), { code: "ENOTFOUND" }))
        : here(host);
    const { line } = setup({ lookup, hosts: ["gone.example", "site.example"] });
    expect(await said(line(), get("gone.example", 80))).toMatch(
      /^HTTP\/1\.1 502 There is no host of this name/,
    );
    const closing = createRawServer();
    const port = await listen(closing);
    await new Promise((done) => closing.close(done));
    expect(await said(line(), dial(`site.example:${port}`))).toMatch(
      /^HTTP\/1\.1 502 Nothing answers there/,
    );
  });

  it("ends the answer where the other side breaks off", async () => {
    const { line } = setup();
    const port = await serve((_request, response) => {
      response.write("half");
      setImmediate(() => response.destroy());
    });
    expect(await said(line(), get("site.example", port)).catch(() => "broken")).toMatch(
      /half|broken/,
    );
  });
});

describe("a hostile client", () => {
  it.each([
    ["noise", "\u0000\u0001\u0002\r\n\r\n", 400],
    ["another protocol", "SSH-2.0-OpenSSH_9.2\r\n", 400],
    ["a path instead of an address", "GET /etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n", 400],
    ["another scheme", "GET ftp://site.example/ HTTP/1.1\r\nHost: x\r\n\r\n", 400],
    ["a password", "GET http://a:b@site.example/ HTTP/1.1\r\nHost: x\r\n\r\n", 400],
    ["no port", "CONNECT site.example HTTP/1.1\r\nHost: x\r\n\r\n", 400],
    ["a port that is none", "CONNECT site.example:99999 HTTP/1.1\r\nHost: x\r\n\r\n", 400],
    ["somebody before the host", "CONNECT x@site.example:1 HTTP/1.1\r\nHost: x\r\n\r\n", 400],
    ["endless headers", `GET http://x/ HTTP/1.1\r\nX: ${"x".repeat(100_000)}`, 431],
    [
      "two lengths",
      "POST http://site.example/ HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      400,
    ],
  ])("with %s gets an answer and no more", async (_what, words, status) => {
    const { line, log } = setup();
    expect(await said(line(), words)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(log()).toEqual([]);
  });

  it("cannot put lines of its own into the answer", async () => {
    const { line } = setup({ hosts: [] });
    const answer = await said(line(), dial("x%0d%0aSet-Cookie:a.example:80"));
    expect(answer).not.toMatch(/^Set-Cookie/m);
    expect(answer).toMatch(/^HTTP\/1\.1 40[03] /);
  });

  it("cannot send a second request behind a refused one", async () => {
    let reached = 0;
    const port = await serve((_request, response) => {
      reached += 1;
      response.end();
    });
    const { line } = setup();
    const answer = await said(line(), get("evil.example", 80), get("site.example", port));
    expect(answer.match(/HTTP\/1\.1/g)).toHaveLength(1);
    expect(reached).toBe(0);
  });

  it("that opens lines without end has the oldest ones served and no more", () => {
    const { line } = setup();
    const lines = Array.from({ length: 200 }, () => line());
    return Promise.all(lines.slice(128).map((late) => late.destroyed || once(late, "close")));
  });

  it("that goes away in the middle leaves nothing open", async () => {
    const { line } = setup();
    const gone = new Promise<void>((resolve) => {
      void serve((request) => void request.on("close", resolve)).then((port) => {
        const inside = line();
        inside.write(
          `POST http://site.example:${port}/ HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc`,
        );
        const look = setInterval(() => {
          inside.destroy();
          clearInterval(look);
        }, 50);
      });
    });
    await gone;
  });
});

describe("with a real client", () => {
  it("works over a socket too", async () => {
    const { egress } = setup();
    const site = await serve((_request, response) => response.end("hello"));
    const caller = { sessionId, hosts: () => ["site.example"], blocked: () => undefined };
    const proxy = await listen(createRawServer((socket) => egress.proxy.serve(socket, caller)));
    const asked = request({
      ...{ host: "127.0.0.1", port: proxy, path: `http://site.example:${site}/` },
      headers: { connection: "close" },
    }).end();
    const [answer] = (await once(asked, "response")) as [IncomingMessage];
    expect(await text(answer)).toBe("hello");
    const raw = connect(proxy, "127.0.0.1");
    cleanups.push(() => raw.destroy());
    expect(await said(raw, dial("evil.example:443"))).toContain("403");
  });
});
