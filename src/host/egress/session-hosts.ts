// The hosts a person allowed or blocked for one session; gone with the host.
import type { SessionId } from "../../contract/ids.ts";

export type SessionHosts = {
  /** Lets the session reach a private host, and lifts a block. */
  allow(sessionId: SessionId, host: string): void;
  block(sessionId: SessionId, host: string): void;
  of(sessionId: SessionId | null): { allowed: ReadonlySet<string>; denied: ReadonlySet<string> };
  forget(sessionId: SessionId): void;
};

type Hosts = { allowed: Set<string>; denied: Set<string> };

export function createSessionHosts(): SessionHosts {
  const bySession = new Map<SessionId, Hosts>();
  const hostsOf = (sessionId: SessionId): Hosts => {
    const hosts = bySession.get(sessionId) ?? { allowed: new Set(), denied: new Set() };
    bySession.set(sessionId, hosts);
    return hosts;
  };
  const nothing = { allowed: new Set<string>(), denied: new Set<string>() };
  return {
    allow(sessionId, host) {
      hostsOf(sessionId).allowed.add(host);
      hostsOf(sessionId).denied.delete(host);
    },
    block(sessionId, host) {
      hostsOf(sessionId).denied.add(host);
      hostsOf(sessionId).allowed.delete(host);
    },
    of: (sessionId) => (sessionId === null ? nothing : (bySession.get(sessionId) ?? nothing)),
    forget: (sessionId) => void bySession.delete(sessionId),
  };
}
