import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import {
  createServer as createRawServer,
  type AddressInfo,
  type Server,
  type Socket,
} from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { SessionId } from "../../contract/ids.ts";
import { createEgress, type Egress, type EgressSetup } from "./egress.ts";
import type { Lookup } from "./pinned-lookup.ts";

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

async function listen(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  cleanups.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((done) => server.close(done));
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return (address satisfies AddressInfo).port;
}
const serve = (answer: (request: IncomingMessage, response: ServerResponse) => void) =>
  listen(createServer(answer));

const here: Lookup = async () => [{ address: "127.0.0.1", family: 4 }];
function egress(part: Partial<EgressSetup> & { offline?: boolean; hosts?: string[] } = {}): Egress {
  const { offline = false, hosts = ["site.example"], ...setup } = part;
  const rules = () => ({ offline, allowedPrivateHosts: hosts });
  const made = createEgress({ rules, clock: { now: () => 7 }, lookup: here, ...setup });
  cleanups.push(() => made.close());
  return made;
}
function deferred<Value>() {
  let resolve: (value: Value) => void = () => undefined;
  const promise = new Promise<Value>((done) => (resolve = done));
  return { promise, resolve };
}
async function problem(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => "it went through",
    (error: unknown) => error,
  );
}

describe("what a tool may reach", () => {
  it.each([
    "localhost",
    "127.0.0.1",
    "0x7f.1",
    "2130706433",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "0.0.0.0",
    "localhost.",
    "site.example.evil.example",
  ])("does not reach this machine as %s", async (host) => {
    let reached = false;
    const port = await serve((_request, response) => {
      reached = true;
      response.end("secret");
    });
    const refusal = await problem(egress().fetch("web_fetch")(`http://${host}:${port}/`));
    expect(refusal).toMatchObject({ code: "host_blocked" });
    expect(reached).toBe(false);
  });

  it("reaches a private host the person listed, and a session's own", async () => {
    const port = await serve((_request, response) => response.end("hello"));
    const door = egress();
    const listed = await door.fetch("web_fetch")(`http://site.example:${port}/`);
    expect(await listed.text()).toBe("hello");

    const sessionId = SessionId.parse("s");
    const inSession = door.fetch("web_fetch", { sessionId });
    const other = `http://other.example:${port}/`;
    expect(await problem(inSession(other))).toMatchObject({ code: "host_blocked" });
    door.allowHost(sessionId, "other.example");
    expect((await inSession(other)).status).toBe(200);
    door.denyHost(sessionId, "other.example");
    expect(await problem(inSession(other))).toMatchObject({ code: "host_blocked" });
  });

  it("lets models reach loopback, and a private endpoint only when it was configured", async () => {
    const port = await serve((_request, response) => response.end("model"));
    const door = egress({ hosts: [] });
    expect((await door.fetch("models")(`http://127.0.0.1:${port}/`)).status).toBe(200);
    expect((await door.fetch("models")(`http://localhost:${port}/`)).status).toBe(200);
    const lan: Lookup = async () => [{ address: "192.168.0.9", family: 4 }];
    const lanDoor = egress({ lookup: lan });
    const refusal = await problem(lanDoor.fetch("models")(`http://ollama.lan:${port}/`));
    expect(refusal).toMatchObject({ code: "host_blocked" });
  });

  it("asks the name server once and connects to what it answered", async () => {
    const port = await serve((_request, response) => response.end("pinned"));
    const answers = ["127.0.0.1", "10.9.9.9"];
    const lookup: Lookup = async () => [{ address: answers.shift() ?? "", family: 4 }];
    const door = egress({ lookup });
    const response = await door.fetch("web_fetch")(`http://site.example:${port}/`);
    expect(await response.text()).toBe("pinned");
    expect(answers).toEqual(["10.9.9.9"]);
    expect(door.log(undefined, 9)[0]?.address).toBe("127.0.0.1");
  });

  it("does not use an open connection once its host is no longer allowed", async () => {
    const port = await serve((_request, response) => response.end("x"));
    const hosts = ["site.example"];
    const door = egress({ hosts });
    const url = `http://site.example:${port}/`;
    await (await door.fetch("web_fetch")(url)).text();
    hosts.pop();
    expect(await problem(door.fetch("web_fetch")(url))).toMatchObject({ code: "host_blocked" });
  });
});

