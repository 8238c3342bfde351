// How far a call reaches: its effect, with reads told apart by where they look and anything that
// sends data along counted as leaving. What is fetched into the workspace sends its address, as a read
// does; what it sends of private things is the policy's own rule.
import type { Effect } from "../../contract/tool.ts";
import type { CallPlan } from "../ports.ts";
import { isLoopbackHost } from "./hosts.ts";
import { isWithin } from "./paths.ts";

export type Reach = Effect | "read_web" | "read_outside";

export function reachOf(plan: CallPlan, workspace?: string | null): Reach {
  if (sendsData(plan)) return "leaves_machine";
  if (plan.effect !== "read") return plan.effect;
  // First: that it also goes to the network makes a read of the person's files no freer.
  if (readsOutside(plan.paths, workspace)) return "read_outside";
  const goesOut = plan.leaving !== undefined || plan.hosts.some((host) => !isLoopbackHost(host));
  return goesOut ? "read_web" : "read";
}

function readsOutside(paths: readonly string[], workspace: string | null | undefined): boolean {
  if (workspace === undefined) return false;
  return paths.some((path) => workspace === null || !isWithin(path, workspace));
}

/** It sends more than the address of what it brings. */
export function sendsData({ effect, leaving }: Pick<CallPlan, "effect" | "leaving">): boolean {
  if (effect === "leaves_machine") return true;
  return leaving !== undefined && effect !== "read" && effect !== "write_workspace";
}
