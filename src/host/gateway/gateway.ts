// The door for browsers and other programs: Socket.IO behind a token, the page's files, `/health`.
// It only carries calls to whoever serves them and decides nothing about them.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Socket as NetSocket } from "node:net";
import type { Server as SocketServer, Socket } from "socket.io";
import { AetheriaError } from "../../contract/errors.ts";
import type { Channel } from "../../rpc/channel.ts";
import { createLinkedPair } from "../../rpc/linked-pair.ts";
import { socketChannel } from "../../rpc/socket-channel.ts";
import { createAdmission, type Admission, type CheckIn, type Guest } from "./admission.ts";
import { createHttpAnswer } from "./answer-http.ts";
import { boundConnection } from "./connection-bounds.ts";
import { createConversations, type Conversations } from "./legacy-conversations.ts";
import { isLegacyName } from "./legacy-in-names.ts";
import { usualLimits, type GatewayLimits } from "./limits.ts";
import { createRequestGuard, type RequestGuard } from "./request-guard.ts";

export type GatewayOptions = {
  /** Serves a channel with the host's handlers. `isHere`: the client is on this machine. */
  connect(channel: Channel, client?: { isHere: boolean } & Guest): unknown;
  /** 0: any free one. */
  port: number;
  /** Loopback by default. */
  hostname?: string;
  checkIn: CheckIn;
  /** Absent: plain HTTP, which is for loopback, or for who asked for it by name. */
  tls?: { key: string; cert: string };
  /** The names existing clients know are answered too. */
  legacyNames?: boolean;
  /** The built page; null: there is none. */
  staticDir: string | null;
  /** The built companion, served under `/companion/`. */
  companionDir?: string | null;
  version: string;
  /** Further host names people reach this machine by. */
  allowedHosts?: readonly string[];
  /** Further pages that may connect, as whole origins: a development server. */
  allowedOrigins?: readonly string[];
  limits?: Partial<GatewayLimits>;
};

export interface Gateway {
  /** Where it answers, without the token: `http://127.0.0.1:4517`. */
  url: string;
  port: number;
  /** Ends all connections; afterwards the port is free. */
  close(): Promise<void>;
}

/** Rejects with Node's own error when the port cannot be had (`EADDRINUSE`, `EACCES`). */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { hostname = "127.0.0.1", allowedHosts = [], allowedOrigins = [] } = options;
  const limits = { ...usualLimits, ...options.limits };
  const guard = createRequestGuard({ hostname, allowedHosts, allowedOrigins });
  const { Server: SocketIoServer } = await import("socket.io");
  const patience = { headersTimeout: 10_000, requestTimeout: 60_000 };
  const answer = createHttpAnswer({
    guard,
    staticDir: options.staticDir,
    companionDir: options.companionDir ?? null,
    version: options.version,
  });
  const http = options.tls
    ? createTlsServer({ ...patience, ...options.tls }, answer)
    : createServer(patience, answer);
  // Beyond this nobody is even asked for a token.
  http.maxConnections = limits.connections * 4;
  const endAll = trackConnections(http);
  await listen(http, options.port, hostname);
  const sockets = new SocketIoServer(http, {
    serveClient: false,
    transports: ["websocket", "polling"],
    maxHttpBufferSize: limits.messageBytes,
    perMessageDeflate: false,
    httpCompression: false,
    connectTimeout: 10_000,
  });
  guardSockets(sockets, guard, limits);
  admit(sockets, createAdmission(options.checkIn, limits.wrongTokensPerMinute, Date.now));
  const conversations = createConversations();
  sockets.on("connection", (socket) => {
    boundConnection(socket, limits, () => performance.now());
    const { welcome, ...guest } = guestOf(socket);
    if (welcome !== undefined) socket.emit("welcome", welcome);
    options.connect(socketChannel(socket), { ...guest, isHere: isHere(socket) });
    if (options.legacyNames ?? true) serveLegacyLater(socket, conversations, options.connect);
  });
  const { port } = http.address() as AddressInfo;
  const shown = hostname.includes(":") ? `[${hostname}]` : hostname;
  const scheme = options.tls ? "https" : "http";
  return { url: `${scheme}://${shown}:${port}`, port, close: () => close(sockets, endAll) };
}

