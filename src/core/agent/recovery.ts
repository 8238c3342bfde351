// After the host died in mid-run: what of the last turn is finished, what may run again, and what
// must be asked because an effect may have happened.
import type { Approval } from "../../contract/approval.ts";
import type { ApprovalId } from "../../contract/ids.ts";
import type { RunPorts } from "./run-ports.ts";
import { runCall } from "./tool-call.ts";
import type { Call, Transcript } from "./transcript.ts";

/** Taken up this often without getting anything done, a run is what kills the host. */
export const maxResumes = 3;

/** Calls of the current run that have no result. */
export function unfinishedCalls(transcript: Transcript): Call[] {
  const runId = transcript.run?.runId;
  return [...transcript.calls.values()].filter(
    (call) => call.runId === runId && call.result === null,
  );
}

/** Brings every requested call of the run to its end, in order: one that never started runs; one
 * that only reads runs again; of one that may have had its effect the person is asked. */
export async function settleUnfinished(ports: RunPorts, signal: AbortSignal): Promise<void> {
  for (const call of unfinishedCalls(ports.transcript())) {
    signal.throwIfAborted();
    if (call.started && call.effect !== "read") await settleDoubtful(ports, call, signal);
    else await runCall(ports, call, signal);
  }
}

async function settleDoubtful(ports: RunPorts, call: Call, signal: AbortSignal): Promise<void> {
  const pending = [...ports.transcript().approvals.values()].find(
    (approval) => approval.callId === call.callId && approval.kind === "recovery",
  );
  const approval = pending ?? recoveryApproval(ports, call);
  const answer = ports.answer(approval.approvalId, signal);
  if (!pending) ports.append([{ type: "approval.requested", data: { approval } }], "full");
  const answered = await answer;
  if (answered.answer === "again") return runCall(ports, call, signal);
  const happened = answered.answer === "done";
  const text = happened
    ? "The host stopped while this ran. The person says that it did happen; the output is lost."
    : "The host stopped while this ran. The person says that it is not to be done again.";
  const outcome = happened ? ("unknown" as const) : ("stopped" as const);
  const data = { callId: call.callId, outcome, text, files: [], labels: [], ms: 0 };
  ports.append([{ type: "tool.finished", data }], "full");
}

function recoveryApproval(ports: RunPorts, call: Call): Approval {
  const shown = typeof call.input === "string" ? call.input : JSON.stringify(call.input, null, 2);
  return {
    approvalId: ports.ids.next() as ApprovalId,
    runId: call.runId,
    callId: call.callId,
    kind: "recovery",
    view: {
      title: "Did this happen?",
      sentence: `Aetheria stopped suddenly while “${call.summary}” was running. It may or may not have taken effect.`,
      fields: [
        { name: "tool", value: call.name },
        { name: "input", value: shown },
      ],
    },
    why: "A step with an effect is never repeated without asking.",
    answers: ["again", "done", "deny"],
    scopes: ["once"],
  };
}