describe("redirects", () => {
  it("are followed, without secrets to another origin", async () => {
    const seen: unknown[] = [];
    const port: number = await serve((request, response) => {
      seen.push([request.headers.host, request.headers.authorization]);
      const next = { "/a": "/b", "/b": `http://other.example:${port}/c` }[request.url ?? ""];
      if (next === undefined) response.end("there");
      else response.writeHead(302, { location: next }).end("moved");
    });
    const door = egress({ hosts: ["site.example", "other.example"] });
    const response = await door.fetch("web_fetch")(`http://site.example:${port}/a`, {
      headers: { authorization: "Bearer secret" },
    });
    expect(await response.text()).toBe("there");
    expect(response.url).toBe(`http://other.example:${port}/c`);
    expect(seen).toEqual([
      [`site.example:${port}`, "Bearer secret"],
      [`site.example:${port}`, "Bearer secret"],
      [`other.example:${port}`, undefined],
    ]);
    expect(door.log(undefined, 1)[0]?.why).toBe("Redirected from site.example.");
  });

  it("to a private place are refused and logged", async () => {
    const reached: string[] = [];
    const port: number = await serve((request, response) => {
      reached.push(request.url ?? "");
      response.writeHead(302, { location: `http://127.0.0.1:${port}/secret` }).end();
    });
    const door = egress();
    const refusal = await problem(door.fetch("web_fetch")(`http://site.example:${port}/`));
    expect(refusal).toMatchObject({ code: "host_blocked" });
    expect(reached).toEqual(["/"]);
    expect(door.log(undefined, 1)).toMatchObject([
      { host: "127.0.0.1", port, allowed: false, at: 7, purpose: "web_fetch" },
    ]);
  });

  it("do not carry a model endpoint's freedom to another host", async () => {
    const port: number = await serve((_request, response) =>
      response.writeHead(302, { location: `http://127.0.0.1:${port}/` }).end(),
    );
    const door = egress({ hosts: [] });
    const fetch = door.fetch("models", { allowPrivate: true });
    const refusal = await problem(fetch(`http://site.example:${port}/`));
    expect(refusal).toMatchObject({ code: "host_blocked" });
  });

  it("in circles end with a sentence", async () => {
    let count = 0;
    const port = await serve((_request, response) => {
      count += 1;
      response.writeHead(302, { location: "/again" }).end();
    });
    const refusal = await problem(egress().fetch("web_fetch")(`http://site.example:${port}/`));
    expect(refusal).toMatchObject({ message: `site.example:${port} redirects in circles.` });
    expect(count).toBe(11);
  });

  it("are handed back when the caller wants them", async () => {
    const port = await serve((_request, response) =>
      response.writeHead(302, { location: "/x" }).end(),
    );
    const url = `http://site.example:${port}/`;
    const response = await egress().fetch("web_fetch")(url, { redirect: "manual" });
    expect(response.status).toBe(302);
    expect(response.headers.get("location")).toBe("/x");
  });
});

describe("offline", () => {
  it("refuses before any name is looked up, names the host and the way out", async () => {
    let lookups = 0;
    const lookup: Lookup = async () => {
      lookups += 1;
      return [{ address: "127.0.0.1", family: 4 }];
    };
    const door = egress({ offline: true, lookup });
    for (const purpose of ["models", "web_fetch", "doctor"]) {
      const refusal = await problem(
        door.fetch(purpose, { allowPrivate: true })("https://site.example/"),
      );
      expect(refusal).toMatchObject({
        code: "offline",
        message: "Aetheria is offline, so it does not connect to site.example.",
        hint: "Switch to Online in the top bar or in Settings, then try again.",
      });
    }
    expect(lookups).toBe(0);
    expect(door.log(undefined, 9).every((entry) => !entry.allowed)).toBe(true);
  });

  it("lets models on this machine answer", async () => {
    const port = await serve((_request, response) => response.end("local"));
    const response = await egress({ offline: true }).fetch("models")(`http://localhost:${port}/`);
    expect(await response.text()).toBe("local");
  });

  it("cuts a stream that is under way when it is switched on", async () => {
    const port = await serve((_request, response) => void response.write("first"));
    let offline = false;
    const rules = () => ({ offline, allowedPrivateHosts: ["site.example"] });
    const door = egress({ rules });
    const response = await door.fetch("web_fetch")(`http://site.example:${port}/`);
    const reader = response.body?.getReader();
    await reader?.read();
    const rest = problem(Promise.resolve(reader?.read()));
    offline = true;
    await door.enforce();
    expect(await rest).toBeInstanceOf(Error);
  });
});

