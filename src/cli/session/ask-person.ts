// Puts one approval to the person at the terminal and reads their answer.
import { createInterface } from "node:readline/promises";
import type { Approval, ApprovalAnswer, GrantScope } from "../../contract/approval.ts";
import type { Io } from "../io.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { approvalLines } from "./approval-lines.ts";

export type Answer = { answer: ApprovalAnswer; scope: GrantScope };
export type Choice = Answer & { key: string; label: string };

const allowing: Record<GrantScope, { key: string; label: string }> = {
  once: { key: "y", label: "allow once" },
  session: { key: "s", label: "allow in this session" },
  always: { key: "a", label: "always allow" },
};

/** The keys that answer this approval, in the order they are offered. */
export function choicesFor({ answers, scopes }: Approval): Choice[] {
  const choices: Choice[] = [];
  for (const answer of answers) {
    if (answer === "allow")
      for (const scope of scopes) choices.push({ answer, scope, ...allowing[scope] });
    if (answer === "again") choices.push({ answer, scope: "once", key: "r", label: "repeat it" });
    if (answer === "done")
      choices.push({ answer, scope: "once", key: "d", label: "it was done, go on" });
    if (answer === "deny") choices.push({ answer, scope: "once", key: "n", label: "deny" });
  }
  return choices;
}

/** null: the person closed their end of the terminal, or it was answered elsewhere. */
export async function askPerson(
  approval: Approval,
  { io, terminal }: { io: Io; terminal: Terminal },
  signal: AbortSignal,
): Promise<Answer | null> {
  for (const line of approvalLines(approval, terminal.err)) terminal.tell(line);
  const choices = choicesFor(approval);
  const offer = choices.map(({ key, label }) => `[${key}] ${label}`).join("  ");
  // Not raw mode: Ctrl-C must stay a signal.
  const lines = createInterface({ input: io.stdin, output: io.stderr, terminal: false });
  const closed = new Promise<null>((resolve) => lines.once("close", () => resolve(null)));
  signal.addEventListener("abort", () => lines.close(), { once: true });
  try {
    while (!signal.aborted) {
      const typed = await Promise.race([lines.question(`  ${offer} > `), closed]);
      if (typed === null) {
        terminal.tell("");
        return null;
      }
      const key = typed.trim().toLowerCase();
      const chosen = choices.find((choice) => choice.key === key);
      if (chosen) return { answer: chosen.answer, scope: chosen.scope };
      terminal.tell(`  Type ${choices.map((choice) => choice.key).join(", ")} and Enter.`);
    }
    return null;
  } finally {
    lines.close();
  }
}
