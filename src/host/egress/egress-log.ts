// The last connections, allowed and refused, for the person to read. In memory, bounded.
import type { SessionId } from "../../contract/ids.ts";
import type { EgressEntry } from "../../contract/system.ts";

export type EgressLog = {
  /** The entry stays open: its address is filled in when the connection stands. */
  add(entry: EgressEntry): EgressEntry;
  /** The youngest first, as copies. */
  read(sessionId: SessionId | undefined, limit: number): EgressEntry[];
};

export function createEgressLog(capacity: number): EgressLog {
  const entries: EgressEntry[] = [];
  return {
    add(entry) {
      entries.push(entry);
      if (entries.length > capacity) entries.splice(0, entries.length - capacity);
      return entry;
    },
    read(sessionId, limit) {
      const found: EgressEntry[] = [];
      for (let at = entries.length - 1; at >= 0 && found.length < limit; at -= 1) {
        const entry = entries[at];
        if (entry === undefined) continue;
        if (sessionId === undefined || entry.sessionId === sessionId) found.push({ ...entry });
      }
      return found;
    },
  };
}
