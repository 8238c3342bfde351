// The one door for Node's outgoing connections: decides, pins, follows redirects, logs. Refuses
// private addresses to tools and, offline, everything but loopback. Knows nothing of prompts.
import { AetheriaError } from "../../contract/errors.ts";
import type { SessionId } from "../../contract/ids.ts";
import type { EgressEntry } from "../../contract/system.ts";
import type { Clock } from "../../core/ports.ts";
import { createBrowserProxy, type BrowserProxy } from "./browser-proxy.ts";
import { createEgressLog } from "./egress-log.ts";
import {
  offlineProblem,
  permitFor,
  targetOf,
  type EgressRules,
  type Permit,
  type Target,
} from "./permit.ts";
import type { Lookup } from "./pinned-lookup.ts";
import type { Pools, Timeouts } from "./pools.ts";
import { createProxyLines } from "./proxy-lines.ts";
import { createSandboxProxy, type SandboxProxy } from "./proxy.ts";
import { maxRedirects, nextStep, tooManyRedirects, type Step } from "./redirect.ts";
import { readRequest } from "./request.ts";
import { createSessionHosts } from "./session-hosts.ts";
import type { WebSocketConstructor } from "./web-sockets.ts";
import type { SiteRules } from "./site-rules.ts";

export type FetchOptions = {
  sessionId?: SessionId;
  /** For endpoints the person configured: private addresses are meant. Not for where they redirect. */
  allowPrivate?: boolean;
  timeouts?: Partial<Timeouts>;
};

export interface Egress {
  /** A fetch for one purpose (`models`, `web_fetch`, …). It throws AetheriaError `offline`,
   * `host_blocked` or `bad_input`; DNS, connection and TLS failures keep fetch's TypeError with
   * Node's code in `cause`. Aborting rejects at once. */
  fetch(purpose: string, options?: FetchOptions): typeof globalThis.fetch;
  /** As `fetch`, for lines that stay open: a WebSocket class of the web's own shape. What is refused
   * shows as an error of the socket. Nothing of it is loaded before the first one is asked for. */
  webSocket(purpose: string, options?: FetchOptions): Promise<WebSocketConstructor>;
  /** The way out for code in a sandbox. */
  readonly proxy: SandboxProxy;
  /** The way out for a session's browser. */
  readonly browser: BrowserProxy;
  /** The youngest first. */
  log(sessionId: SessionId | undefined, limit: number): EgressEntry[];
  allowHost(sessionId: SessionId, host: string): void;
  denyHost(sessionId: SessionId, host: string): void;
  forgetSession(sessionId: SessionId): void;
  /** Call after rules or grants changed: cuts what sandboxes and browsers may no longer reach, and,
   * offline, all that is under way, loopback apart. */
  enforce(): Promise<void>;
  /** The machine slept: lines to other machines are dead, whether or not they know. */
  renew(): Promise<void>;
  /** Ends every connection; a fetch after it is refused. */
  close(): Promise<void>;
}

export type EgressSetup = {
  /** Asked for each connection, so that a change holds at once. */
  rules(): EgressRules;
  clock: Pick<Clock, "now">;
  /** What the standing answers say about a session's browser. Absent: nothing. */
  siteRules?(sessionId: SessionId): SiteRules;
  lookup?: Lookup;
};

type Ask = { purpose: string; options: FetchOptions; first: string; signal: AbortSignal | null };

/** The last resort: a local model may read a long prompt for minutes, so callers set their own. */
const defaultTimeouts: Timeouts = { connectMs: 10_000, headersMs: 900_000, idleMs: 900_000 };
const logCapacity = 2_000;

