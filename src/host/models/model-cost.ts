// Dollars for a usage. Unknown prices stay unknown: null, never a guess.
import type { ModelInfo } from "../../contract/system.ts";
import type { ModelUsage } from "../../core/ports.ts";
import type { ModelFacts } from "./model-facts.ts";

type Price = NonNullable<ModelInfo["price"]>;

/** Tokens that came from the provider's cache are part of `inputTokens` and cost their own price. */
export function costOf(
  usage: ModelUsage,
  price: Price | null,
  longContext?: ModelFacts["longContext"],
): number | null {
  if (price === null) return null;
  const long = longContext !== undefined && usage.inputTokens > longContext.aboveTokens;
  const cached = Math.min(usage.cachedTokens, usage.inputTokens);
  const input = (usage.inputTokens - cached) * price.input + cached * price.cachedInput;
  const output = usage.outputTokens * price.output;
  const factors = long ? longContext : { input: 1, output: 1 };
  return (input * factors.input + output * factors.output) / 1_000_000;
}
