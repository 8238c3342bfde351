// Sums of what was spent.
import type { Usage } from "../../contract/session.ts";

/** A cost that is not known makes the sum unknown. */
export const addUsage = (one: Usage, other: Usage): Usage => ({
  inputTokens: one.inputTokens + other.inputTokens,
  outputTokens: one.outputTokens + other.outputTokens,
  cachedTokens: one.cachedTokens + other.cachedTokens,
  costUsd: one.costUsd === null || other.costUsd === null ? null : one.costUsd + other.costUsd,
});

/** Null where nobody counted. */
export function sumUsage(all: readonly (Usage | null)[]): Usage | null {
  const known = all.filter((one) => one !== null);
  const [first, ...rest] = known;
  return first ? rest.reduce(addUsage, first) : null;
}

export const tokensOf = (usage: Usage): number => usage.inputTokens + usage.outputTokens;
