// The way out for code in a sandbox: an HTTP proxy (CONNECT too) over lines that the sandbox carries
// here. Decides each connection, resolves once, pins, logs, and cuts what is no longer allowed.
import type { Duplex } from "node:stream";
import { AetheriaError } from "../../contract/errors.ts";
import type { SessionId } from "../../contract/ids.ts";
import type { EgressEntry } from "../../contract/system.ts";
import type { Clock } from "../../core/ports.ts";
import type { EgressLog } from "./egress-log.ts";
import { permitFor, type EgressRules, type Permit, type Target } from "./permit.ts";
import { checkLiteral, lookupBySystem, pinnedLookup, type Lookup } from "./pinned-lookup.ts";
import type { ProxyServer, WayOut } from "./proxy-server.ts";
import { createSandboxHosts, isNamed, shownTarget } from "./sandbox-hosts.ts";

export type ProxyCaller = {
  sessionId: SessionId;
  /** Hosts of the run that is under way. */
  hosts(): readonly string[];
  blocked(host: string): void;
};

export interface SandboxProxy {
  /** Serves one connection until it ends. */
  serve(connection: Duplex, from: ProxyCaller): void;
  allow(sessionId: SessionId, host: string): void;
  deny(sessionId: SessionId, host: string): void;
  allowedHosts(sessionId: SessionId): string[];
  /** How many connections were let out for this session so far. */
  reached(sessionId: SessionId): number;
  /** Ends the session's connections and forgets its hosts. */
  forget(sessionId: SessionId): void;
  /** Cuts what the rules of this moment do not allow. */
  enforce(): void;
  close(): void;
}

export type ProxySetup = {
  rules(): EgressRules;
  clock: Pick<Clock, "now">;
  lookup?: Lookup | undefined;
  log: EgressLog;
  /** The session's own blocked hosts. */
  denied(sessionId: SessionId): Iterable<string>;
};

type Link = { caller: ProxyCaller; target: Target; permit: Permit; cut(): void };
type Line = { connection: Duplex; sessionId: SessionId };

/** How often it is looked whether an open connection is still allowed: its run may have ended. */
const lookEveryMs = 500;
/** Of one session at once: more is a flood. */
const maxLines = 128;

export function createSandboxProxy(setup: ProxySetup): SandboxProxy {
  const hosts = createSandboxHosts();
  const links = new Set<Link>();
  const lines = new Set<Line>();
  const reached = new Map<SessionId, number>();
  let looking: NodeJS.Timeout | null = null;
  let server: Promise<ProxyServer> | null = null;
  const load = () => (server ??= import("./proxy-server.ts").then((m) => m.createProxyServer()));

  const isStillAllowed = ({ caller, target, permit }: Link): boolean => {
    const away = permit.public || permit.private;
    if (away && setup.rules().offline) return false;
    return isNamed([...caller.hosts(), ...hosts.of(caller.sessionId)], target);
  };
  function enforce(): void {
    for (const link of [...links]) if (!isStillAllowed(link)) link.cut();
  }

  function open(caller: ProxyCaller, link: Link): () => void {
    links.add(link);
    const { sessionId } = caller;
    reached.set(sessionId, (reached.get(sessionId) ?? 0) + 1);
    looking ??= setInterval(enforce, lookEveryMs).unref();
    return () => {
      links.delete(link);
      if (links.size > 0 || looking === null) return;
      clearInterval(looking);
      looking = null;
    };
  }

  /** Throws host_blocked or offline, once the log has it. */
  function admit(target: Target, caller: ProxyCaller): WayOut {
    const { sessionId } = caller;
    const entry = setup.log.add({
      ...{ at: setup.clock.now(), sessionId, purpose: "sandbox", ...target },
      ...{ address: null, allowed: true, why: "The run or the session may reach it." },
    });
    try {
      return wayOut(target, caller, entry);
    } catch (error) {
      throw refused(error, target, caller, entry);
    }
  }

  function wayOut(target: Target, caller: ProxyCaller, entry: EgressEntry): WayOut {
    const named = [...caller.hosts(), ...hosts.of(caller.sessionId)];
    if (!isNamed(named, target)) throw notNamed(target);
    const permit = permitFor({
      ...{ target, rules: setup.rules(), loopback: false, private: false, allowed: [] },
      denied: setup.denied(caller.sessionId),
    });
    entry.address = checkLiteral(target.host, permit);
    const pin = (_host: string, address: string) => void (entry.address = address);
    return {
      target,
      lookup: pinnedLookup(setup.lookup ?? lookupBySystem, permit, pin),
      opened: (cut) => open(caller, { caller, target, permit, cut }),
      failed: (error) => refused(error, target, caller, entry),
    };
  }

  return {
    serve(connection, caller) {
      const { sessionId } = caller;
      // Whatever breaks it: it is gone, and nobody needs to know more.
      connection.on("error", () => connection.destroy());
      if ([...lines].filter((line) => line.sessionId === sessionId).length >= maxLines) {
        connection.destroy();
        return;
      }
      const line = { connection, sessionId };
      lines.add(line);
      connection.once("close", () => lines.delete(line));
      load().then(
        (loaded) => loaded.serve(connection, (target) => admit(target, caller)),
        () => connection.destroy(),
      );
    },
    allow: hosts.allow,
    deny(sessionId, host) {
      hosts.deny(sessionId, host);
      enforce();
    },
    allowedHosts: hosts.of,
    reached: (sessionId) => reached.get(sessionId) ?? 0,
    forget(sessionId) {
      hosts.forget(sessionId);
      reached.delete(sessionId);
      for (const line of lines) if (line.sessionId === sessionId) line.connection.destroy();
    },
    enforce,
    close() {
      for (const { connection } of lines) connection.destroy();
      for (const link of [...links]) link.cut();
    },
  };
}

/** Keeps what it is in the log and tells the run; a failure that is no refusal is passed on. */
function refused(error: unknown, target: Target, caller: ProxyCaller, entry: EgressEntry): unknown {
  if (!(error instanceof AetheriaError)) return error;
  entry.allowed = false;
  entry.why = error.message;
  caller.blocked(shownTarget(target));
  return error;
}

const notNamed = (target: Target) =>
  new AetheriaError("host_blocked", `${shownTarget(target)} is not allowed in this sandbox.`, {
    hint: "Name it in hosts when calling the tool, or allow it for the session.",
  });
