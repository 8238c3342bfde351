// The way out for code in a sandbox: only hosts that its run or its session names, over lines that the
// sandbox carries here. Code that nobody gave a host reaches nothing.
import type { Duplex } from "node:stream";
import { AetheriaError } from "../../contract/errors.ts";
import type { SessionId } from "../../contract/ids.ts";
import type { Clock } from "../../core/ports.ts";
import type { EgressLog } from "./egress-log.ts";
import { permitFor, type EgressRules, type Target } from "./permit.ts";
import type { Judge, LineOwner, Note, ProxyLines } from "./proxy-lines.ts";
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
}

export type ProxySetup = {
  rules(): EgressRules;
  clock: Pick<Clock, "now">;
  lines: ProxyLines;
  log: EgressLog;
  /** The session's own blocked hosts. */
  denied(sessionId: SessionId): Iterable<string>;
};

const maxLines = 128;

export function createSandboxProxy(setup: ProxySetup): SandboxProxy {
  const { lines } = setup;
  const hosts = createSandboxHosts();
  const reached = new Map<SessionId, number>();
  const owners = new WeakSet<LineOwner>();

  const judgeFor = ({ sessionId, hosts: ofRun }: ProxyCaller): Judge => {
    const named = [...ofRun(), ...hosts.of(sessionId)];
    const rules = setup.rules();
    return (target) => {
      if (!isNamed(named, target)) throw notNamed(target);
      const denied = setup.denied(sessionId);
      return permitFor({ target, rules, loopback: false, private: false, allowed: [], denied });
    };
  };

  function note(target: Target, { sessionId }: ProxyCaller): Note {
    const entry = setup.log.add({
      ...{ at: setup.clock.now(), sessionId, purpose: "sandbox", ...target },
      ...{ address: null, allowed: true, why: "The run or the session may reach it." },
    });
    return {
      out: (address) => void (entry.address = address),
      refused(why) {
        entry.allowed = false;
        entry.why = why;
      },
    };
  }

  function ownerFor(caller: ProxyCaller): LineOwner {
    const { sessionId } = caller;
    const owner: LineOwner = {
      ...{ sessionId, maxLines },
      judge: () => judgeFor(caller),
      note: (target) => note(target, caller),
      refused: (target) => caller.blocked(shownTarget(target)),
      reached: () => void reached.set(sessionId, (reached.get(sessionId) ?? 0) + 1),
    };
    owners.add(owner);
    return owner;
  }

  return {
    serve: (connection, caller) => lines.serve(connection, ownerFor(caller), caller.sessionId),
    allow: hosts.allow,
    deny(sessionId, host) {
      hosts.deny(sessionId, host);
      lines.enforce();
    },
    allowedHosts: hosts.of,
    reached: (sessionId) => reached.get(sessionId) ?? 0,
    forget(sessionId) {
      hosts.forget(sessionId);
      reached.delete(sessionId);
      lines.drop((owner) => owners.has(owner) && owner.sessionId === sessionId);
    },
  };
}

const notNamed = (target: Target) =>
  new AetheriaError("host_blocked", `${shownTarget(target)} is not allowed in this sandbox.`, {
    hint: "Name it in hosts when calling the tool, or allow it for the session.",
  });
