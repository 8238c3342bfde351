// Keeps one connection within its bounds: too many messages, a message that is too large, or a
// client that does not read what it is sent. Each refusal is said in the dialect the client speaks.
import type { Socket } from "socket.io";
import { AetheriaError } from "../../contract/errors.ts";
import type { ToClient } from "../../contract/wire.ts";
import { socketEventName } from "../../rpc/socket-channel.ts";
import { isLegacyName } from "./legacy-in-names.ts";
import type { GatewayLimits } from "./limits.ts";
import { createMessageAllowance } from "./message-allowance.ts";

export function boundConnection(socket: Socket, limits: GatewayLimits, now: () => number): void {
  const tell = createTeller(socket);
  boundRate(socket, limits, now, tell);
  boundBacklog(socket, limits.backlogBytes);
  explainOversize(socket, tell);
}

type Tell = (error: AetheriaError) => void;

/** Clients of the contract say hello first; who has not spoken it knows the legacy names at most. */
function createTeller(socket: Socket): Tell {
  let speaksContract = false;
  socket.use(([name], next) => {
    speaksContract ||= name === socketEventName;
    next();
  });
  return (error) => {
    if (!speaksContract) socket.emit("error", legacyError(error, true));
    else post(socket, { type: "push", push: { type: "notice", notice: error.toData() } });
  };
}

/** Who goes on flooding after this many refusals is cut off. */
const refusalsPerBurst = 10;

function boundRate(socket: Socket, limits: GatewayLimits, now: () => number, tell: Tell): void {
  const { messagesPerSecond, messageBurst } = limits;
  const allowance = createMessageAllowance(messagesPerSecond, messageBurst, now);
  let refusals = 0;
  socket.use(([name, message], next) => {
    const retryAfterMs = allowance.take();
    if (retryAfterMs === 0) {
      refusals = 0;
      return next();
    }
    refusals++;
    const error = tooMany(retryAfterMs);
    if (refusals > messageBurst * refusalsPerBurst) {
      tell(error);
      socket.disconnect(true);
      return;
    }
    if (isLegacyName(name)) socket.emit("error", legacyError(error, false));
    else if (name === socketEventName) failCall(socket, message, error);
  });
}

function failCall(socket: Socket, message: unknown, error: AetheriaError): void {
  if (typeof message !== "object" || message === null || !("id" in message)) return;
  if (typeof message.id !== "number") return;
  post(socket, { type: "failure", id: message.id, error: error.toData() });
}

/** Counts what was made for this client and not yet handed to the network. */
function boundBacklog(socket: Socket, backlogBytes: number): void {
  let waitingBytes = 0;
  socket.conn.on("packetCreate", ({ data }: { data?: unknown }) => {
    // Only what waits before this one counts: a single large answer is no sign of slowness.
    if (waitingBytes > backlogBytes) return letGo(socket);
    waitingBytes += sizeOf(data);
  });
  socket.conn.on("drain", () => (waitingBytes = 0));
}

/** Without waiting for what it will not read. */
function letGo(socket: Socket): void {
  const webSocket = partOf(socket.conn.transport, "socket");
  socket.conn.close(true);
  if (isTerminable(webSocket)) webSocket.terminate();
}

type Terminable = { terminate(): void };

function isTerminable(value: unknown): value is Terminable {
  return typeof partOf(value, "terminate") === "function";
}

const sizeOf = (data: unknown) =>
  typeof data === "string" ? data.length : ArrayBuffer.isView(data) ? data.byteLength : 0;

const tooLargeCloseCode = 1009;

/** ws ends a connection with an oversize message by a bare close code. Its words have to be sent
 * before that: what comes after a close frame nobody reads. */
function explainOversize(socket: Socket, tell: Tell): void {
  const explain = (transport: unknown) => {
    const webSocket = partOf(transport, "socket");
    if (!isCloseable(webSocket)) return;
    const close = webSocket.close.bind(webSocket);
    webSocket.close = (code, reason) => {
      const error = tooLarge();
      if (code === tooLargeCloseCode) tell(error);
      close(code, code === tooLargeCloseCode ? error.message : reason);
    };
  };
  explain(socket.conn.transport);
  socket.conn.on("upgrade", explain);
}

type Closeable = { close(code?: number, reason?: string): void };

function isCloseable(value: unknown): value is Closeable {
  return typeof partOf(value, "close") === "function";
}

function partOf(value: unknown, key: string): unknown {
  if (typeof value !== "object" || value === null || !(key in value)) return undefined;
  return Reflect.get(value, key);
}

function post(socket: Socket, message: ToClient): void {
  socket.emit(socketEventName, message);
}

export const legacyError = ({ code, message, hint }: AetheriaError, reset: boolean) => ({
  message: hint === undefined ? message : `${message} ${hint}`,
  code,
  reset,
});

const tooMany = (retryAfterMs: number) =>
  new AetheriaError("rate_limited", "That is more messages than Aetheria takes at once.", {
    hint: "Send them a little slower.",
    retryable: true,
    retryAfterMs,
  });

const tooLarge = () =>
  new AetheriaError("too_large", "That is more than Aetheria takes in one message.", {
    hint: "Attach large content as a file instead.",
  });
