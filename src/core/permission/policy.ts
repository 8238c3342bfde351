// May this call run? A pure decision over the call's plan, what the session holds, the person's
// grants and the mode. First rule that speaks wins: deny grant, offline, data that leaves while the
// session holds private and untrusted content, ask grant, allow grant, the mode.
import type { Grant, GrantScope } from "../../contract/approval.ts";
import type { SessionId } from "../../contract/ids.ts";
import type { PermissionMode } from "../../contract/session.ts";
import type { Decision, Label, Verdict } from "../../contract/tool.ts";
import type { CallPlan } from "../ports.ts";
import { findDenyBelow, findGrant, scopesFor } from "./grants.ts";
import { isLoopbackHost } from "./hosts.ts";
import { describeGrant, describeLabels, describeReach, modeTitles } from "./sentences.ts";
import { reachOf, type Reach } from "./reach.ts";

export type PermissionRequest = {
  tool: string;
  plan: CallPlan;
  /** Who wants it: the agent in a run, or the person by hand. */
  by: "agent" | "person";
  mode: PermissionMode;
  /** What the session holds now. */
  labels: ReadonlySet<Label>;
  grants: readonly Grant[];
  sessionId: SessionId;
  offline: boolean;
  /** The granted folder. Given, a read outside it asks; left out, the tools' own check is trusted. */
  workspace?: string | null;
};

export type PermissionDecision = Decision & {
  /** False when only `once` may be offered. */
  lastingAllowed: boolean;
  /** The scopes a card may offer with `allow`. */
  scopes: GrantScope[];
};

export function decide(request: PermissionRequest): PermissionDecision {
  const decision =
    byDenyGrant(request) ??
    byOffline(request) ??
    byLeaving(request) ??
    byAskGrant(request) ??
    byAllowGrant(request) ??
    byPerson(request) ??
    byMode(request);
  const lasting = decision.verdict === "ask" && !onceOnly.has(ruleFamily(decision.rule));
  const scopes: GrantScope[] = lasting ? scopesFor(request.plan) : ["once"];
  return { ...decision, lastingAllowed: scopes.length > 1, scopes };
}

/** A lasting allow would not silence these, so none is offered. */
const onceOnly: ReadonlySet<string> = new Set(["leaves", "grant", "person"]);

function ruleFamily(rule: string): string {
  return rule.split(/[:.]/)[0] ?? rule;
}

function byDenyGrant(request: PermissionRequest): Decision | null {
  const grant = findGrant(request.grants, "deny", request);
  if (grant === null) return null;
  return {
    verdict: "deny",
    rule: `grant:${grant.grantId}`,
    why: `You have forbidden this: ${describeGrant(grant)}.`,
  };
}

function byOffline({ plan, offline }: PermissionRequest): Decision | null {
  if (!offline) return null;
  const host = plan.hosts.find((candidate) => !isLoopbackHost(candidate));
  const onlyLocal = plan.hosts.length > 0 && host === undefined;
  const leaves = plan.leaving !== undefined || plan.effect === "leaves_machine";
  if (host === undefined && (onlyLocal || !leaves)) return null;
  const target = host ?? plan.leaving?.to ?? "another machine";
  return {
    verdict: "deny",
    rule: "offline",
    why: `Aetheria is offline, so nothing may go to ${target}.`,
  };
}

function byLeaving({ plan, labels }: PermissionRequest): Decision | null {
  const leaves = plan.leaving !== undefined || plan.effect === "leaves_machine";
  if (!leaves || !labels.has("private") || !labels.has("untrusted")) return null;
  return {
    verdict: "ask",
    rule: "leaves",
    why: `Data leaves this machine, and that is asked in every mode here. ${describeLabels(labels)}`,
  };
}

function byAskGrant(request: PermissionRequest): Decision | null {
  const grant = findGrant(request.grants, "ask", request);
  if (grant !== null) {
    const why = `You want to be asked about this: ${describeGrant(grant)}.`;
    return { verdict: "ask", rule: `grant:${grant.grantId}`, why };
  }
  const denied = findDenyBelow(request.grants, request);
  if (denied === null) return null;
  const why = `This may look into a place you have forbidden: ${describeGrant(denied)}.`;
  return { verdict: "ask", rule: `grant:${denied.grantId}`, why };
}

function byAllowGrant(request: PermissionRequest): Decision | null {
  const grant = findGrant(request.grants, "allow", request);
  if (grant === null) return null;
  const why = `You have allowed this: ${describeGrant(grant)}.`;
  return { verdict: "allow", rule: `grant:${grant.grantId}`, why };
}

/** A person's own command is the consent. Only what leaves is shown once more: it cannot be undone. */
function byPerson({ by, plan }: PermissionRequest): Decision | null {
  if (by !== "person") return null;
  if (reachOf(plan) === "leaves_machine") {
    const why = "What leaves this machine cannot be taken back, so it is shown before it goes.";
    return { verdict: "ask", rule: "person.leaves_machine", why };
  }
  return { verdict: "allow", rule: "person", why: "You started this yourself." };
}

/** The cards of the settings, word for word: what runs without a question in each mode. */
const runsAlone: Record<PermissionMode, ReadonlySet<Reach>> = {
  ask: new Set(["read"]),
  balanced: new Set(["read", "read_web", "run_code"]),
  autonomous: new Set(["read", "read_web", "read_outside", "run_code", "write_workspace"]),
};

function byMode({ plan, labels, mode, workspace }: PermissionRequest): Decision {
  const reach = reachOf(plan, workspace);
  const verdict: Verdict = runsAlone[mode].has(reach) ? "allow" : "ask";
  const title = modeTitles[mode];
  const what = describeReach(reach);
  const why =
    verdict === "allow"
      ? `${title} mode lets ${what.doers} run without asking.`
      : reach === "write_machine"
        ? `Changes outside the workspace and the sandbox wait for you in every mode.`
        : `${title} mode asks before ${what.deed}.`;
  const held = plan.leaving === undefined ? "" : ` ${describeLabels(labels)}`;
  return { verdict, rule: `mode.${mode}.${reach}`, why: why + held };
}