describe("after the machine slept", () => {
  it("lines to other machines end as broken ones, those on this machine go on, new ones open", async () => {
    const pieces: ((text: string) => void)[] = [];
    const port = await serve((_request, response) => {
      response.write("first");
      pieces.push((text) => void response.end(text));
    });
    const rules = () => ({ offline: false, allowedPrivateHosts: ["site.example"] });
    const door = egress({ rules });
    const begin = async (purpose: string, host: string) => {
      const response = await door.fetch(purpose)(`http://${host}:${port}/`);
      const reader = response.body?.getReader();
      await reader?.read();
      return reader;
    };
    const far = await begin("web_fetch", "site.example");
    const near = await begin("models", "localhost");
    const rest = far?.read().catch((error: unknown) => error);
    await door.renew();
    expect(await rest).toMatchObject({ name: "TypeError", cause: { code: "ECONNRESET" } });
    pieces[1]?.("rest");
    expect(new TextDecoder().decode((await near?.read())?.value)).toBe("rest");
    expect(await begin("web_fetch", "site.example")).toBeDefined();
  });
});

describe("streams", () => {
  it("hand over each piece as it comes, and carry what was sent", async () => {
    let write: (text: string) => void = () => undefined;
    let received = "";
    const port = await serve((request, response) => {
      request.on("data", (chunk: Buffer) => (received += chunk.toString()));
      request.on("end", () => {
        response.writeHead(200, { "content-type": "text/event-stream" });
        write = (text) => void response.write(text);
        write("data: 1\n\n");
      });
    });
    const response = await egress().fetch("models")(`http://127.0.0.1:${port}/`, {
      method: "POST",
      body: JSON.stringify({ stream: true }),
    });
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    expect((await reader?.read())?.value).toBe("data: 1\n\n");
    write("data: 2\n\n");
    expect((await reader?.read())?.value).toBe("data: 2\n\n");
    expect(received).toBe('{"stream":true}');
    await reader?.cancel();
  });

  it("end when they stay silent longer than the caller allows", async () => {
    const port = await serve((_request, response) => void response.write("only this"));
    const fetch = egress().fetch("models", { timeouts: { idleMs: 1 } });
    const response = await fetch(`http://127.0.0.1:${port}/`);
    expect(await problem(response.text())).toMatchObject({
      cause: { code: "UND_ERR_BODY_TIMEOUT" },
    });
  });

  it("stop at once when aborted, before and within the body", async () => {
    const arrived = deferred<void>();
    const closed = deferred<void>();
    const port = await serve((request, response) => {
      arrived.resolve();
      request.socket.on("close", () => closed.resolve());
      if (request.url === "/body") response.write("x");
    });
    const door = egress();
    const first = new AbortController();
    const waiting = problem(
      door.fetch("models")(`http://127.0.0.1:${port}/`, { signal: first.signal }),
    );
    await arrived.promise;
    first.abort(new Error("enough"));
    expect(await waiting).toMatchObject({ message: "enough" });
    await closed.promise;

    const second = new AbortController();
    const url = `http://127.0.0.1:${port}/body`;
    const response = await door.fetch("models")(url, { signal: second.signal });
    second.abort(new Error("enough"));
    expect(await problem(response.text())).toBeInstanceOf(Error);
  });

  it("share their connections", async () => {
    let connections = 0;
    const server = createServer((_request, response) => response.end("x"));
    server.on("connection", () => (connections += 1));
    const port = await listen(server);
    const fetch = egress().fetch("models");
    for (let round = 0; round < 10; round += 1)
      await (await fetch(`http://127.0.0.1:${port}/`)).text();
    expect(connections).toBeLessThan(5);
  });
});

