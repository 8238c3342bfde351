// A whole session, whatever of it is on the screen: read page by page from its end, with the share that
// is there after each page.
import type { SessionId } from "../../../../contract/ids.ts";
import { viewOf } from "../../../../core/session/from-snapshot.ts";
import { foldEarlier } from "../../../../core/session/reducer.ts";
import type { SessionView } from "../../../../core/session/view.ts";
import type { Connection } from "../../../client/connection.svelte.ts";

const pageEvents = 1_000;

/** `onProgress` gets the events read and all there are. Throws what the signal says. */
export async function readWhole(
  connection: Pick<Connection, "call">,
  sessionId: SessionId,
  onProgress: (done: number, all: number) => void,
  signal: AbortSignal,
): Promise<SessionView> {
  const snapshot = await connection.call("session.open", { sessionId });
  let view = viewOf(snapshot);
  let { hasEarlier } = snapshot;
  let first = snapshot.events[0]?.seq ?? 1;
  while (hasEarlier) {
    signal.throwIfAborted();
    onProgress(view.seq - first, view.seq);
    const input = { sessionId, before: first, limit: pageEvents };
    const page = await connection.call("session.history", input);
    first = page.events[0]?.seq ?? 1;
    ({ hasEarlier } = page);
    view = foldEarlier(view, page.events);
  }
  signal.throwIfAborted();
  return view;
}
