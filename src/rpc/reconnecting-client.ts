// A client that outlives its connections: it connects again with a growing pause, says hello first,
// and lets every watched session catch up. It never repeats a call by itself, except session.send,
// which the host takes once per messageId; every other call in flight fails with `disconnected`.
// What is called before the first connection waits for it: a host that starts is not one that is lost.
import type { CallInput, CallName, CallOutput, Push } from "../contract/calls.ts";
import { AetheriaError, type ErrorData } from "../contract/errors.ts";
import type { SessionId } from "../contract/ids.ts";
import { contractVersion } from "../contract/version.ts";
import type { Channel } from "./channel.ts";
import { createClient, disconnected, type Client } from "./client.ts";
import { createHeldCalls } from "./held-calls.ts";
import { createWatches } from "./session-watches.ts";
import type { SessionFeedListener } from "./session-feed.ts";

export type ConnectionState =
  | { phase: "connecting" }
  | { phase: "connected"; hello: CallOutput<"system.hello"> }
  /** The next try comes by itself after `delayMs`, or at once with reconnect(). */
  | { phase: "waiting"; delayMs: number; error: ErrorData }
  /** Trying again by itself would not help: a wrong token, another contract version. */
  | { phase: "refused"; error: ErrorData }
  | { phase: "closed" };

export interface ReconnectingClient {
  /** As Client.call. Before the first connection every call waits for it; while a later one is lost
   * session.send waits, all others reject with `disconnected` at once. */
  call<Name extends CallName>(name: Name, input: CallInput<Name>): Promise<CallOutput<Name>>;
  /** Over all connections. Returns the way to stop listening. */
  onPush(listener: (push: Push) => void): () => void;
  /** Follows a session over all connections. Returns the way to stop. */
  watch(sessionId: SessionId, listener: SessionFeedListener): () => void;
  state(): ConnectionState;
  /** Tries now instead of later; also after `refused`. Nothing happens while connected. */
  reconnect(): void;
  close(): void;
}

export type ReconnectingClientOptions = {
  /** Resolves with an open channel. An AetheriaError that is not retryable ends the trying. */
  connect(): Promise<Channel>;
  wait(ms: number): Promise<void>;
  onState(state: ConnectionState): void;
  /** Who says hello: `page`, `cli`, … */
  name: string;
};

const firstDelayMs = 250;
const longestDelayMs = 5_000;

export function createReconnectingClient(options: ReconnectingClientOptions): ReconnectingClient {
  const pushListeners = new Set<(push: Push) => void>();
  const watches = createWatches();
  const held = createHeldCalls();
  let state: ConnectionState = { phase: "connecting" };
  let client: Client | null = null;
  let wasConnected = false;
  let delayMs = firstDelayMs;
  // Counts tries: what belongs to an older one has no say any more.
  let current = 0;

  function become(next: ConnectionState): void {
    state = next;
    options.onState(next);
  }

  async function start(): Promise<void> {
    const mine = ++current;
    become({ phase: "connecting" });
    try {
      const channel = await options.connect();
      if (mine !== current) return channel.close();
      await greet(mine, channel);
    } catch (error) {
      if (mine === current) lose(AetheriaError.toData(error));
    }
  }

  async function greet(mine: number, channel: Channel): Promise<void> {
    const next = createClient(channel);
    next.onPush((push) => {
      for (const listener of pushListeners) listener(push);
    });
    // Before anything is awaited: a channel that closes during hello must be noticed once.
    const lost = new Promise<never>((_, reject) => {
      next.onClose((why) => reject(why ?? disconnected()));
    });
    lost.catch((error: unknown) => {
      if (mine === current && client === next) lose(AetheriaError.toData(error));
    });
    client = next;
    try {
      const hello = await next.call("system.hello", { contractVersion, client: options.name });
      if (mine !== current || client !== next) return;
      if (hello.contractVersion !== contractVersion) throw otherVersion();
      delayMs = firstDelayMs;
      wasConnected = true;
      held.sendAll(next);
      become({ phase: "connected", hello });
      watches.attach(next);
    } catch (error) {
      if (mine === current && client === next) {
        client = null;
        next.close();
        lose(AetheriaError.toData(error));
      }
    }
  }

  function lose(error: ErrorData): void {
    const mine = ++current;
    client = null;
    watches.detach();
    // What was too large once is too large again; the connection itself is fine.
    if (!error.retryable && error.code !== "too_large") {
      held.rejectAll(AetheriaError.fromData(error));
      return become({ phase: "refused", error });
    }
    const pause = delayMs;
    delayMs = Math.min(delayMs * 2, longestDelayMs);
    become({ phase: "waiting", delayMs: pause, error });
    void options.wait(pause).then(() => {
      if (mine === current) void start();
    });
  }

  const connected = () => (state.phase === "connected" ? client : null);

  void start();
  return {
    call: <Name extends CallName>(name: Name, input: CallInput<Name>) => {
      if (state.phase === "closed" || state.phase === "refused")
        return Promise.reject(refusal(state));
      if (name === "session.send") return held.call(name, input, connected());
      const now = connected();
      if (now) return now.call(name, input);
      return wasConnected ? Promise.reject(disconnected()) : held.callOnce(name, input);
    },
    onPush: (listener) => {
      pushListeners.add(listener);
      return () => pushListeners.delete(listener);
    },
    watch: (sessionId, listener) => watches.add(sessionId, listener, connected()),
    state: () => state,
    reconnect: () => {
      if (state.phase === "waiting" || state.phase === "refused") void start();
    },
    close: () => {
      if (state.phase === "closed") return;
      current++;
      const last = client;
      client = null;
      watches.detach();
      become({ phase: "closed" });
      held.rejectAll(disconnected());
      last?.close();
    },
  };
}

const refusal = (state: ConnectionState) =>
  state.phase === "refused" ? AetheriaError.fromData(state.error) : disconnected();

const otherVersion = () =>
  new AetheriaError(
    "conflict",
    "This page and Aetheria on this machine are of different versions.",
    {
      hint: "Reload the page; if that does not help, update Aetheria.",
    },
  );
