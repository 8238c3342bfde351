// What the model does right now, which the log does not know yet: at most a thought and a text that
// grow, else what the run says of itself. Costs the same however long the session is.
import { nodeOf } from "./activity-node.ts";
import type { ActivityKind, ActivityNode } from "./activity-tree.ts";
import type { OpenPiece, SessionView } from "./view.ts";

type Live = Pick<SessionView, "run" | "openText" | "openReasoning" | "seq">;

/** Changes only when the nodes do, not with each token. */
export function liveKey({ run, openText, openReasoning }: Live): string {
  if (!run) return "";
  const pieces = [openReasoning, openText].map((piece) => (piece ? `${piece.turn}` : ""));
  return [run.runId, run.status, run.detail ?? "", run.until ?? "", ...pieces].join("|");
}

const kinds = { thinking: "model", retrying: "retried", compacting: "compacted" } as const;

/** `from`: when the last thing ended. */
export function liveNodes(
  { run, openText, openReasoning, seq }: Live,
  from: number,
): ActivityNode[] {
  if (!run) return [];
  const node = (kind: ActivityKind, key: string, turn: number): ActivityNode => ({
    ...nodeOf(kind, {
      ...{ kind: "turn", seq, at: from, runId: run.runId, turn },
      ...{ spoke: false, cut: false, usage: null, model: run.model },
    }),
    ...{ key, until: null, state: "running", summary: run.detail ?? "" },
  });
  const piece = (kind: "reasoning" | "answer", name: string, open: OpenPiece | null) =>
    open ? [node(kind, `${name}:${open.runId}:${open.turn}`, open.turn)] : [];
  const grown = [
    ...piece("reasoning", "reasoning", openReasoning),
    ...piece("answer", "text", openText),
  ];
  if (grown.length > 0) return grown;
  if (run.status !== "thinking" && run.status !== "retrying" && run.status !== "compacting")
    return [];
  return [node(kinds[run.status], `live:${run.runId}`, 0)];
}
