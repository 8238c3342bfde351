// The proxy's side of HTTP: requests with a whole address and CONNECT, one answer to each, never a hang.
// Whether a host may be reached is asked of `admit`; this only speaks. Loaded with the first connection.
import {
  createServer,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import { connect, type LookupFunction, type Socket } from "node:net";
import { finished, pipeline, type Duplex } from "node:stream";
import { isAddress } from "./address.ts";
import type { Target } from "./permit.ts";
import { answerError, say, sayError, sayOn } from "./proxy-words.ts";

/** One decided connection. */
export type WayOut = {
  target: Target;
  /** Resolves once, checks, pins. */
  lookup: LookupFunction;
  /** The connection stands; `cut` ends it. Returns what to call when it is over. */
  opened(cut: () => void): () => void;
  /** What the connecting threw, as what to tell. */
  failed(error: unknown): unknown;
};

/** Throws AetheriaError when it may not be reached. */
export type Admit = (target: Target) => WayOut;

export interface ProxyServer {
  serve(connection: Duplex, admit: Admit): void;
}

const maxHeaderSize = 32_768;
/** From a connection made, or an answer given, to the end of the next request's headers. */
const nextRequestMs = 30_000;
const connectMs = 10_000;
/** Nothing in either direction. */
const idleMs = 900_000;

export function createProxyServer(): ProxyServer {
  const admits = new WeakMap<Duplex, Admit>();
  const waits = new WeakMap<Duplex, NodeJS.Timeout>();
  const server = createServer({ maxHeaderSize, requestTimeout: 0, headersTimeout: 0 });
  const admitOf = (line: Duplex): Admit => {
    const admit = admits.get(line);
    if (!admit) throw new Error("a proxy connection without its caller");
    return admit;
  };
  const wait = (line: Duplex) => {
    clearTimeout(waits.get(line));
    waits.set(line, setTimeout(() => line.destroy(), nextRequestMs).unref());
  };
  const busy = (line: Duplex) => clearTimeout(waits.get(line));

  server.on("request", (request, response) => {
    const line: Duplex = request.socket;
    busy(line);
    finished(response, () => {
      if (!line.destroyed) wait(line);
    });
    forward(request, response, admitOf(line));
  });
  server.on("connect", (request, line, head) => {
    busy(line);
    tunnel(request, line, head, admitOf(line));
  });
  server.on("clientError", (error: NodeJS.ErrnoException, line) => {
    // Something came behind a last request: that one is still answered, and nothing else.
    if (error.code === "HPE_CLOSED_CONNECTION") return;
    busy(line);
    const status = error.code === "HPE_HEADER_OVERFLOW" ? 431 : 400;
    sayOn(line, status, "That is not a request this proxy understands.");
  });
  return {
    serve(connection, admit) {
      if (connection.destroyed) return;
      admits.set(connection, admit);
      // The server's own, ours and those of a tunnel.
      connection.setMaxListeners(30);
      connection.once("close", () => busy(connection));
      wait(connection);
      server.emit("connection", connection);
    },
  };
}

// ── CONNECT ──────────────────────────────────────────────────────────────────────────────────────

function tunnel(request: IncomingMessage, line: Duplex, head: Buffer, admit: Admit): void {
  line.on("error", () => line.destroy());
  const target = targetIn(request.url ?? "");
  if (target === null) return sayOn(line, 400, "CONNECT needs a host and a port.");
  let way: WayOut;
  try {
    way = admit(target);
  } catch (error) {
    return sayError(line, error);
  }
  const far = connectTo(way);
  let isOver: (() => void) | null = null;
  const give = (error: unknown) => {
    far.destroy();
    if (isOver === null) sayError(line, way.failed(error));
    else line.destroy();
  };
  const overdue = setTimeout(() => give(tooSlow(target)), connectMs);
  far.once("error", give);
  line.once("close", () => far.destroy());
  far.once("close", () => {
    clearTimeout(overdue);
    isOver?.();
  });
  far.once("connect", () => {
    clearTimeout(overdue);
    if (line.destroyed) return void far.destroy();
    isOver = way.opened(() => {
      far.destroy();
      line.destroy();
    });
    if (line.destroyed) return;
    far.setTimeout(idleMs, () => far.destroy());
    line.write("HTTP/1.1 200 Connection established\r\n\r\n");
    if (head.length > 0) far.write(head);
    pipeline(line, far, line, () => {
      far.destroy();
      line.destroy();
    });
  });
}

function connectTo({ target: { host, port }, lookup }: WayOut): Socket {
  return connect({ host: bare(host), port, lookup, autoSelectFamily: true });
}

/** `host:port`, read as a browser reads an address, so that every spelling of it is one name. */
function targetIn(authority: string): Target | null {
  const match = /^([^/?#@\\\s]+):(\d{1,5})$/.exec(authority);
  if (!match) return null;
  const port = Number(match[2]);
  const address = `http://${match[1]}/`;
  if (port < 1 || port > 65_535 || !URL.canParse(address)) return null;
  return { host: plainHost(new URL(address)), port };
}

const plainHost = (url: URL): string => url.hostname.toLowerCase().replace(/\.$/, "");
const bare = (host: string): string => (isAddress(host) ? host.replace(/^\[|\]$/g, "") : host);

// ── Requests with a whole address ────────────────────────────────────────────────────────────────

function forward(request: IncomingMessage, response: ServerResponse, admit: Admit): void {
  const url = /^http:\/\//i.test(request.url ?? "") ? (request.url ?? "") : "";
  if (url === "" || !URL.canParse(url))
    return say(request, response, 400, "This is a proxy: it takes http:// addresses and CONNECT.");
  const { host, pathname, search, port, username, ...rest } = partsOf(new URL(url));
  if (username !== "") return say(request, response, 400, "The address carries a user name.");
  let way: WayOut;
  try {
    way = admit({ host: rest.hostname, port });
  } catch (error) {
    return answerError(request, response, error);
  }
  const out = httpRequest({
    ...{ host: bare(rest.hostname), port, path: pathname + search, method: request.method },
    headers: { ...passedOn(request.headers), ...chunksOf(request), host },
    ...{ lookup: way.lookup, agent: false, setHost: false, maxHeaderSize },
  });
  let isOver: (() => void) | null = null;
  const give = (error: unknown) => {
    out.destroy();
    if (response.headersSent) response.destroy();
    else answerError(request, response, way.failed(error));
  };
  const overdue = setTimeout(() => give(tooSlow(way.target)), connectMs);
  out.on("error", give);
  out.on("socket", (socket) => {
    socket.once("connect", () => {
      clearTimeout(overdue);
      isOver = way.opened(() => {
        out.destroy();
        response.destroy();
      });
    });
    socket.setTimeout(idleMs, () => give(tooSlow(way.target)));
  });
  out.on("close", () => {
    clearTimeout(overdue);
    isOver?.();
  });
  out.on("response", (answer) => {
    response.writeHead(answer.statusCode ?? 502, passedOn(answer.headers));
    pipeline(answer, response, () => undefined);
  });
  response.once("close", () => out.destroy());
  pipeline(request, out, () => undefined);
}

function partsOf(url: URL) {
  const { host, pathname, search, username } = url;
  return {
    host,
    pathname,
    search,
    username,
    hostname: plainHost(url),
    port: Number(url.port || 80),
  };
}

/** Meant for this one line only (RFC 9110, 7.6.1). */
const ofOneLine = [
  "connection",
  "expect",
  "keep-alive",
  "proxy-connection",
  "proxy-authorization",
  "proxy-authenticate",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
];

/** A body without a length goes on in chunks, whatever the method. */
const chunksOf = ({ headers }: IncomingMessage): IncomingHttpHeaders =>
  headers["transfer-encoding"] === undefined ? {} : { "transfer-encoding": "chunked" };

function passedOn(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const named = (headers.connection ?? "").split(",").map((name) => name.trim().toLowerCase());
  const dropped = new Set([...ofOneLine, ...named]);
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !dropped.has(name)));
}

const tooSlow = ({ host }: Target): Error =>
  Object.assign(new Error(`${host} does not answer`), { code: "ETIMEDOUT" });
