// A channel over one Socket.IO socket, on either side. One message per emit, under one event name;
// bytes arrive as a Buffer or an ArrayBuffer and leave here as Uint8Array.
import { AetheriaError } from "../contract/errors.ts";
import type { Channel } from "./channel.ts";
import { createInbox } from "./inbox.ts";

export const socketEventName = "aetheria";

/** What both kinds of Socket.IO sockets have; the server's and the client's fit as they are. */
export interface SocketLike {
  readonly connected: boolean;
  emit(event: string, message: unknown): unknown;
  on(event: string, listener: (...values: never[]) => void): unknown;
  disconnect(): unknown;
}

/** The socket must be connected already. */
export function socketChannel(socket: SocketLike): Channel {
  const inbox = createInbox();
  socket.on(socketEventName, (message: unknown) => inbox.receive(withPlainBytes(message)));
  socket.on("disconnect", (_reason: unknown, details?: unknown) => inbox.end(refusal(details)));
  return {
    post(message) {
      // A socket that is gone would keep the message and send it on a later connection.
      if (socket.connected) socket.emit(socketEventName, message);
    },
    onMessage: inbox.onMessage,
    onClose: inbox.onClose,
    close() {
      socket.disconnect();
      inbox.end();
    },
  };
}

// The contract has bytes directly in a call's input or an answer's output and nowhere deeper.
const bytesDepth = 2;

function withPlainBytes(value: unknown, depth = 0): unknown {
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  if (ArrayBuffer.isView(value))
    return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  if (depth >= bytesDepth || typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value;
  const entries = Object.entries(value);
  if (!entries.some(([, part]) => typeof part === "object" && part !== null)) return value;
  return Object.fromEntries(entries.map(([key, part]) => [key, withPlainBytes(part, depth + 1)]));
}

const tooLargeCloseCode = 1009;
const tooLargeStatus = 413;

/** Socket.IO tells the client how its transport ended: a WebSocket's close code, an HTTP status. */
function refusal(details: unknown): AetheriaError | undefined {
  const context = partOf(details, "context");
  const isTooLarge =
    partOf(context, "code") === tooLargeCloseCode ||
    partOf(context, "status") === tooLargeStatus ||
    partOf(details, "description") === tooLargeStatus;
  if (!isTooLarge) return undefined;
  return new AetheriaError("too_large", "That is more than Aetheria takes in one message.", {
    hint: "Attach large content as a file instead.",
  });
}

function partOf(value: unknown, key: string): unknown {
  if (typeof value !== "object" || value === null || !(key in value)) return undefined;
  return Reflect.get(value, key);
}
