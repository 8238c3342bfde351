// What happens in simulated sessions: logs as hosts write them, made once and played again and again.
// Every word a person or a model said holds the marker, which the server must never see.
import * as fc from "fast-check";
import type { NewEvent } from "../../contract/events.ts";
import { sessionLog } from "../session-logs.ts";

export const marker = "zebra";

/** Lists of events to append, without the first one of a session. */
export function makeScripts(): NewEvent[][] {
  const logs = fc.sample(sessionLog(40), { seed: 6, numRuns: 40 });
  return logs
    .map((log) => log.slice(1).map(({ type, data }) => marked({ type, data } as NewEvent)))
    .filter((script) => script.length > 5);
}

const spoken = new Set(["text", "title", "summary"]);

function marked(event: NewEvent): NewEvent {
  const text = JSON.stringify(event, (key, value: unknown) =>
    spoken.has(key) && typeof value === "string" ? `${marker} ${value}` : value,
  );
  return JSON.parse(text);
}
