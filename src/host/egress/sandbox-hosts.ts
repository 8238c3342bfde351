// Which hosts code in a sandbox may reach: those the person allowed its session, and those of the run
// that is under way. Nothing that is not named; a name without a port means every port of it.
import type { SessionId } from "../../contract/ids.ts";
import { splitHost } from "../../core/permission/hosts.ts";
import type { Target } from "./permit.ts";

export type SandboxHosts = {
  allow(sessionId: SessionId, host: string): void;
  deny(sessionId: SessionId, host: string): void;
  /** In the order in which they were allowed. */
  of(sessionId: SessionId): string[];
  forget(sessionId: SessionId): void;
};

export function createSandboxHosts(): SandboxHosts {
  const bySession = new Map<SessionId, Set<string>>();
  return {
    allow(sessionId, host) {
      const hosts = bySession.get(sessionId) ?? new Set();
      bySession.set(sessionId, hosts.add(host));
    },
    deny: (sessionId, host) => void bySession.get(sessionId)?.delete(host),
    of: (sessionId) => [...(bySession.get(sessionId) ?? [])],
    forget: (sessionId) => void bySession.delete(sessionId),
  };
}

export function isNamed(hosts: Iterable<string>, target: Target): boolean {
  for (const entry of hosts) {
    const { name, port } = splitHost(entry);
    if (name === target.host && (port === null || Number(port) === target.port)) return true;
  }
  return false;
}

/** As people write it: the port only where it is not the web's own. */
export const shownTarget = ({ host, port }: Target): string =>
  port === 80 || port === 443 ? host : `${host}:${port}`;
