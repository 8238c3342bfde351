// What an approval card shows: exactly what will happen, where to, and what a lasting answer covers.
// Invisible and direction-changing characters are spelled out, so that nothing reads as what it isn't.
import type {
  Approval,
  ApprovalAnswer,
  ApprovalKind,
  GrantScope,
} from "../../contract/approval.ts";
import type { ApprovalId, CallId, RunId, SessionId } from "../../contract/ids.ts";
import type { Effect, Leaving } from "../../contract/tool.ts";
import type { CallPlan } from "../ports.ts";
import { coverage, grantFor } from "./grants.ts";
import type { PermissionDecision } from "./policy.ts";
import { sendsData } from "./reach.ts";

export type ApprovalQuestion = {
  approvalId: ApprovalId;
  /** null: a call made by hand. */
  runId: RunId | null;
  callId: CallId | null;
  sessionId: SessionId;
  tool: string;
  plan: CallPlan;
  decision: PermissionDecision;
  /** Left out: `leaves_machine` or `tool`, by the plan. `recovery` asks whether it did happen. */
  kind?: Extract<ApprovalKind, "tool" | "leaves_machine" | "recovery">;
};

export function approvalOf(question: ApprovalQuestion): Approval {
  const { approvalId, runId, callId, plan, decision } = question;
  const kind = question.kind ?? kindOf(question);
  const scopes: GrantScope[] = kind === "recovery" ? ["once"] : decision.scopes;
  return {
    approvalId,
    runId,
    callId,
    kind,
    view: {
      title: titleOf(kind, plan),
      sentence: visible(plan.sentence),
      fields: [...plan.fields.map(visibleField), ...coverageField(question, scopes)],
      ...(plan.diff === undefined ? {} : { diff: visible(plan.diff) }),
      ...(plan.leaving === undefined ? {} : { leaving: visibleLeaving(plan.leaving) }),
    },
    why: decision.why,
    answers: kind === "recovery" ? recoveryAnswers : answers,
    scopes,
  };
}

const answers: ApprovalAnswer[] = ["allow", "deny"];
const recoveryAnswers: ApprovalAnswer[] = ["again", "done", "deny"];

/** Characters that hide, or that turn the direction of what follows, save those that join emoji. */
const hidden =
  /(?!(?<=[\p{ExtPict}\p{EMod}]\ufe0f?)(?:\u200d|\ufe0f))[\p{Cc}\p{Cf}\p{DI}\u2028\u2029]/gu;

/** The text with each hidden character spelled as `⟨U+202E⟩`. A carriage return before a line feed
 * is only a line end. */
export function visible(text: string): string {
  return text.replaceAll("\r\n", "\n").replace(hidden, (char) => {
    if (char === "\n" || char === "\t") return char;
    const code = (char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
    return `⟨U+${code}⟩`;
  });
}

function kindOf({ plan, decision }: ApprovalQuestion): ApprovalKind {
  return sendsData(plan) || decision.rule === "leaves" ? "leaves_machine" : "tool";
}

const titles: Record<Effect, string> = {
  read: "Read something",
  write_workspace: "Change files in the workspace",
  delete: "Delete files",
  write_machine: "Change something on this machine",
  run_code: "Run code",
  leaves_machine: "Data leaves this machine",
};

function titleOf(kind: ApprovalKind, plan: CallPlan): string {
  if (kind === "recovery") return "Did this happen?";
  if (kind === "leaves_machine") return titles.leaves_machine;
  if (plan.effect === "read" && plan.hosts.length > 0) return "Read from the network";
  return titles[plan.effect];
}

function coverageField(question: ApprovalQuestion, scopes: GrantScope[]) {
  const scope = scopes.find((candidate) => candidate !== "once");
  if (scope === undefined) return [];
  const { tool, plan, sessionId } = question;
  const grant = grantFor({ tool, plan, verdict: "allow", scope, sessionId });
  return grant === null
    ? []
    : [{ name: "A lasting answer covers", value: visible(coverage(grant)) }];
}

function visibleField(field: { name: string; value: string }) {
  return { name: visible(field.name), value: visible(field.value) };
}

function visibleLeaving(leaving: Leaving): Leaving {
  return { to: visible(leaving.to), what: leaving.what.map(visibleField) };
}
