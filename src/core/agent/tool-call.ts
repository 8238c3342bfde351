// One tool call in three steps: prepare → execute → finalize. A refusal, an unknown tool, bad input
// and a crash all end in the same kind of result; nothing is thrown through the loop.
import { AetheriaError, type ErrorData } from "../../contract/errors.ts";
import type { ApprovalId, CallId } from "../../contract/ids.ts";
import type { Decision, FileEffect, Label, ToolOutcome } from "../../contract/tool.ts";
import { approvalOf } from "../permission/approval-view.ts";
import { grantFor } from "../permission/grants.ts";
import { heldLabels } from "../permission/labels.ts";
import { decide, type PermissionDecision } from "../permission/policy.ts";
import type { CallPlan, Tool, ToolContext, ToolResult } from "../ports.ts";
import type { RunPorts } from "./run-ports.ts";
import type { Call } from "./transcript.ts";

type Prepared = {
  tool: Tool;
  input: unknown;
  plan: CallPlan;
  decision: Decision;
  /** What it will change, as it was right before. */
  foreseen?: FileEffect[];
};
type Refused = {
  outcome: ToolOutcome;
  text: string;
  error?: ErrorData;
  decision?: Decision;
  /** A failure may quote what was read on the way. */
  labels?: Label[];
};
type Ended = { result: ToolResult } | { refused: Refused };
type End = {
  startedAt: number;
  decision?: Decision;
  /** null: it changes no files, or nobody knows what it did. */
  changes: FileEffect[] | null;
};

/** How long a tool may take to stop before the run goes on without it. */
const stopGraceMs = 800;

/** Runs one call to its end; on abort the call is `stopped`. Leaves tool.finished in the log. */
export async function runCall(ports: RunPorts, call: Call, signal: AbortSignal): Promise<void> {
  const startedAt = ports.clock.now();
  const changes: FileEffect[] = [];
  const context: ToolContext = {
    sessionId: ports.sessionId,
    callId: call.callId,
    workspace: ports.transcript().workspace,
    signal,
    changed: (effects) => void changes.push(...effects),
  };
  const prepared = await guarded(() => prepare(ports, call, context));
  if (isRefused(prepared))
    return finalize(ports, call, { refused: prepared }, { startedAt, changes: null });
  const { decision, foreseen } = prepared;
  const ended = await execute(ports, call, prepared, context);
  // Failed without a word of what it changed: what was foreseen stays in doubt.
  const isKnown = changes.length > 0 || (foreseen !== undefined && "result" in ended);
  finalize(ports, call, ended, {
    startedAt,
    decision,
    changes: isKnown && !isLeftBehind(ended) ? changes : null,
  });
}

const isRefused = (value: Prepared | Refused): value is Refused => "outcome" in value;

async function prepare(
  ports: RunPorts,
  call: Call,
  context: ToolContext,
): Promise<Prepared | Refused> {
  const tool = ports.tools.get(call.name);
  if (!tool) return unknownTool(call.name, ports.tools);
  if (typeof call.input === "string" && call.input.startsWith(badArguments))
    return { outcome: "failed", text: call.input.slice(badArguments.length) };
  const prepared = await consent(ports, call, tool, call.input, context);
  if (isRefused(prepared) || !tool.foresee || context.signal.aborted) return prepared;
  return { ...prepared, foreseen: await tool.foresee(prepared.input, context) };
}

/** Marks arguments that could not be read; the text after it is the problem, for the model. */
export const badArguments = "\u0000bad arguments: ";

function unknownTool(name: string, tools: ReadonlyMap<string, Tool>): Refused {
  const known = [...tools.keys()].join(", ");
  return { outcome: "failed", text: `There is no tool named “${name}”. There are: ${known}.` };
}

async function consent(
  ports: RunPorts,
  call: Call,
  tool: Tool,
  rawInput: unknown,
  context: ToolContext,
): Promise<Prepared | Refused> {
  const parsed = tool.parse(rawInput);
  if (!parsed.ok)
    return { outcome: "failed", text: `Wrong input for ${call.name}: ${parsed.problem}` };
  const plan = await tool.plan(parsed.input, context);
  const decision = decideCall(ports, call, plan);
  const told = { verdict: decision.verdict, rule: decision.rule, why: decision.why };
  const prepared = { tool, input: parsed.input, plan, decision: told };
  if (decision.verdict === "allow") return prepared;
  if (decision.verdict === "deny") return denied(`Not allowed: ${decision.why}`, told);
  const answered = await ask(ports, call, plan, decision, context.signal);
  if (answered.answer !== "allow") return denied("The person said no to this call.", told);
  if (answered.input === undefined) {
    rememberGrant(ports, call, plan, answered.scope);
    return prepared;
  }
  const edited = tool.parse(answered.input);
  if (!edited.ok)
    return { outcome: "failed", text: `The changed input does not fit: ${edited.problem}` };
  return afterEdit(ports, call, { ...prepared, input: edited.input }, context);
}

/** What the person wrote themself is allowed, but for what they have forbidden for good. */
async function afterEdit(
  ports: RunPorts,
  call: Call,
  prepared: Prepared,
  context: ToolContext,
): Promise<Prepared | Refused> {
  const plan = await prepared.tool.plan(prepared.input, context);
  const { verdict, rule, why } = decideCall(ports, call, plan);
  if (verdict === "deny") return denied(`Not allowed: ${why}`, { verdict, rule, why });
  return { ...prepared, plan };
}

const denied = (why: string, decision: Decision): Refused => ({
  outcome: "denied",
  text: `${why} Do not try to reach the same effect another way; ask what to do instead.`,
  decision,
});

