// Watches a session's events for approvals, gets each one answered, and sends the answers.
import type { Approval } from "../../contract/approval.ts";
import type { SessionEvent } from "../../contract/events.ts";
import type { ApprovalId, SessionId } from "../../contract/ids.ts";
import { AetheriaError } from "../../contract/errors.ts";
import type { Client } from "../../rpc/client.ts";
import type { Approver } from "./approver.ts";

export interface ApprovalAnswers {
  /** Every event of the session goes through here, in order. */
  see(event: SessionEvent): void;
  /** Forgets what is still being asked. */
  close(): void;
}

export function answerApprovals(options: {
  client: Client;
  sessionId: SessionId;
  approver: Approver;
  concerns: (approval: Approval) => boolean;
  /** The work cannot go on here: why, as an error with code `refused`, or what sending met. */
  onRefused: (error: unknown) => void;
}): ApprovalAnswers {
  const { client, sessionId, approver, concerns, onRefused } = options;
  const open = new Map<ApprovalId, AbortController>();
  const settle = async (approval: Approval, signal: AbortSignal) => {
    const verdict = await approver(approval, signal);
    if (verdict.kind === "answered_elsewhere") return;
    const { approvalId } = approval;
    if (verdict.kind === "answer")
      return client.call("approval.answer", { sessionId, approvalId, ...verdict.answer });
    throw new AetheriaError("refused", verdict.sentence, { hint: verdict.hint });
  };
  return {
    see(event) {
      if (event.type === "approval.answered") open.get(event.data.approvalId)?.abort();
      if (event.type !== "approval.requested" || !concerns(event.data.approval)) return;
      const { approval } = event.data;
      const controller = new AbortController();
      open.set(approval.approvalId, controller);
      settle(approval, controller.signal).catch((error: unknown) => {
        // Somebody else was quicker; their answer holds.
        if (!(error instanceof AetheriaError && error.code === "conflict")) onRefused(error);
      });
    },
    close() {
      for (const controller of open.values()) controller.abort();
    },
  };
}
