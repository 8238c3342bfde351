// Keep-alive connections, one pool for each purpose, permit and set of timeouts: a connection made
// under one permit is never used under another. Loaded with the first request.
import type * as Undici from "undici";
import { checkLiteral, lookupBySystem, pinnedLookup, type Lookup } from "./pinned-lookup.ts";
import type { Permit, Target } from "./permit.ts";
import type { Step } from "./redirect.ts";

export type Timeouts = {
  /** Until the connection stands, TLS included. */
  connectMs: number;
  /** From the request sent to the headers of the answer; 0: none. */
  headersMs: number;
  /** Between two pieces of a body; 0: none. A body that still sends is never cut. */
  idleMs: number;
};

export type Pool = {
  permit: Permit;
  agent: Undici.Agent;
  /** The address the last connection to a host went to. */
  addressOf(host: string): string | null;
  /** Why the last connection to a host failed: WebSockets keep it to themselves. */
  problemOf(host: string): unknown;
};

export type Pools = {
  /** Throws host_blocked when the host is written as an address outside the permit. */
  open(purpose: string, target: Target, permit: Permit, timeouts: Timeouts): Pool;
  /** One exchange, redirects not followed. */
  send(pool: Pool, step: Step, signal: AbortSignal | null): Promise<Response>;
  /** Ends every connection of the pools that `matches`, requests under way included. */
  cut(matches: (pool: Pool) => boolean, reason: Error): Promise<void>;
};

export function createPools(undici: typeof Undici, lookup: Lookup = lookupBySystem): Pools {
  const pools = new Map<string, Pool>();
  return {
    open(purpose, target, permit, timeouts) {
      const address = checkLiteral(target.host, permit);
      const key = JSON.stringify([purpose, permit, timeouts]);
      const pool = pools.get(key) ?? openPool(undici, lookup, permit, timeouts);
      pools.set(key, pool);
      return address === null ? pool : { ...pool, addressOf: () => address };
    },
    send: (pool, step, signal) =>
      undici.fetch(step.url, {
        method: step.method,
        headers: [...step.headers],
        body: step.body,
        signal,
        redirect: "manual",
        duplex: "half",
        dispatcher: pool.agent,
      }),
    async cut(matches, reason) {
      const ended = [...pools].filter(([, pool]) => matches(pool));
      for (const [key] of ended) pools.delete(key);
      await Promise.all(ended.map(([, pool]) => pool.agent.destroy(reason)));
    },
  };
}

/** Longer than undici's 4 s: the pause between two turns of a run should not cost a handshake. */
const keepAliveTimeoutMs = 30_000;

function openPool(
  { Agent, buildConnector }: typeof Undici,
  lookup: Lookup,
  permit: Permit,
  timeouts: Timeouts,
): Pool {
  const addresses = new Map<string, string>();
  const problems = new Map<string, unknown>();
  const connector = buildConnector({
    timeout: timeouts.connectMs,
    lookup: pinnedLookup(lookup, permit, (host, address) => addresses.set(host, address)),
  });
  const connect: typeof connector = (target, callback) =>
    connector(target, (...made) => {
      problems.set(target.hostname, made[0]);
      callback(...made);
    });
  const agent = new Agent({
    connect,
    headersTimeout: timeouts.headersMs,
    bodyTimeout: timeouts.idleMs,
    keepAliveTimeout: keepAliveTimeoutMs,
  });
  const addressOf = (host: string) => addresses.get(host) ?? null;
  return { permit, agent, addressOf, problemOf: (host) => problems.get(host) };
}