function decideCall(ports: RunPorts, call: Call, plan: CallPlan): PermissionDecision {
  const { mode, grants, offline } = ports.rules();
  const transcript = ports.transcript();
  return decide({
    tool: call.name,
    plan,
    by: call.runId === null ? "person" : "agent",
    mode,
    labels: heldLabels(transcript.labels),
    grants,
    sessionId: ports.sessionId,
    offline,
    workspace: transcript.workspace,
  });
}

function ask(
  ports: RunPorts,
  call: Call,
  plan: CallPlan,
  decision: PermissionDecision,
  signal: AbortSignal,
) {
  const pending = [...ports.transcript().approvals.values()].find(
    (approval) => approval.callId === call.callId && approval.kind !== "recovery",
  );
  const approvalId = pending?.approvalId ?? (ports.ids.next() as ApprovalId);
  const { sessionId } = ports;
  const { callId, runId, name: tool } = call;
  const approval = approvalOf({ approvalId, runId, callId, sessionId, tool, plan, decision });
  const answer = ports.answer(approvalId, signal);
  if (!pending) ports.append([{ type: "approval.requested", data: { approval } }], "full");
  return answer;
}

function rememberGrant(
  ports: RunPorts,
  call: Call,
  plan: CallPlan,
  scope: "once" | "session" | "always",
): void {
  const { sessionId } = ports;
  const grant = grantFor({ tool: call.name, plan, verdict: "allow", scope, sessionId });
  if (grant) ports.saveGrant(grant);
}

async function execute(
  ports: RunPorts,
  call: Call,
  { tool, input, plan, decision, foreseen = [] }: Prepared,
  context: ToolContext,
): Promise<Ended> {
  if (context.signal.aborted) return { refused: stopped };
  const durability = plan.effect === "read" ? "normal" : "full";
  const changes = foreseen.length > 0 ? { changes: foreseen } : {};
  const data = { callId: call.callId, decision, ...changes };
  ports.append([{ type: "tool.started", data }], durability);
  const work = drain(ports, call, tool.run(input, context));
  const over = new AbortController();
  return Promise.race([
    work.then(
      (result): Ended => ({ result }),
      (error: unknown): Ended => ({ refused: { ...refusedBy(error), labels: labelsOf(plan) } }),
    ),
    stopTimeout(ports, context.signal, over.signal),
  ]).finally(() => over.abort());
}

async function drain(
  ports: RunPorts,
  call: Call,
  output: ReturnType<Tool["run"]>,
): Promise<ToolResult> {
  for (;;) {
    const next = await output.next();
    if (next.done) return next.value;
    ports.output(call.callId, next.value);
  }
}

const labelsOf = (plan: CallPlan): Label[] => [
  ...(plan.paths.length > 0 ? (["private"] as const) : []),
  ...(plan.hosts.length > 0 ? (["untrusted"] as const) : []),
];

/** Settles only after an abort and its grace: a tool that does not stop is left behind. */
function stopTimeout(ports: RunPorts, signal: AbortSignal, over: AbortSignal): Promise<Ended> {
  return new Promise((resolve) => {
    const giveUp = () =>
      void ports.clock
        .sleep(stopGraceMs, new AbortController().signal)
        .then(() => resolve({ refused: leftBehind }));
    signal.addEventListener("abort", giveUp, { once: true, signal: over });
  });
}

const stopped: Refused = { outcome: "stopped", text: "The person stopped this call." };
/** It may still be at work. */
const leftBehind: Refused = { ...stopped };
const isLeftBehind = (ended: Ended) => "refused" in ended && ended.refused === leftBehind;

function refusedBy(error: unknown): Refused {
  const data = AetheriaError.toData(error);
  if (data.code === "cancelled") return stopped;
  const hint = data.hint === undefined ? "" : ` ${data.hint}`;
  const outcome = data.code === "refused" ? "denied" : "failed";
  return { outcome, text: `${data.message}${hint}`, error: data };
}

async function guarded(step: () => Promise<Prepared | Refused>): Promise<Prepared | Refused> {
  try {
    return await step();
  } catch (error) {
    return { ...refusedBy(error), labels: ["private"] };
  }
}

function finalize(
  ports: RunPorts,
  call: Call,
  ended: Ended,
  { startedAt, decision, changes }: End,
): void {
  const ms = Math.max(0, ports.clock.now() - startedAt);
  const { callId, effect } = call;
  const durability = effect === "read" ? "normal" : "full";
  const told = changes === null ? {} : { changes };
  if ("result" in ended) {
    const { text, view, files = [], artifacts = [], labels } = ended.result;
    const shown = view === undefined ? {} : { view };
    const data = { callId, outcome: "done" as const, text, ...shown, files, labels, ...told, ms };
    const made = artifacts.map((artifact) => ({
      type: "artifact.created" as const,
      data: { callId, ...artifact },
    }));
    // In one step: after a crash both are there, or neither.
    ports.append([{ type: "tool.finished", data }, ...made], durability);
    return keepLater(ports, callId, ended.result.later);
  }
  const { outcome, text, error, labels = [] } = ended.refused;
  const why = ended.refused.decision ?? decision;
  const data = {
    callId,
    outcome,
    text,
    files: [],
    labels,
    ...told,
    ms,
    ...(error === undefined ? {} : { error }),
    ...(why === undefined ? {} : { decision: why }),
  };
  ports.append([{ type: "tool.finished", data }], durability);
}

function keepLater(ports: RunPorts, callId: CallId, later: ToolResult["later"]): void {
  later
    ?.then((file) => {
      if (file) ports.append([{ type: "attachment.added", data: { file, callId } }], "normal");
    })
    // The session is gone, or the disk is full: it is only a picture.
    .catch(() => undefined);
}
