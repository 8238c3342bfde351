// The page's one connection to its host: over a port on the desktop, over Socket.IO in a browser. It
// comes back by itself.
import { io } from "socket.io-client";
import type { CallInput, CallName, CallOutput, Push } from "../../contract/calls.ts";
import { AetheriaError } from "../../contract/errors.ts";
import type { SessionId } from "../../contract/ids.ts";
import type { Channel } from "../../rpc/channel.ts";
import {
  createReconnectingClient,
  type ConnectionState,
  type ReconnectingClient,
} from "../../rpc/reconnecting-client.ts";
import type { SessionFeedListener } from "../../rpc/session-feed.ts";
import { socketChannel } from "../../rpc/socket-channel.ts";
import { desktopBridge, openPort } from "./desktop.ts";

export class Connection {
  #state = $state.raw<ConnectionState>({ phase: "connecting" });
  readonly #client: ReconnectingClient;

  constructor(token: () => string) {
    const desktop = desktopBridge();
    this.#client = createReconnectingClient({
      name: "page",
      connect: () => (desktop ? openPort(desktop) : openSocket(token())),
      wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
      onState: (state) => (this.#state = state),
    });
    addEventListener("online", () => this.#client.reconnect());
  }

  get state(): ConnectionState {
    return this.#state;
  }

  call<Name extends CallName>(name: Name, input: CallInput<Name>): Promise<CallOutput<Name>> {
    return this.#client.call(name, input);
  }

  onPush(listener: (push: Push) => void): () => void {
    return this.#client.onPush(listener);
  }

  watch(sessionId: SessionId, listener: SessionFeedListener): () => void {
    return this.#client.watch(sessionId, listener);
  }

  history(sessionId: SessionId, before: number, limit: number) {
    return this.#client.call("session.history", { sessionId, before, limit });
  }

  reconnect(): void {
    this.#client.reconnect();
  }
}

function openSocket(token: string): Promise<Channel> {
  const socket = io({
    auth: { token },
    transports: ["websocket"],
    reconnection: false,
    forceNew: true,
  });
  return new Promise((resolve, reject) => {
    socket.once("connect", () => resolve(socketChannel(socket)));
    socket.once("connect_error", (error: Error & { data?: unknown }) => {
      socket.disconnect();
      reject(refusal(error));
    });
  });
}

/** The gateway says why in `data`; anything else is a network that is not there. */
function refusal(error: Error & { data?: unknown }): AetheriaError {
  const { data } = error;
  if (typeof data === "object" && data !== null && "code" in data && data.code === "unauthorized")
    return new AetheriaError("unauthorized", "This address needs its token.", {
      hint: "Open the full address that “aetheria serve” printed, or paste its token here.",
    });
  return new AetheriaError("disconnected", "Aetheria does not answer.", {
    hint: "Is it still running? The page connects again by itself.",
    retryable: true,
  });
}
