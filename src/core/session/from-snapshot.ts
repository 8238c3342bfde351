// A view from a snapshot: the tail of the log plus what is open right now.
import type { SessionSnapshot } from "../../contract/calls.ts";
import { foldAll, foldLive } from "./reducer.ts";
import { emptyView, type SessionView } from "./view.ts";

export function viewOf(snapshot: SessionSnapshot): SessionView {
  const { summary, events, openTexts, openOutputs } = snapshot;
  const { title, workspace, model, mode, archived, machineConsent = false } = summary;
  const known = { title, workspace, model, mode, archived, machineConsent };
  let view = foldAll({ ...emptyView, ...known }, events);
  for (const { kind, runId, turn, text } of openTexts)
    view = foldLive(view, { type: `${kind}.delta`, runId, turn, offset: 0, text });
  for (const output of openOutputs) view = foldLive(view, { type: "tool.output", ...output });
  // The tail may start after the newest session.configured; the summary always knows.
  return { ...view, ...known, seq: summary.seq };
}
