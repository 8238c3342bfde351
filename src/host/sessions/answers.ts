// The questions of a session that wait for the person, each answered once and logged before whoever
// waits goes on.
import type { CallInput } from "../../contract/calls.ts";
import { AetheriaError } from "../../contract/errors.ts";
import type { ApprovalId } from "../../contract/ids.ts";
import type { Answered } from "../../core/agent/run-ports.ts";
import type { SessionLog } from "./session-log.ts";

export class Answers {
  readonly #log: SessionLog;
  readonly #waiting = new Map<ApprovalId, (answered: Answered) => void>();

  constructor(log: SessionLog) {
    this.#log = log;
  }

  answer(input: CallInput<"approval.answer">): void {
    const { approvalId, answer, scope } = input;
    const approval = this.#log.transcript().approvals.get(approvalId);
    const resolve = this.#waiting.get(approvalId);
    if (!approval || !resolve)
      throw new AetheriaError("conflict", "This question has been answered already.");
    if (!approval.answers.includes(answer) || !approval.scopes.includes(scope))
      throw new AetheriaError("bad_input", "This question does not have that answer.");
    const edited = input.input === undefined ? {} : { input: input.input };
    const data = { approvalId, answer, scope, ...edited };
    this.#log.append([{ type: "approval.answered", data }], "full");
    this.#waiting.delete(approvalId);
    resolve({ answer, scope, ...edited });
  }

  /** Rejects with the signal's reason when aborted first. */
  wait(approvalId: ApprovalId, signal: AbortSignal): Promise<Answered> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason as Error);
      const giveUp = () => {
        this.#waiting.delete(approvalId);
        reject(signal.reason as Error);
      };
      const answered = (answer: Answered) => {
        signal.removeEventListener("abort", giveUp);
        resolve(answer);
      };
      this.#waiting.set(approvalId, answered);
      signal.addEventListener("abort", giveUp, { once: true });
    });
  }
}
