// What pages of a real Chromium reach, and what they do not: every trick that leads to a private place.
import { createHash } from "node:crypto";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createSecureServer } from "node:https";
import {
  createServer as createRawServer,
  type AddressInfo,
  type Server as RawServer,
} from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { SessionId } from "../../contract/ids.ts";
import type { BrowserWay } from "../egress/browser-proxy.ts";
import { createEgress } from "../egress/egress.ts";
import type { ResolvedAddress } from "../egress/pinned-lookup.ts";
import { openChromium, type OpenedChromium } from "./live/chromium.fixture.ts";
import { cert, key } from "./own-certificate.fixture.ts";

const sessionId = SessionId.parse("s");
const cleanups: (() => unknown)[] = [];
const here: ResolvedAddress[] = [{ address: "127.0.0.1", family: 4 }];
const away: ResolvedAddress[] = [{ address: "203.0.113.7", family: 4 }];

/** Names that stand for public ones: they are let through although they lead here. */
const open = ["site.example", "other.example"];
const state = { offline: false, allow: [] as string[], block: [] as string[] };
const asked: string[] = [];
const answers = new Map<string, () => ResolvedAddress[]>();
const blocked: { host: string; why: string }[] = [];
const egress = createEgress({
  rules: () => ({ offline: state.offline, allowedPrivateHosts: open }),
  siteRules: () => ({ allow: state.allow, block: state.block }),
  clock: { now: () => Date.now() },
  async lookup(host) {
    asked.push(host);
    const answer = answers.get(host) ?? (open.includes(host) ? () => here : undefined);
    if (answer === undefined) throw Object.assign(new Error("unknown"), { code: "ENOTFOUND" });
    return answer();
  },
});

type Answer = (request: IncomingMessage, response: ServerResponse) => void;
const pages = new Map<string, string | Answer>();
const requests: string[] = [];
let way: BrowserWay;
let browser: OpenedChromium;
let page: Page;
let sitePort = 0;
let securePort = 0;
let secretPort = 0;
let secretReached = 0;
let netLog = "";
let openedPrograms = "";

