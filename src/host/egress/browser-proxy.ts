// The way out for a session's browser: a proxy on a port of this machine alone, one for each browser that
// runs. Public hosts are reached unless they are blocked, private ones only where somebody named them.
import { createServer, type Server } from "node:net";
import { AetheriaError } from "../../contract/errors.ts";
import type { SessionId } from "../../contract/ids.ts";
import { splitHost } from "../../core/permission/hosts.ts";
import type { Clock } from "../../core/ports.ts";
import { createBrowserNotes } from "./browser-notes.ts";
import type { EgressLog } from "./egress-log.ts";
import { isBlockedSite, permitFor, type EgressRules, type Target } from "./permit.ts";
import type { Judge, LineOwner, ProxyLines } from "./proxy-lines.ts";
import { shownTarget } from "./sandbox-hosts.ts";
import type { SiteRules } from "./site-rules.ts";

export type BrowserWay = {
  /** What the browser is given as its proxy: `http://127.0.0.1:…`. */
  server: string;
  /** Why this host (`host` or `host:port`) was refused last; null: it was not, or has been reached
   * since. Browsers tell no more of a refusal than that a tunnel failed. */
  refusalOf(host: string): string | null;
  /** As refusalOf, for hosts that do not answer or do not exist. */
  failureOf(host: string): string | null;
  close(): Promise<void>;
};

export type BrowserWatcher = {
  /** Called for each refused connection. */
  blocked(host: string, why: string): void;
};

export interface BrowserProxy {
  open(sessionId: SessionId, watcher: BrowserWatcher): Promise<BrowserWay>;
}

export type BrowserProxySetup = {
  rules(): EgressRules;
  siteRules(sessionId: SessionId): SiteRules;
  /** The session's own hosts. */
  hosts(sessionId: SessionId): { allowed: Iterable<string>; denied: Iterable<string> };
  clock: Pick<Clock, "now">;
  lines: ProxyLines;
  log: EgressLog;
};

export interface BrowserWays extends BrowserProxy {
  /** Ends the session's ways out. */
  forget(sessionId: SessionId): void;
  close(): Promise<void>;
}

/** Chromium itself opens some thirty to a proxy, and as many again for WebSockets. */
const maxLines = 256;
/** Of refusals and failures: the oldest are forgotten. */
const maxSentences = 500;

export function createBrowserProxy(setup: BrowserProxySetup): BrowserWays {
  const ways = new Map<BrowserWay, SessionId>();
  let isClosed = false;

  const judgeFor = (sessionId: SessionId): Judge => {
    const { allow, block } = setup.siteRules(sessionId);
    const { allowed, denied } = setup.hosts(sessionId);
    const rules = setup.rules();
    const named = [...allowed, ...allow];
    return (target) => {
      if (isBlockedSite(block, target)) throw blockedSite(target);
      return permitFor({
        ...{ target, rules, loopback: false, private: false },
        ...{ allowed: named, denied },
      });
    };
  };

  async function open(sessionId: SessionId, watcher: BrowserWatcher): Promise<BrowserWay> {
    if (isClosed) throw new AetheriaError("cancelled", "Aetheria is closing its connections.");
    const refusals = createSentences();
    const failures = createSentences();
    const refused = (target: Target, { message, hint }: AetheriaError) => {
      refusals.set(target, hint === undefined ? message : `${message} ${hint}`);
      watcher.blocked(shownTarget(target), message);
    };
    const owner: LineOwner = {
      ...{ sessionId, maxLines },
      judge: () => judgeFor(sessionId),
      note: createBrowserNotes(setup.log, setup.clock, sessionId),
      refused,
      forbidden: refused,
      failed(target, sentence) {
        refusals.forget(target);
        failures.set(target, sentence);
      },
      reached(target) {
        refusals.forget(target);
        failures.forget(target);
      },
    };
    const server = createServer((line) => setup.lines.serve(line, owner, owner));
    const way: BrowserWay = {
      server: `http://127.0.0.1:${await listen(server)}`,
      refusalOf: refusals.of,
      failureOf: failures.of,
      async close() {
        if (!ways.delete(way)) return;
        const closed = new Promise<void>((done) => server.close(() => done()));
        setup.lines.drop((one) => one === owner);
        await closed;
      },
    };
    ways.set(way, sessionId);
    // Closed meanwhile: whoever closed could not know of it.
    if (isClosed) await way.close();
    return way;
  }

  return {
    open,
    forget(sessionId) {
      for (const [way, of] of [...ways]) if (of === sessionId) void way.close();
    },
    async close() {
      isClosed = true;
      await Promise.all([...ways.keys()].map((way) => way.close()));
    },
  };
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    // By its number: a name could be an address that others reach.
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      if (address === null || typeof address === "string") reject(new Error("no port"));
      else resolve(address.port);
    });
  });
}

/** What was said last of each host. */
function createSentences() {
  const sentences = new Map<string, string>();
  const keyOf = ({ host, port }: Target) => `${host}:${port}`;
  return {
    set(target: Target, sentence: string) {
      sentences.delete(keyOf(target));
      sentences.set(keyOf(target), sentence);
      const [oldest] = sentences.keys();
      if (sentences.size > maxSentences && oldest !== undefined) sentences.delete(oldest);
    },
    forget: (target: Target) => void sentences.delete(keyOf(target)),
    of(host: string): string | null {
      const { name, port } = splitHost(host.trim());
      const ports = port === null ? ["443", "80"] : [port];
      return ports.map((one) => sentences.get(`${name}:${one}`)).find(Boolean) ?? null;
    },
  };
}

const blockedSite = (target: Target) =>
  new AetheriaError("host_blocked", `${shownTarget(target)} is blocked in this browser.`, {
    hint: "A person can take the rule back in the browser or in Settings › Permission.",
  });
