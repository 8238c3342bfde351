// What the quick-ask window shows of its session: the words of the answer so far and what the agent
// does meanwhile. Pure.
import type { ErrorData } from "../../../contract/errors.ts";
import type { Item, SessionView } from "../../../core/session/view.ts";

export interface QuickAnswer {
  text: string;
  isGrowing: boolean;
  /** The step that works now; null: none. */
  step: string | null;
  isWaiting: boolean;
  isDone: boolean;
  error: ErrorData | null;
}

/** Since the newest message of the person. */
export function quickAnswer(view: SessionView): QuickAnswer {
  const asked = view.items.findLastIndex(({ kind }) => kind === "message");
  const items = view.items.slice(asked + 1);
  const finished = items.flatMap((item) => (item.kind === "text" ? [item.text] : []));
  const open = view.openText?.text ?? "";
  const step = items.findLast((item) => item.kind === "tool" && item.state === "running");
  const end = items.findLast((item) => item.kind === "run_end");
  return {
    text: [...finished, open].filter(Boolean).join("\n\n"),
    isGrowing: open !== "",
    step: step?.kind === "tool" ? step.summary : null,
    isWaiting: items.some(waits),
    isDone: end !== undefined && view.run === null,
    error: end?.kind === "run_end" ? end.error : null,
  };
}

const waits = (item: Item): boolean =>
  (item.kind === "tool" && item.state === "waiting") ||
  (item.kind === "question" && item.answer === null);