describe("requests", () => {
  it("may be a Request, a URL, a form or bytes", async () => {
    const port = await serve((request, response) => {
      const type = (request.headers["content-type"] ?? "").split(";")[0];
      response.write(`${request.method} ${type} `);
      request.pipe(response);
    });
    const fetch = egress().fetch("models");
    const url = `http://127.0.0.1:${port}/`;
    const text = async (response: Promise<Response>) => (await response).text();
    expect(await text(fetch(new Request(url, { method: "PUT", body: "hi" })))).toBe(
      "PUT text/plain hi",
    );
    expect(await text(fetch(new URL(url)))).toBe("GET  ");
    const form = new FormData();
    form.set("field", "value");
    const sent = await text(fetch(url, { method: "POST", body: form }));
    expect(sent).toMatch(/^POST multipart\/form-data .*name="field"/s);
    const bytes = new TextEncoder().encode("bytes");
    expect(await text(fetch(url, { method: "POST", body: bytes }))).toBe("POST  bytes");
    expect(await problem(fetch("not an address"))).toMatchObject({ code: "bad_input" });
  });
});

describe("what goes wrong on the way", () => {
  it("keeps the code that says why", async () => {
    const port = await serve(() => undefined);
    await cleanups.pop()?.();
    const refused = await problem(egress().fetch("models")(`http://127.0.0.1:${port}/`));
    expect(refused).toMatchObject({ cause: { code: "ECONNREFUSED" } });

    const lookup: Lookup = async () => {
      throw Object.assign(new Error("getaddrinfo"), { code: "EAI_AGAIN" });
    };
    const unknown = await problem(egress({ lookup }).fetch("models")("http://site.example/"));
    expect(unknown).toMatchObject({ cause: { code: "EAI_AGAIN" } });
  });

  it("keeps the name for TLS: the server is asked for the name, not the pinned address", async () => {
    const hello = deferred<string>();
    const port = await listen(
      createRawServer((socket) => {
        socket.on("error", () => undefined);
        socket.once("data", (bytes: Buffer) => {
          hello.resolve(bytes.toString("latin1"));
          socket.destroy();
        });
      }),
    );
    const failure = await problem(egress().fetch("web_fetch")(`https://site.example:${port}/`));
    expect(await hello.promise).toContain("site.example");
    expect(failure).toBeInstanceOf(TypeError);
  });

  it("gives up on headers that never come", async () => {
    const port = await serve(() => undefined);
    const fetch = egress().fetch("models", { timeouts: { headersMs: 1 } });
    expect(await problem(fetch(`http://127.0.0.1:${port}/`))).toMatchObject({
      cause: { code: "UND_ERR_HEADERS_TIMEOUT" },
    });
  });

  it("refuses after it was closed", async () => {
    const port = await serve((_request, response) => response.end("x"));
    const door = egress();
    await door.close();
    const refusal = await problem(door.fetch("models")(`http://127.0.0.1:${port}/`));
    expect(refusal).toMatchObject({ code: "cancelled" });
  });
});

describe("the log", () => {
  it("tells sessions apart, youngest first, and is not the reader's to change", async () => {
    const door = egress({ offline: true });
    for (const id of ["a", "b", "a"])
      await problem(
        door.fetch("web_fetch", { sessionId: SessionId.parse(id) })(`http://${id}.example/`),
      );
    expect(door.log(undefined, 9).map((entry) => entry.host)).toEqual([
      "a.example",
      "b.example",
      "a.example",
    ]);
    const [entry] = door.log(SessionId.parse("b"), 9);
    expect(entry).toEqual({
      at: 7,
      sessionId: "b",
      purpose: "web_fetch",
      host: "b.example",
      port: 80,
      address: null,
      allowed: false,
      why: "Aetheria is offline, so it does not connect to b.example.",
    });
    if (entry) entry.allowed = true;
    expect(door.log(SessionId.parse("b"), 1)[0]?.allowed).toBe(false);
    expect(door.log(undefined, 2)).toHaveLength(2);
  });
});
