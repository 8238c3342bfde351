// What a session's activity adds up to. Pure.
import type { Usage } from "../../../contract/session.ts";
import type { ActivityNode } from "../../../core/session/activity-tree.ts";
import { sumUsage } from "../../../core/session/activity-usage.ts";

export type Sums = { runs: number; steps: number; ms: number; spent: Usage | null };

export function sumsOf(roots: readonly ActivityNode[]): Sums {
  return {
    runs: roots.filter(({ kind }) => kind === "message").length,
    steps: roots.reduce((sum, root) => sum + stepsIn(root), 0),
    ms: roots.reduce((sum, { ms }) => sum + (ms ?? 0), 0),
    spent: sumUsage(roots.map(({ spent }) => spent)),
  };
}

const stepsIn = (node: ActivityNode): number =>
  node.children.reduce((sum, child) => sum + stepsIn(child), node.kind === "tool" ? 1 : 0);