/** On loopback, and not handed on by a program that serves others from there. */
export function isHere({ handshake: { address, headers } }: Pick<Socket, "handshake">): boolean {
  const handedOn = ["forwarded", "x-forwarded-for", "x-real-ip", "via"];
  if (handedOn.some((name) => headers[name] !== undefined)) return false;
  return /^(?:::1|(?:::ffff:)?127(?:\.\d{1,3}){3})$/.test(address);
}

/** What the legacy names mean loads with the first of them; those behind it wait their turn. */
function serveLegacyLater(
  socket: Socket,
  conversations: Conversations,
  connect: GatewayOptions["connect"],
): void {
  const openChannel = () => {
    const [near, far] = createLinkedPair();
    connect(far);
    return near;
  };
  let loaded: Promise<void> | null = null;
  socket.use(([name], next) => {
    if (!isLegacyName(name)) return next();
    loaded ??= import("./legacy-client.ts").then(({ serveLegacyNames }) =>
      serveLegacyNames(socket, conversations, openChannel),
    );
    loaded.then(() => next(), next);
  });
}

/** Before Socket.IO looks at a request: whether a browser was tricked, and whether there is room. */
function guardSockets(sockets: SocketServer, guard: RequestGuard, limits: GatewayLimits): void {
  sockets.engine.use((request: IncomingMessage, response: ServerResponse, next: () => void) => {
    const problem = guard(request);
    if (problem !== null) return refuse(request, response, 403, problem);
    const isNew = !/[?&]sid=/.test(request.url ?? "");
    if (isNew && sockets.engine.clientsCount >= limits.connections)
      return refuse(request, response, 503, tooManyClients);
    if (Number(request.headers["content-length"] ?? 0) <= limits.messageBytes) return next();
    // Answered only when all was sent: a client that still writes would not read why.
    request.resume();
    request.once("end", () => refuse(request, response, 413, tooLarge));
  });
}

const tooLarge = "That is more than Aetheria takes in one message.";
const tooManyClients = "Too many clients are connected to Aetheria. Close some of its pages.";

function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  sentence: string,
): void {
  const body = `${sentence}\n`;
  const headers = {
    "Content-Type": "text/plain; charset=utf-8",
    "Content-Length": Buffer.byteLength(body),
    Connection: "close",
  };
  if (request.headers.upgrade === undefined) {
    response.writeHead(status, headers).end(body);
    return;
  }
  // An upgrade has no response of its own: it is written by hand.
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const reason = status === 503 ? "Service Unavailable" : "Forbidden";
  request.socket.end([`HTTP/1.1 ${status} ${reason}`, ...lines, "", body].join("\r\n"));
}

function admit(sockets: SocketServer, admission: Admission): void {
  sockets.use((socket: Socket, next) => {
    admission.admit(socket.handshake.auth, socket.handshake.address).then(
      (guest) => {
        (socket.data as { guest: Guest }).guest = guest;
        next();
      },
      (refusal: unknown) => {
        const data = AetheriaError.toData(refusal);
        next(Object.assign(new Error(data.message), { data }));
        // Otherwise the same connection could go on guessing.
        setImmediate(() => socket.conn.close());
      },
    );
  });
}

const guestOf = (socket: Socket): Guest => (socket.data as { guest: Guest }).guest;

function listen(http: Server, port: number, hostname: string): Promise<void> {
  return new Promise((resolve, reject) => {
    http.once("error", reject);
    http.listen(port, hostname, () => {
      http.off("error", reject);
      resolve();
    });
  });
}

/** How long a client may take to read its last words when the gateway closes. */
const goodbyeMs = 500;

/** Returns the way to end every connection, also of a client that does not read any more. */
function trackConnections(http: Server): () => void {
  const open = new Set<NetSocket>();
  http.on("connection", (socket) => {
    open.add(socket);
    socket.once("close", () => open.delete(socket));
  });
  return () => {
    for (const socket of open) {
      socket.destroySoon();
      const overdue = setTimeout(() => socket.destroy(), goodbyeMs);
      socket.once("close", () => clearTimeout(overdue));
    }
  };
}

async function close(sockets: SocketServer, endAll: () => void): Promise<void> {
  const closed = sockets.close();
  // Socket.IO says goodbye first, some microtasks from here.
  setImmediate(endAll);
  await closed;
}
