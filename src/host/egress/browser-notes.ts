// How a browser's connections are written into the log. A page opens dozens to one host: those within a
// minute are one line, and a line of its own only where the outcome is another.
import type { SessionId } from "../../contract/ids.ts";
import type { EgressEntry } from "../../contract/system.ts";
import type { Clock } from "../../core/ports.ts";
import type { EgressLog } from "./egress-log.ts";
import type { Target } from "./permit.ts";
import type { Note } from "./proxy-lines.ts";

const oneLineMs = 60_000;
/** More hosts than this at once are not remembered as the same. */
const maxRemembered = 500;

export function createBrowserNotes(
  log: EgressLog,
  clock: Pick<Clock, "now">,
  sessionId: SessionId,
): (target: Target) => Note {
  const latest = new Map<string, EgressEntry>();

  return (target) => {
    const key = `${target.host}:${target.port}`;
    const recent = (): EgressEntry | null => {
      const entry = latest.get(key);
      return entry !== undefined && clock.now() - entry.at < oneLineMs ? entry : null;
    };
    const add = (outcome: Pick<EgressEntry, "address" | "allowed" | "why">): EgressEntry => {
      const at = clock.now();
      const entry = log.add({ at, sessionId, purpose: "browser", ...target, ...outcome });
      if (latest.size >= maxRemembered) latest.clear();
      latest.set(key, entry);
      return entry;
    };
    const own = recent() === null ? add({ address: null, allowed: true, why: asked }) : null;
    return {
      out(address) {
        const entry = own ?? recent();
        if (entry?.allowed) entry.address ??= address;
        else add({ address, allowed: true, why: asked });
      },
      refused(why) {
        if (own !== null) return void Object.assign(own, { allowed: false, why });
        const entry = recent();
        if (entry === null || entry.allowed || entry.why !== why)
          add({ address: null, allowed: false, why });
      },
    };
  };
}

const asked = "A page in the browser asked for it.";
