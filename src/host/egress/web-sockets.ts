// WebSockets of the host itself, under the same decision as its fetches: asked anew for each
// connection, pinned, in the log, and cut where the rules change. A refusal shows as an error of the
// socket, as a network that is not there would.
import type * as Undici from "undici";
import { AetheriaError } from "../../contract/errors.ts";
import { targetOf, type Permit, type Target } from "./permit.ts";
import type { Pool } from "./pools.ts";

export type WebSocketConstructor = new (
  url: string | URL,
  protocols?: string | string[],
) => Undici.WebSocket;

export type WebSockets = {
  /** A constructor for one purpose, of the web's own shape. `decide` throws the refusal, and is told
   * of one that comes later. */
  constructorFor(decide: (target: Target) => Decided): WebSocketConstructor;
  cut(matches: (permit: Permit) => boolean): void;
};

export type Decided = {
  pool: Pool;
  opened(): void;
  failed(): void;
};

export function createWebSockets(undici: typeof Undici): WebSockets {
  const open = new Map<Undici.WebSocket, Permit>();
  return {
    constructorFor(decide) {
      return class extends undici.WebSocket {
        constructor(url: string | URL, protocols: string | string[] = []) {
          const named = [protocols].flat();
          const decided = decideOn(url, decide);
          if (decided instanceof Error) {
            super(url, { protocols: named, dispatcher: refusing(undici, decided) });
            return;
          }
          super(url, { protocols: named, dispatcher: decided.pool.agent });
          open.set(this, decided.pool.permit);
          this.addEventListener("open", () => decided.opened());
          this.addEventListener("error", () => decided.failed());
          this.addEventListener("close", () => open.delete(this));
        }
      };
    },
    cut(matches) {
      for (const [socket, permit] of open) if (matches(permit)) socket.close();
    },
  };
}

function decideOn(url: string | URL, decide: (target: Target) => Decided): Decided | Error {
  try {
    const web = new URL(url);
    // ws and wss are http and https to everything that decides.
    if (/^wss?:$/.test(web.protocol)) web.protocol = web.protocol.replace("ws", "http");
    return decide(targetOf(web));
  } catch (error) {
    if (error instanceof AetheriaError) return error;
    throw error;
  }
}

/** Fails as a connection that could not be made: nothing is sent. */
function refusing({ Agent }: typeof Undici, refusal: Error): Undici.Dispatcher {
  return new Agent({ connect: (_options, callback) => callback(refusal, null) });
}
