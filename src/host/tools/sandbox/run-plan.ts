// What a call into the sandbox will touch, for the permission policy. Without a wall it is a change of
// this machine; with hosts it sends whatever the code can read, so the code itself is shown.
import type { CallPlan, ToolContext } from "../../../core/ports.ts";
import type { SandboxTier } from "../../../contract/sandbox.ts";
import { notIn, readHosts } from "../../../core/permission/named-hosts.ts";
import type { SandboxToolsSetup } from "./setup.ts";
import { tierNames } from "./words.ts";

export type Planned = {
  /** `python: Draw the growth`. */
  summary: string;
  /** `Run this Python program`. */
  deed: string;
  code: { name: string; value: string };
  hosts?: readonly string[];
  fields?: { name: string; value: string }[];
};

export interface RunPlans {
  /** Throws bad_input for hosts that are none, and what `refusal` says of the folder. */
  plan(planned: Planned, context: ToolContext): Promise<CallPlan>;
  /** The wall that was decided on: another one is never used in its place. */
  plannedTier(context: ToolContext): SandboxTier | null;
}

export function createRunPlans(
  setup: Pick<SandboxToolsSetup, "sandboxes" | "network" | "files">,
): RunPlans {
  const tiers = new WeakMap<ToolContext, SandboxTier | null>();
  return {
    plannedTier: (context) => tiers.get(context) ?? null,
    async plan({ summary, deed, code, hosts: asked = [], fields = [] }, context) {
      const { sessionId, workspace } = context;
      const hosts = readHosts(asked);
      const refusal = workspace === null ? null : await setup.files.refusal(workspace);
      if (refusal) throw refusal;
      const tier = await setup.sandboxes.tierFor(sessionId);
      tiers.set(context, tier);
      const fresh = notIn(hosts, setup.network.allowedHosts(sessionId));
      const read = { name: "and what it reads", value: workspace ?? "nothing of yours" };
      return {
        summary,
        effect: tier === "machine" ? "write_machine" : "run_code",
        paths: workspace === null ? [] : [workspace],
        hosts,
        ...(fresh.length === 0 ? {} : { leaving: { to: fresh.join(", "), what: [code, read] } }),
        sentence: sentenceOf(deed, tier, hosts),
        fields: [
          code,
          ...fields,
          ...(workspace === null ? [] : [{ name: "folder it may change", value: workspace }]),
          { name: "sandbox", value: tier === null ? "none yet" : tierNames[tier] },
        ],
      };
    },
  };
}

function sentenceOf(deed: string, tier: SandboxTier | null, hosts: readonly string[]): string {
  const where = tier === "machine" ? "on this machine, without a sandbox" : "in the sandbox";
  const reach = hosts.length === 0 ? "" : `, where it may reach ${hosts.join(", ")}`;
  return `${deed} ${where}${reach}.`;
}
