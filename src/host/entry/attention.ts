// When a session wants the person's eyes: it waits for a decision, or its run has ended. Pure.
import type { Attention } from "../../contract/desktop.ts";
import type { SessionEvent } from "../../contract/events.ts";
import type { SessionSummary } from "../../contract/session.ts";

/** What became of a session between two summaries; `ended`: its run is over, the log says how. */
export function attentionOf(
  before: SessionSummary | undefined,
  after: SessionSummary,
): "approval" | "ended" | null {
  if (after.pendingApprovals > (before?.pendingApprovals ?? 0)) return "approval";
  const wasAtWork = before !== undefined && before.phase !== "idle";
  return wasAtWork && after.phase === "idle" ? "ended" : null;
}

/** How the last run of a log's tail ended; null: not worth a word, the person stopped it. */
export function endingOf(events: readonly SessionEvent[]): Attention["kind"] | null {
  const last = events.findLast((event) => event.type === "run.finished");
  if (!last || last.data.outcome === "stopped") return null;
  return last.data.outcome === "done" ? "finished" : "failed";
}
