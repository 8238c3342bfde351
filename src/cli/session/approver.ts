// Answers approvals as `--approve` says. `auto` allows, once, what policy leaves to the person;
// what sends mixed data away, spends past a budget, repeats a possible effect or turns from a local
// model to a cloud one still asks, and is refused where nobody can be asked.
import type { Approval } from "../../contract/approval.ts";
import type { Io } from "../io.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { askPerson, type Answer } from "./ask-person.ts";

export const approveModes = ["ask", "auto", "deny"] as const;
export type ApproveMode = (typeof approveModes)[number];

/** `refused`: this cannot be answered here; the work is to be stopped. */
export type Verdict =
  | { kind: "answer"; answer: Answer }
  | { kind: "refused"; sentence: string; hint: string }
  | { kind: "answered_elsewhere" };

export type Approver = (approval: Approval, signal: AbortSignal) => Promise<Verdict>;

type Place = { io: Io; terminal: Terminal };

export function createApprover(mode: ApproveMode, place: Place): Approver {
  const canAsk = place.io.stdin.isTTY === true && place.io.stderr.isTTY === true;
  let asking: Promise<unknown> = Promise.resolve();
  const ask = (approval: Approval, signal: AbortSignal): Promise<Verdict> => {
    // One question at a time, in the order they came.
    const answer = asking.then(() => askInTurn(approval, place, signal));
    asking = answer.catch(() => undefined);
    return answer;
  };
  return async (approval, signal) => {
    if (mode === "deny") return denied(approval);
    if (mode === "auto" && approval.kind === "tool" && approval.answers.includes("allow"))
      return { kind: "answer", answer: { answer: "allow", scope: "once" } };
    if (canAsk) return ask(approval, signal);
    if (mode === "auto") return denied(approval);
    return nobodyToAsk(approval);
  };
}

async function askInTurn(approval: Approval, place: Place, signal: AbortSignal): Promise<Verdict> {
  const answer = signal.aborted ? null : await askPerson(approval, place, signal);
  if (answer) return { kind: "answer", answer };
  return signal.aborted ? { kind: "answered_elsewhere" } : unanswered;
}

function denied(approval: Approval): Verdict {
  if (approval.answers.includes("deny"))
    return { kind: "answer", answer: { answer: "deny", scope: "once" } };
  return nobodyToAsk(approval);
}

const unanswered: Verdict = {
  kind: "refused",
  sentence: "The question was left without an answer, so it was not done.",
  hint: "Run it again and answer, or say --approve auto or --approve deny.",
};

const nobodyToAsk = ({ view, why }: Approval): Verdict => ({
  kind: "refused",
  sentence: `Somebody has to decide on this, and there is no terminal to ask at: ${view.sentence} ${why}`,
  hint: "Run it in a terminal, or say --approve auto or --approve deny.",
});
