// Tells the desktop what it needs of a host without being a window: the settings, how many runs work,
// and what wants the person's eyes. Listens like any client, over the linked pair.
import type { HostMessage } from "../../contract/desktop.ts";
import type { SessionId } from "../../contract/ids.ts";
import type { SessionSummary } from "../../contract/session.ts";
import { createClient, type Client } from "../../rpc/client.ts";
import { createLinkedPair } from "../../rpc/linked-pair.ts";
import type { Host } from "../host.ts";
import { attentionOf, endingOf } from "./attention.ts";

/** The newest sessions are enough: older ones at work were resumed and so are new. */
const sessionLimit = 200;
/** A run's end is among its last events. */
const tailEvents = 20;

export async function watchForDesktop(
  host: Pick<Host, "connect">,
  tell: (message: HostMessage) => void,
): Promise<void> {
  const [near, far] = createLinkedPair();
  host.connect(far);
  const client = createClient(near);
  const known = new Map<SessionId, SessionSummary>();
  let told = -1;

  const count = () => {
    const running = [...known.values()].filter(({ phase }) => phase !== "idle").length;
    if (running !== told) tell({ type: "running", count: running });
    told = running;
  };
  const changed = (after: SessionSummary) => {
    const what = attentionOf(known.get(after.sessionId), after);
    known.set(after.sessionId, after);
    count();
    // A host that closes meanwhile needs nobody's eyes any more.
    if (what !== null) tellOf(client, what, after, tell).catch(() => undefined);
  };

  client.onPush((push) => {
    if (push.type === "settings.changed") tell({ type: "settings", settings: push.settings });
    if (push.type === "session.changed") changed(push.summary);
    if (push.type === "session.deleted" && known.delete(push.sessionId)) count();
  });
  tell({ type: "settings", settings: await client.call("settings.get", {}) });
  const { sessions } = await client.call("session.list", { limit: sessionLimit });
  for (const summary of sessions)
    if (!known.has(summary.sessionId)) known.set(summary.sessionId, summary);
  count();
}

async function tellOf(
  client: Client,
  what: "approval" | "ended",
  { sessionId, title, seq }: SessionSummary,
  tell: (message: HostMessage) => void,
): Promise<void> {
  if (what === "approval")
    return tell({ type: "attention", attention: { kind: "approval", sessionId, title } });
  const tail = { sessionId, before: seq + 1, limit: tailEvents };
  const { events } = await client.call("session.history", tail);
  const kind = endingOf(events);
  if (kind !== null) tell({ type: "attention", attention: { kind, sessionId, title } });
}
