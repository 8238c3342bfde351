// The moments a session can be taken back to: before each message of the person that is still part
// of the conversation. Pure; it reads the milestones of a log, not all of it.
import type { Moment } from "../../contract/data.ts";
import type { EventOf, SessionEvent } from "../../contract/events.ts";
import type { MessageId } from "../../contract/ids.ts";
import { countsAt, fileEffects } from "../session/file-effects.ts";
import { withoutRewound } from "./transcript.ts";

const maxTitle = 80;

/** Newest first; the last one is the start of the session. A message that still waits in the queue is
 * none: nothing was answered yet. */
export function momentsOf(milestones: readonly SessionEvent[]): Moment[] {
  const [created] = milestones;
  if (!created) return [];
  const begins = beginnings(withoutRewound(milestones));
  const start = { toSeq: 1, at: created.at, title: null };
  const newestFirst = [...begins.reverse(), start];
  const counts = countsAt(
    fileEffects(milestones),
    newestFirst.map(({ toSeq }) => toSeq),
  );
  return newestFirst.map((moment, i) => ({ ...moment, ...(counts[i] ?? noFiles) }));
}

const noFiles = { restores: 0, removes: 0 };

type Beginning = Pick<Moment, "toSeq" | "at" | "title">;

/** One that waited became part of the conversation when its run began. */
function beginnings(events: readonly SessionEvent[]): Beginning[] {
  const waiting = new Map<MessageId, EventOf<"message.sent">>();
  const found: Beginning[] = [];
  for (const event of events) {
    if (event.type === "message.sent" && event.data.delivery === "queue")
      waiting.set(event.data.messageId, event);
    else if (event.type === "message.sent") found.push(before(event, event.seq));
    if (event.type !== "run.started") continue;
    const message = waiting.get(event.data.messageId);
    if (message) found.push(before(message, event.seq));
    waiting.delete(event.data.messageId);
  }
  return found;
}

const before = ({ at, data }: EventOf<"message.sent">, seq: number): Beginning => ({
  toSeq: seq - 1,
  at,
  title: titleOf(data.text.trim() || (data.attachments[0]?.name ?? "")),
});

function titleOf(text: string): string {
  const [line = ""] = text.slice(0, 4 * maxTitle).split("\n");
  const characters = Array.from(line.trim());
  if (characters.length <= maxTitle) return characters.join("");
  return `${characters.slice(0, maxTitle).join("").trimEnd()}…`;
}
