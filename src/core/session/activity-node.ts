// The single nodes of the activity: a step, its approval, anything that just happened.
import type { Usage } from "../../contract/session.ts";
import type { ActivityKind, ActivityNode, ActivitySource, ActivityState } from "./activity-tree.ts";
import type { QuestionItem, ToolItem } from "./view.ts";

/** Something that happened at once. */
export const nodeOf = (
  kind: ActivityKind,
  source: ActivitySource,
  { state = "done" }: { state?: ActivityState } = {},
): ActivityNode => ({
  key: `${kind}:${source.seq}`,
  kind,
  seq: source.seq,
  from: source.at,
  until: source.at,
  ms: null,
  modelFrom: null,
  state,
  name: "",
  summary: "",
  spent: null,
  source,
  children: [],
});

export function toolNode(
  call: ToolItem,
  spent: Usage | null,
  modelFrom: number | null,
): ActivityNode {
  const isOver = !["requested", "waiting", "running"].includes(call.state);
  return {
    ...nodeOf("tool", call, { state: call.state === "requested" ? "running" : call.state }),
    key: `tool:${call.callId}`,
    until: isOver ? Math.max(call.at, call.finishedAt ?? call.at) : null,
    ms: call.ms,
    modelFrom,
    name: call.name,
    summary: withoutName(call.summary, call.name),
    spent,
    children: call.approval ? [approvalNode(call)] : [],
  };
}

/** A summary often begins with the name of the tool, which stands beside it already. */
const withoutName = (summary: string, name: string): string =>
  summary === name ? "" : summary.startsWith(`${name} `) ? summary.slice(name.length + 1) : summary;

function approvalNode(call: ToolItem): ActivityNode {
  const { approval, answer, answeredAt, askedAt, finishedAt } = call;
  const from = askedAt ?? call.at;
  // A new question after an earlier answer waits again.
  const isAnswered = call.state !== "waiting" && answer !== null;
  const until = call.state === "waiting" ? null : (answeredAt ?? finishedAt ?? from);
  return {
    ...nodeOf("approval", call, {
      state: answerState(call.state === "waiting", isAnswered, answer),
    }),
    key: `approval:${approval?.approvalId ?? call.callId}`,
    from,
    until: until === null ? null : Math.max(from, until),
    ms: until === null ? null : Math.max(0, until - from),
    summary: approval?.view.title ?? "",
  };
}

export function questionNode(question: QuestionItem, isOpen: boolean): ActivityNode {
  const { approval, answer, answeredAt, at } = question;
  const isWaiting = answer === null && isOpen;
  const until = isWaiting ? null : Math.max(at, answeredAt ?? at);
  return {
    ...nodeOf("approval", question, { state: answerState(isWaiting, answer !== null, answer) }),
    key: `approval:${approval.approvalId}:${question.seq}`,
    until,
    ms: until === null ? null : until - at,
    summary: approval.view.title,
  };
}

function answerState(
  isWaiting: boolean,
  isAnswered: boolean,
  answer: ToolItem["answer"],
): ActivityState {
  if (isWaiting) return "waiting";
  if (!isAnswered) return "stopped";
  return answer === "deny" ? "denied" : "done";
}
