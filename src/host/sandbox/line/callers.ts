// Who a connection comes from: the run or process that holds its other end, with the hosts it may
// reach. Where that cannot be seen, it belongs to the session alone.
import type { SessionId } from "../../../contract/ids.ts";
import type { SandboxCaller } from "../network.ts";

type Known = { hosts: readonly string[]; blocked: Set<string> };

export function callers() {
  const known = new Map<number, Known>();
  return {
    add: (number: number, hosts: readonly string[]) =>
      void known.set(number, { hosts, blocked: new Set() }),
    remove: (number: number) => void known.delete(number),
    blockedBy: (number: number): string[] => [...(known.get(number)?.blocked ?? [])].sort(),
    caller: (sessionId: SessionId, from: number | null): SandboxCaller => ({
      sessionId,
      hosts: () => (from === null ? [] : (known.get(from)?.hosts ?? [])),
      blocked: (host) => {
        if (from !== null) known.get(from)?.blocked.add(host);
        // Better named once too often than not at all.
        else for (const each of known.values()) each.blocked.add(host);
      },
    }),
  };
}
