// What a session holds: a fold over its log. A label stays once it came in (a summary of private
// text is private); only a rewind to before its first appearance takes it away.
import type { SessionEvent } from "../../contract/events.ts";
import type { Label } from "../../contract/tool.ts";

/** The seq at which each label first came in; absent: not held. */
export type LabelState = Readonly<Partial<Record<Label, number>>>;

export const noLabels: LabelState = {};

export function labelsOf(events: Iterable<SessionEvent>): ReadonlySet<Label> {
  let state = noLabels;
  for (const event of events) state = foldLabels(state, event);
  return heldLabels(state);
}

/** One step of the fold, for a session that lives. */
export function foldLabels(state: LabelState, event: SessionEvent): LabelState {
  if (event.type === "rewind.done") return keepUpTo(state, event.data.toSeq);
  let next = state;
  for (const label of broughtBy(event))
    if (next[label] === undefined) next = { ...next, [label]: event.seq };
  return next;
}

export function heldLabels(state: LabelState): ReadonlySet<Label> {
  return new Set(allLabels.filter((label) => state[label] !== undefined));
}

const allLabels: readonly Label[] = ["private", "untrusted"];

function broughtBy(event: SessionEvent): readonly Label[] {
  switch (event.type) {
    case "tool.finished":
      return event.data.labels;
    case "session.created":
      return event.data.importedSeq === undefined ? [] : ["untrusted"];
    case "message.sent":
      return event.data.attachments.length > 0 ? ["private"] : [];
    case "attachment.added":
      // A tool's own file is labelled by its result.
      return event.data.callId === null ? ["private"] : [];
    case "agent.finished":
      // What another agent read is not told here, so its answer counts as both.
      return allLabels;
    default:
      return [];
  }
}

function keepUpTo(state: LabelState, toSeq: number): LabelState {
  const kept: Partial<Record<Label, number>> = {};
  for (const label of allLabels) {
    const seq = state[label];
    if (seq !== undefined && seq <= toSeq) kept[label] = seq;
  }
  return kept;
}