async function listen(server: RawServer): Promise<number> {
  server.on("connection", (socket) => {
    socket.on("error", () => undefined);
    cleanups.push(() => socket.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  cleanups.push(() => new Promise((done) => server.close(done)));
  return (server.address() as AddressInfo).port;
}

function answer(request: IncomingMessage, response: ServerResponse): void {
  const { pathname } = new URL(request.url ?? "/", "http://x");
  requests.push(`${request.method} ${request.headers.host}${request.url}`);
  const found = pages.get(pathname) ?? "<p>nothing</p>";
  if (typeof found === "function") return found(request, response);
  const type = pathname.endsWith(".js") ? "text/javascript" : "text/html";
  response.writeHead(200, { "Content-Type": type, "Access-Control-Allow-Origin": "*" });
  response.end(found);
}

/** Says what it hears, in one short frame. */
function withSockets<T extends Server>(server: T): T {
  server.on("upgrade", (request, socket) => {
    const accept = createHash("sha1")
      .update(`${request.headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
      .digest("base64");
    socket.on("error", () => undefined);
    socket.write(
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
        `Sec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    const words = Buffer.from(`hello ${request.headers.host}`);
    socket.write(Buffer.concat([Buffer.from([0x81, words.length]), words]));
  });
  return server;
}

beforeAll(async () => {
  sitePort = await listen(withSockets(createServer(answer)));
  securePort = await listen(withSockets(createSecureServer({ key, cert }, answer)));
  secretPort = await listen(
    createRawServer((socket) => {
      secretReached += 1;
      socket.end("HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\n\r\nsecret");
    }),
  );
  const folder = await mkdtemp(join(tmpdir(), "aetheria-way-out-"));
  cleanups.push(() => rm(folder, { recursive: true, force: true }));
  netLog = join(folder, "net.json");
  openedPrograms = join(folder, "opened");
  for (const name of ["xdg-open", "gio", "kde-open", "gnome-open", "sensible-browser"]) {
    await writeFile(join(folder, name), `#!/bin/sh\necho "$0 $@" >> ${openedPrograms}\n`);
    await chmod(join(folder, name), 0o755);
  }
  way = await egress.browser.open(sessionId, {
    blocked: (host, why) => void blocked.push({ host, why }),
  });
  browser = await openChromium(way.server, {
    args: [`--log-net-log=${netLog}`, "--ignore-certificate-errors"],
    env: { PATH: `${folder}${delimiter}${process.env["PATH"]}` },
  });
  page = browser.page;
});

afterAll(async () => {
  await browser.close();
  await way.close();
  await egress.close();
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

beforeEach(async () => {
  Object.assign(state, { offline: false, allow: [], block: [] });
  for (const list of [blocked, requests, asked]) list.length = 0;
  answers.clear();
  pages.clear();
  await freshPage();
});

/** Where the last one still wants to go is not waited for. */
async function freshPage(): Promise<void> {
  const last = page;
  page = await browser.context.newPage();
  await last.close();
}

const site = (path: string, host = "site.example") => `http://${host}:${sitePort}${path}`;
const secret = (host = "127.0.0.1") => `http://${host}:${secretPort}/`;
/** Opens what a page may open, and says what became of it. The page of an error comes late and would
 * interrupt the next one, so that is opened elsewhere. */
async function visit(url: string): Promise<number | string> {
  const problem = (error: Error) => /net::\w+/.exec(error.message)?.[0] ?? error.message;
  const outcome = await page.goto(url).then((response) => response?.status() ?? 0, problem);
  if (typeof outcome === "string") await freshPage();
  return outcome;
}
const refusedHosts = () => new Set(blocked.map(({ host }) => host));

describe("a page in the browser", () => {
  it("is reached over http and https, and the log says so once", async () => {
    pages.set("/", `<title>ours</title>${'<img src="/x">'.repeat(3)}`);
    for (const url of [site("/"), site("/?again"), `https://site.example:${securePort}/`]) {
      expect(await visit(url)).toBe(200);
      expect(await page.title()).toBe("ours");
    }
    const log = egress.log(sessionId, 50).filter(({ port }) => port === sitePort);
    expect(log).toEqual([
      expect.objectContaining({ purpose: "browser", host: "site.example", address: "127.0.0.1" }),
    ]);
  });

  it("has WebSockets, over http and https", async () => {
    await page.goto(site("/"));
    for (const url of [`ws://site.example:${sitePort}/`, `wss://site.example:${securePort}/`])
      expect(await hearSocket(url)).toMatch(/^hello site\.example/);
    expect(await hearSocket(`ws://127.0.0.1:${secretPort}/`)).toBe("refused");
    expect(await hearSocket(`wss://localhost:${secretPort}/`)).toBe("refused");
    expect(secretReached).toBe(0);
  });

  it("has server-sent events as they come", async () => {
    pages.set("/events", (_request, response) => {
      response.writeHead(200, { "Content-Type": "text/event-stream" });
      response.write("data: one\n\n");
    });
    await page.goto(site("/"));
    const heard = await inPage(
      `(url) => new Promise((resolve) => {
        const events = new EventSource(url);
        events.onmessage = ({ data }) => (events.close(), resolve(data));
      })`,
      site("/events"),
    );
    expect(heard).toBe("one");
  });

  it("that is refused says why, as a page over http and as a sentence for https", async () => {
    state.block = ["other.example"];
    expect(await visit(site("/", "other.example"))).toBe(403);
    expect(await page.locator("p").innerText()).toMatch(
      /^other\.example:\d+ is blocked in this brow/,
    );
    expect(await visit("https://other.example/")).toBe("net::ERR_TUNNEL_CONNECTION_FAILED");
    expect(way.refusalOf("other.example")).toMatch(
      /^other\.example is blocked in this browser\. A pers/,
    );
    expect(way.refusalOf("site.example")).toBeNull();
    expect(await visit("https://gone.example/")).toBe("net::ERR_TUNNEL_CONNECTION_FAILED");
    expect(way.refusalOf("gone.example")).toBeNull();
    expect(way.failureOf("gone.example")).toBe("There is no host of this name.");
  });

  it("reaches a private host that a rule allows, and no other port where one is named", async () => {
    state.allow = [`127.0.0.1:${sitePort}`];
    expect(await visit(site("/", "127.0.0.1"))).toBe(200);
    expect(await visit(secret())).toBe(403);
    expect(secretReached).toBe(0);
  });

  it("loses its connections at once when its host is blocked", async () => {
    await page.goto(site("/"));
    const closed = inPage(
      `(url) => new Promise((resolve) => {
        const socket = new WebSocket(url);
        socket.onmessage = () => void (document.title = "open");
        socket.onclose = () => resolve("closed");
      })`,
      `ws://other.example:${sitePort}/`,
    );
    await page.waitForFunction(`document.title === "open"`);
    state.block = ["*.example"];
    await egress.enforce();
    expect(await closed).toBe("closed");
  });
});

describe("places on this machine and in its network", () => {
  const spellings = [
    ...["127.0.0.1", "localhost", "localhost.", "a.localhost", "127.1", "0x7f.1", "2130706433"],
    ...["0177.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "0.0.0.0", "[::]", "0"],
    ...["127.0.0.1.", "①②⑦.0.0.1"],
  ];

  it("are not reached, however they are written", async () => {
    const reached: unknown[] = [];
    for (const host of spellings) {
      const status = await visit(secret(host));
      if (status !== 403) reached.push([host, status]);
    }
    expect(await visit(site("/"))).toBe(200);
    for (const host of spellings)
      for (const url of [secret(host), `https://${host}:${secretPort}/`]) {
        const outcome = await tryFetch(url);
        if (outcome !== "refused") reached.push([url, outcome]);
      }
    expect(reached).toEqual([]);
    expect(secretReached).toBe(0);
  });

  it("are not dialled at addresses that are private; those of clouds not even with a rule", async () => {
    const clouds = ["169.254.169.254", "[fd00:ec2::254]"];
    const hosts = ["10.0.0.1", "192.168.1.1", "[fe80::1]", "224.0.0.1", ...clouds];
    state.allow = clouds;
    for (const host of hosts) expect(await visit(`http://${host}/latest/meta-data/`)).toBe(403);
    expect(refusedHosts()).toEqual(new Set(hosts));
  });

  it("are not reached by a name that changes its mind", async () => {
    const both = [() => away, () => here];
    answers.set("rebind.example", () => (both.length > 1 ? both.shift()! : both[0]!)());
    // The first address is dialled, whatever the name says after that: nothing of it is kept.
    await page.goto(site("/"));
    const tries = inPage(
      `async (url) => {
        await fetch(url, { signal: AbortSignal.timeout(1000) }).catch(() => undefined);
        return fetch(url).then((answer) => answer.text(), () => "refused");
      }`,
      secret("rebind.example"),
    );
    expect(await tries).not.toContain("secret");
    expect(asked.filter((host) => host === "rebind.example")).toHaveLength(2);
    expect(secretReached).toBe(0);
  });

  it("are not reached by a name that has public addresses too", async () => {
    answers.set("mixed.example", () => [...away, ...here]);
    answers.set("six.example", () => [{ address: "::ffff:127.0.0.1", family: 6 }]);
    for (const host of ["mixed.example", "six.example"]) {
      expect(await visit(secret(host))).toBe(403);
      expect(await visit(`https://${host}:${secretPort}/`)).toMatch(/TUNNEL/);
    }
    expect(secretReached).toBe(0);
  });

  it("are not reached by redirects of any kind", async () => {
    const redirect =
      (to: string): Answer =>
      (_request, response) =>
        response.writeHead(302, { Location: to }).end();
    state.block = ["blocked.example"];
    pages.set("/302", redirect(secret()));
    pages.set("/twice", redirect(site("/302")));
    pages.set("/blocked", redirect("http://blocked.example/"));
    pages.set("/meta", `<meta http-equiv="refresh" content="0;url=${secret()}">`);
    pages.set("/script", `<script>location.href = "${secret()}"</script>`);
    for (const path of ["/302", "/twice", "/blocked"]) expect(await visit(site(path))).toBe(403);
    for (const path of ["/meta", "/script"]) {
      blocked.length = 0;
      await visit(site(path));
      await vi.waitFor(() => expect(refusedHosts()).toContain(`127.0.0.1:${secretPort}`));
    }
    await freshPage();
    await page.goto(site("/"));
    expect(await tryFetch(site("/302"))).toMatch(/refused|403/);
    expect(secretReached).toBe(0);
  });

  it("are not reached by what a page embeds, sends or hints at", async () => {
    const ways: Record<string, string> = {
      frame: `<iframe src="URL"></iframe>`,
      image: `<img src="URL">`,
      script: `<script src="URL"></script>`,
      style: `<link rel="stylesheet" href="URL"><style>@import "URL";</style>`,
      prefetch: `<link rel="prefetch" href="URL">`,
      preload: `<link rel="preload" as="script" href="URL"><link rel="modulepreload" href="URL">`,
      preconnect: `<link rel="preconnect" href="URL"><link rel="dns-prefetch" href="URL">`,
      prerender: `<script type="speculationrules">{"prerender":[{"source":"list","urls":["URL"]}]}</script>`,
      media: `<video src="URL" autoplay></video><object data="URL"></object><embed src="URL">`,
      icon: `<link rel="icon" href="URL"><link rel="manifest" href="URL">`,
      events: `<script>new EventSource("URL")</script>`,
      beacon: `<script>navigator.sendBeacon("URL", "x"); fetch("URL", { mode: "no-cors", keepalive: true }).catch(() => 0)</script>`,
      request: `<script>const x = new XMLHttpRequest(); x.open("POST", "URL"); x.send()</script>`,
      form: `<form id="f" method="post" action="URL" target="_blank"><input name="a"></form><script>f.submit()</script>`,
      ping: `<a id="a" ping="URL" href="#x">x</a><script>a.click()</script>`,
      worker: `<script>
        const script = 'fetch("URL").catch(() => 0)';
        new Worker(window["U" + "RL"].createObjectURL(new Blob([script])));
      </script>`,
    };
    const quiet = ["preconnect", "prerender", "ping", "worker"];
    for (const [name, html] of Object.entries(ways)) {
      pages.set(`/${name}`, html.replaceAll("URL", secret("localhost")));
      blocked.length = 0;
      expect(await visit(site(`/${name}`))).toBe(200);
      // Some this browser does not take as hints, is told not to, or refuses by itself.
      if (!quiet.includes(name))
        await vi.waitFor(() => expect(refusedHosts(), name).toContain(`localhost:${secretPort}`));
    }
    await visit(site("/"));
    for (const extra of browser.context.pages()) if (extra !== page) await extra.close();
    expect(secretReached).toBe(0);
    expect(asked).not.toContain("localhost");
  });

  it("are not reached from a service worker", async () => {
    pages.set(
      "/worker.js",
      `self.onmessage = async ({ data, source }) => source.postMessage(await fetch(data).then(
         async (answer) => answer.status + " " + await answer.text(), () => "refused"))`,
    );
    await visit(`https://site.example:${securePort}/`);
    const heard = await inPage(
      `async (url) => {
        await navigator.serviceWorker.register("/worker.js");
        const { active } = await navigator.serviceWorker.ready;
        const answered = new Promise((resolve) => {
          navigator.serviceWorker.onmessage = ({ data }) => resolve(data);
        });
        active.postMessage(url);
        return answered;
      }`,
      `https://localhost:${secretPort}/`,
    );
    expect(heard).toBe("refused");
    expect(secretReached).toBe(0);
  });

  it("are not reached through the proxy's own port", async () => {
    const { port } = new URL(way.server);
    for (const host of ["127.0.0.1", "localhost", "[::1]"])
      expect(await visit(`http://${host}:${port}/`)).toBe(403);
    state.allow = ["127.0.0.1"];
    expect(await visit(`http://127.0.0.1:${port}/`)).toBe(400);
  });

  it("get no packet and show no address by WebRTC and WebTransport", async () => {
    const packets: Buffer[] = [];
    const udp = createSocket("udp4", (packet) => void packets.push(packet));
    udp.bind(0, "127.0.0.1");
    await once(udp, "listening");
    cleanups.push(() => udp.close());
    await visit(`https://site.example:${securePort}/`);
    const candidates = await gatherCandidates([
      `stun:127.0.0.1:${udp.address().port}`,
      `turn:127.0.0.1:${udp.address().port}`,
      `turn:127.0.0.1:${secretPort}?transport=tcp`,
    ]);
    expect(candidates).toEqual([]);
    const transport = await inPage(
      `(url) => new WebTransport(url).ready.then(() => "open", () => "refused")`,
      `https://127.0.0.1:${udp.address().port}/`,
    );
    expect(transport).toBe("refused");
    expect(packets).toEqual([]);
    expect(secretReached).toBe(0);
  });
});

describe("other schemes", () => {
  it("do not open files, other programs or this browser's own pages from a page", async () => {
    pages.set("/", "<p>ours</p>");
    await page.goto(site("/"));
    const links = [
      "file:///etc/passwd",
      "view-source:file:///etc/passwd",
      "ftp://127.0.0.1/",
      "mailto:a@b.example",
    ];
    links.push(
      "ssh://127.0.0.1",
      "tel:1",
      "chrome://settings",
      "data:text/html,<p>top",
      "javascript:void 0",
    );
    links.push(
      "filesystem:http://site.example/temporary/x",
      "vscode://x",
      "intent://x",
      "ms-settings:x",
    );
    for (const link of links) {
      await inPage(
        `(href) => {
          location.href = href;
          const frame = document.createElement("iframe");
          frame.src = href;
          document.body.append(frame);
        }`,
        link,
      );
      expect(await page.locator("p").first().textContent()).toBe("ours");
      expect(page.url()).toBe(site("/"));
    }
    expect(page.frames().filter((frame) => /^(file|chrome):/.test(frame.url()))).toEqual([]);
    expect(await tryFetch("file:///etc/passwd")).toBe("refused");
  });

  it("do not let a blob reach further than its page", async () => {
    await page.goto(site("/"));
    const html = `<script>fetch("${secret()}").finally(() => document.title = "done")</script>`;
    await inPage(
      `(html) => void (location.href = URL.createObjectURL(new Blob([html], { type: "text/html" })))`,
      html,
    );
    await page.waitForFunction(`document.title === "done"`);
    expect(page.url()).toMatch(/^blob:/);
    expect(secretReached).toBe(0);
  });
});

describe("the browser as a whole", () => {
  it("offline reaches nothing and asks for no name", async () => {
    await page.goto(site("/"));
    state.offline = true;
    await egress.enforce();
    asked.length = 0;
    requests.length = 0;
    expect(await visit(site("/"))).toBe(403);
    expect(await page.locator("p").innerText()).toMatch(/^Aetheria is offline/);
    expect([asked, requests]).toEqual([[], []]);
  });

  it("asked the way out for nobody but those whom the pages name, and connected nowhere else", async () => {
    pages.set(
      "/form",
      `<form><input name="user" autocomplete="username"><input type="password"></form>`,
    );
    await page.goto(`https://site.example:${securePort}/form`);
    await page.fill("[type=password]", "a password");
    const named = /^(\[.*\]|[\d.]+|(.*\.)?localhost|\w+\.example)$/;
    const others = egress.log(sessionId, 2_000).filter(({ host }) => !named.test(host));
    expect(others).toEqual([]);
    await browser.close();
    expect(await stat(openedPrograms).catch(() => null)).toBeNull();
    const { dialled, sent, lookedUp } = readNetLog(await readFile(netLog, "utf8"));
    expect(new Set(dialled)).toEqual(new Set([new URL(way.server).host]));
    expect([sent, lookedUp]).toEqual([[], []]);
  });
});

/** What Chromium itself says of its sockets and look-ups. */
function readNetLog(text: string) {
  const { constants, events } = JSON.parse(text) as NetLog;
  const of = (name: string) => {
    const type = constants.logEventTypes[name];
    if (type === undefined) throw new Error(`This Chromium knows no event ${name}.`);
    return events.filter((event) => event.type === type).map(({ params }) => params);
  };
  return {
    dialled: of("TCP_CONNECT_ATTEMPT").flatMap((params) => params?.address ?? []),
    sent: of("UDP_BYTES_SENT"),
    lookedUp: of("HOST_RESOLVER_MANAGER_JOB"),
  };
}

type NetLog = {
  constants: { logEventTypes: Record<string, number> };
  events: { type: number; params?: { address?: string } }[];
};

// ── What runs in pages ───────────────────────────────────────────────────────────────────────────

/** As text: these pages are no place that the host's own types know. */
const inPage = (script: string, argument?: unknown): Promise<unknown> =>
  page.evaluate(`(${script})(${JSON.stringify(argument)})`);

const hearSocket = (url: string) =>
  inPage(
    `(url) => new Promise((resolve) => {
      const socket = new WebSocket(url);
      socket.onmessage = ({ data }) => (socket.close(), resolve(data));
      socket.onerror = () => resolve("refused");
    })`,
    url,
  );

const tryFetch = (url: string) =>
  inPage(
    `(url) => fetch(url).then(
      async (answer) => answer.status + " " + (await answer.text()),
      () => "refused",
    )`,
    url,
  );

const gatherCandidates = (urls: string[]) =>
  inPage(
    `(urls) => {
      const found = [];
      const iceServers = urls.map((one) => ({ urls: one, username: "u", credential: "c" }));
      const peer = new RTCPeerConnection({ iceServers });
      peer.createDataChannel("x");
      return new Promise((resolve) => {
        peer.onicecandidate = ({ candidate }) => {
          if (candidate === null) resolve(found);
          else if (candidate.candidate !== "") found.push(candidate.candidate);
        };
        peer.createOffer().then((offer) => peer.setLocalDescription(offer));
      });
    }`,
    urls,
  );