export function createEgress(setup: EgressSetup): Egress {
  const log = createEgressLog(logCapacity);
  const hosts = createSessionHosts();
  const lines = createProxyLines(setup.lookup);
  const shared = { rules: setup.rules, clock: setup.clock, lines, log };
  const proxy = createSandboxProxy({
    ...shared,
    denied: (sessionId) => hosts.of(sessionId).denied,
  });
  const browser = createBrowserProxy({
    ...shared,
    siteRules: (sessionId) => setup.siteRules?.(sessionId) ?? { allow: [], block: [] },
    hosts: hosts.of,
  });
  const closing = new AbortController();
  let loading: ReturnType<typeof loadPools> | undefined;

  const load = () => (loading ??= loadPools(setup.lookup));
  const cut = async (matches: (permit: Permit) => boolean, reason: Error) => {
    if (loading === undefined) return;
    const { pools, webSockets } = await loading;
    webSockets.cut(matches);
    await pools.cut((pool) => matches(pool.permit), reason);
  };

  /** The decision on one connection, with its line in the log. Throws the refusal. */
  function decide(ask: Omit<Ask, "signal">, target: Target, pools: Pools) {
    const { purpose, options } = ask;
    const sessionId = options.sessionId ?? null;
    const named = target.host === ask.first;
    const entry = log.add({
      at: setup.clock.now(),
      sessionId,
      purpose,
      ...target,
      address: null,
      allowed: true,
      why: named ? "The rules allow it." : `Redirected from ${ask.first}.`,
    });
    const refused = (error: unknown) => {
      const refusal = refusalIn(error);
      if (refusal === undefined) return error;
      entry.allowed = false;
      entry.why = refusal.message;
      return refusal;
    };
    try {
      const { allowed, denied } = hosts.of(sessionId);
      const permit = permitFor({
        target,
        rules: setup.rules(),
        loopback: named && (purpose === "models" || options.allowPrivate === true),
        private: named && options.allowPrivate === true,
        allowed,
        denied,
      });
      closing.signal.throwIfAborted();
      const timeouts = { ...defaultTimeouts, ...options.timeouts };
      const pool = pools.open(purpose, target, permit, timeouts);
      const opened = () => void (entry.address = pool.addressOf(target.host));
      return { pool, opened, refused };
    } catch (error) {
      throw refused(error);
    }
  }

  /** One request, no redirect followed. `first` is the host the caller named. */
  async function send(ask: Ask, step: Step): Promise<Response> {
    const { pools } = await load();
    const { pool, opened, refused } = decide(ask, targetOf(step.url), pools);
    try {
      const response = await pools.send(pool, step, ask.signal);
      opened();
      return response;
    } catch (error) {
      throw ask.signal?.aborted ? error : refused(error);
    }
  }

  async function follow(
    purpose: string,
    options: FetchOptions,
    ...[input, init]: Parameters<typeof globalThis.fetch>
  ): Promise<Response> {
    const { step: firstStep, signal, redirect } = await readRequest(input, init);
    const ask = { purpose, options, first: targetOf(firstStep.url).host, signal };
    let step = firstStep;
    for (let hops = 0; hops <= maxRedirects; hops += 1) {
      signal?.throwIfAborted();
      const response = await send(ask, step);
      const next = redirect === "manual" ? null : await nextStep(step, response);
      if (next === null) return response;
      if (redirect === "error") throw new TypeError(`${step.url.host} redirects.`);
      step = next;
    }
    throw tooManyRedirects(firstStep.url);
  }

  return {
    proxy,
    browser,
    fetch:
      (purpose, options = {}) =>
      (input, init) =>
        follow(purpose, options, input, init),
    async webSocket(purpose, options = {}) {
      const { pools, webSockets } = await load();
      return webSockets.constructorFor((target) => {
        const ask = { purpose, options, first: target.host };
        const { pool, opened, refused } = decide(ask, target, pools);
        return { pool, opened, failed: () => void refused(pool.problemOf(target.host)) };
      });
    },
    log: (sessionId, limit) => log.read(sessionId, limit),
    allowHost: hosts.allow,
    denyHost(sessionId, host) {
      hosts.block(sessionId, host);
      lines.enforce();
    },
    forgetSession(sessionId) {
      hosts.forget(sessionId);
      proxy.forget(sessionId);
      browser.forget(sessionId);
    },
    async enforce() {
      lines.enforce();
      if (!setup.rules().offline) return;
      await cut((permit) => permit.public || permit.private, offlineProblem("other machines"));
    },
    renew() {
      lines.cutAway();
      return cut((permit) => permit.public || permit.private, slept());
    },
    async close() {
      const reason = new AetheriaError("cancelled", "Aetheria is closing its connections.");
      closing.abort(reason);
      lines.drop(() => true);
      await browser.close();
      await cut(() => true, reason);
    },
  };
}

/** Sockets, TLS and the address tables cost start-up time; they come with the first request. */
async function loadPools(lookup: Lookup | undefined) {
  const [{ createPools }, { createWebSockets }, undici] = await Promise.all([
    import("./pools.ts"),
    import("./web-sockets.ts"),
    import("undici"),
  ]);
  return { pools: createPools(undici, lookup), webSockets: createWebSockets(undici) };
}

/** As a line that broke: whoever tries again then does so now. */
const slept = () =>
  Object.assign(new Error("The machine slept meanwhile."), { code: "ECONNRESET" as const });

/** The refusal somewhere in a chain of causes: sockets and fetch wrap what the lookup threw. */
function refusalIn(error: unknown): AetheriaError | undefined {
  let current = error;
  for (let depth = 0; depth < 8 && current instanceof Error; depth += 1) {
    if (current instanceof AetheriaError) return current;
    current = current.cause;
  }
  return undefined;
}
