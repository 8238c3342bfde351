// What the window says beside its title: `docker · no net`.
import type { SandboxStatus } from "../../../contract/sandbox.ts";
import type { Words } from "../../words/words.ts";

export function badgesOf(status: SandboxStatus | null, w: Words): string[] {
  if (!status) return [];
  if (status.tier === null) return [w.sandbox.noneBadge];
  const tier = w.runs.tiers[status.tier];
  // Without a wall nothing keeps code from the network.
  if (status.tier === "machine") return [tier];
  const { length } = status.allowedHosts;
  return [w.sandbox.badge(tier, length === 0 ? w.sandbox.noNet : w.sandbox.hosts(length))];
}
