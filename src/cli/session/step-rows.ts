// The steps of a run as compact rows: one when a step starts, a second one only when there is
// something to say about how it ended.
import type { EventOf, LiveEvent, SessionEvent } from "../../contract/events.ts";
import type { CallId } from "../../contract/ids.ts";
import type { Colours } from "../terminal/colours.ts";
import { oneLine } from "../terminal/printable.ts";

const rowLength = 120;
/** A step that took longer than this is worth saying how long. */
const longMs = 2000;

export interface StepRows {
  /** The row to show for this event; null: none. */
  rowFor(event: SessionEvent | LiveEvent): string | null;
}

export function createStepRows(colours: Colours): StepRows {
  const summaries = new Map<CallId, string>();
  let lastDetail = "";
  return {
    rowFor(event) {
      switch (event.type) {
        case "tool.requested":
          summaries.set(event.data.callId, oneLine(event.data.summary, rowLength));
          return null;
        case "tool.started":
          return `${colours.blue("▸")} ${summaries.get(event.data.callId) ?? "a step"}`;
        case "tool.finished":
          return endRow(event.data, summaries.get(event.data.callId) ?? "a step", colours);
        case "context.compacted":
          return colours.dim(
            `The conversation was shortened: ${event.data.tokensBefore} → ${event.data.tokensAfter} tokens.`,
          );
        case "run.status":
          if (event.detail === undefined || event.detail === lastDetail) return null;
          lastDetail = event.detail;
          return colours.dim(oneLine(event.detail, rowLength));
        default:
          return null;
      }
    },
  };
}

type Finished = EventOf<"tool.finished">["data"];

function endRow(data: Finished, summary: string, colours: Colours): string | null {
  const why = oneLine(data.error?.message ?? denialOf(data) ?? data.text, rowLength);
  switch (data.outcome) {
    case "done":
      if (data.ms < longMs) return null;
      return `  ${colours.green("✓")} ${summary} ${colours.dim(`${(data.ms / 1000).toFixed(1)} s`)}`;
    case "denied":
      return `  ${colours.yellow("–")} not allowed: ${summary} ${colours.dim(why)}`;
    case "stopped":
      return `  ${colours.yellow("–")} stopped: ${summary}`;
    default:
      return `  ${colours.red("✗")} ${summary}: ${why}`;
  }
}

/** Why a call was not allowed, for a person (the call's own text speaks to the model). */
export function denialOf({ outcome, decision }: Finished): string | null {
  if (outcome !== "denied" || !decision) return null;
  return decision.verdict === "ask" ? "You did not allow it." : decision.why;
}
