// What a file may bring into a session: what was said and done, but not where it may work nor what
// may run without a question. Those are this host's own; anybody could have written the file.
import type { EventOf, SessionEvent } from "../../contract/events.ts";
import type { Settings } from "../../contract/settings.ts";

type Here = Pick<Settings, "mode" | "workspace">;

/** The same events in the same places. The first one tells how many of them came from a file. */
export function importedEvents(events: readonly SessionEvent[], here: Here): SessionEvent[] {
  const { mode, workspace } = here;
  return events.map((event): SessionEvent => {
    if (event.type === "session.created") {
      const data = { ...event.data, mode, workspace, importedSeq: events.length };
      return { ...event, data };
    }
    // Files that a call changed, by the file's word: a rewind would put them back wherever it says.
    if (event.type === "tool.finished" || event.type === "rewind.done")
      return withoutChanges(event);
    if (event.type !== "session.configured") return event;
    const { model } = event.data;
    return { ...event, data: model === undefined ? {} : { model } };
  });
}

function withoutChanges(event: EventOf<"tool.finished" | "rewind.done">): SessionEvent {
  if (event.type === "rewind.done") return { ...event, data: { toSeq: event.data.toSeq } };
  const { changes: _changes, ...data } = event.data;
  return { ...event, data };
}
