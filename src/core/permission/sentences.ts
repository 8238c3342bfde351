// The words of decisions, for people: modes, deeds, what a session holds, what a grant says.
import type { Grant } from "../../contract/approval.ts";
import type { PermissionMode } from "../../contract/session.ts";
import type { Label } from "../../contract/tool.ts";
import { coverage } from "./grants.ts";
import type { Reach } from "./reach.ts";

export const modeTitles: Record<PermissionMode, string> = {
  ask: "Ask",
  balanced: "Balanced",
  autonomous: "Autonomous",
};

/** `doers`: "… mode lets DOERS run"; `deed`: "… mode asks before DEED". */
const reaches: Record<Reach, { doers: string; deed: string }> = {
  read: { doers: "reads in the workspace", deed: "reading" },
  read_web: { doers: "reads from the network", deed: "reading from the network" },
  read_outside: { doers: "reads outside the workspace", deed: "reading outside the workspace" },
  write_workspace: { doers: "changes in the workspace", deed: "changing files" },
  delete: { doers: "deletes", deed: "deleting" },
  write_machine: { doers: "changes on this machine", deed: "changing this machine" },
  run_code: { doers: "sandboxed code", deed: "running code" },
  leaves_machine: { doers: "sending data", deed: "data leaves this machine" },
};

export function describeReach(reach: Reach): { doers: string; deed: string } {
  return reaches[reach];
}

export function describeLabels(labels: ReadonlySet<Label>): string {
  const isPrivate = labels.has("private");
  if (labels.has("untrusted"))
    return isPrivate
      ? "This session holds private data and untrusted text from outside."
      : "This session holds untrusted text from outside and nothing private.";
  return isPrivate
    ? "This session holds private data and no untrusted text."
    : "This session holds nothing private and no untrusted text.";
}

export function describeGrant(grant: Grant): string {
  return `${coverage(grant)}, ${grant.sessionId === null ? "always" : "in this session"}`;
}
