// How many steps, tokens, dollars, each as a badge says it.
import type { Usage } from "../../../contract/session.ts";
import { tokensOf } from "../../../core/session/activity-usage.ts";
import { count, money } from "../../words/amounts.ts";
import type { Words } from "../../words/words.ts";

export function totalsSaid(
  { steps, usage }: { steps: number; usage: Usage | null },
  { activity, locale }: Words,
): string[] {
  if (steps === 0) return [];
  const tokens = usage ? [activity.tokens(count(locale, tokensOf(usage)))] : [];
  const cost = usage?.costUsd ? [money(locale, usage.costUsd)] : [];
  return [activity.steps(steps), ...tokens, ...cost];
}
