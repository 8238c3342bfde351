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
  if (plan.leaving !== undefined || plan.hosts.some((host) => !isLoopbackHost(host)))
    return "read_web";
  if (workspace === undefined || plan.paths.length === 0) return "read";
  const inside = plan.paths.every((path) => workspace !== null && isWithin(path, workspace));
  return inside ? "read" : "read_outside";
}

/** It sends more than the address of what it brings. */
export function sendsData({ effect, leaving }: Pick<CallPlan, "effect" | "leaving">): boolean {
  if (effect === "leaves_machine") return true;
  return leaving !== undefined && effect !== "read" && effect !== "write_workspace";
}
