// Budgets and the guard against going in circles. Pure arithmetic over what a run has used.
import { AetheriaError } from "../../contract/errors.ts";
import type { Budgets } from "../../contract/settings.ts";
import type { ModelUsage } from "../ports.ts";

export type Spent = {
  steps: number;
  tokens: number;
  minutes: number;
  usd: number;
  /** Today, this run included. */
  usdToday: number;
};

type Budget = { name: keyof Budgets; used: number; limit: number; what: string };

const budgetsOf = (spent: Spent, budgets: Budgets): Budget[] => [
  { name: "stepsPerRun", used: spent.steps, limit: budgets.stepsPerRun, what: "steps in one run" },
  {
    name: "tokensPerRun",
    used: spent.tokens,
    limit: budgets.tokensPerRun,
    what: "tokens in one run",
  },
  {
    name: "minutesPerRun",
    used: spent.minutes,
    limit: budgets.minutesPerRun,
    what: "minutes in one run",
  },
  { name: "usdPerRun", used: spent.usd, limit: budgets.usdPerRun, what: "dollars in one run" },
  { name: "usdPerDay", used: spent.usdToday, limit: budgets.usdPerDay, what: "dollars a day" },
];

/** The first budget that is used up, as the error that ends the run; 0 means no limit. */
export function overBudget(spent: Spent, budgets: Budgets): AetheriaError | null {
  const over = budgetsOf(spent, budgets).find(({ used, limit }) => limit > 0 && used >= limit);
  if (!over) return null;
  return new AetheriaError(
    "budget_exceeded",
    `This run stopped at its budget of ${over.limit} ${over.what}.`,
    { hint: "Raise the budget in Settings › Budgets, then say “go on”." },
  );
}

/** Budgets past 80 %, each told once per run. */
export function nearBudget(
  spent: Spent,
  budgets: Budgets,
  told: ReadonlySet<string>,
): { name: string; sentence: string } | null {
  const near = budgetsOf(spent, budgets).find(
    ({ name, used, limit }) => limit > 0 && used >= limit * 0.8 && !told.has(name),
  );
  if (!near) return null;
  const percent = Math.floor((near.used / near.limit) * 100);
  return {
    name: near.name,
    sentence: `${percent} % of the budget of ${near.limit} ${near.what} is used.`,
  };
}

/** How often the very same step may come out the very same way in a row. */
const maxRepeats = 3;

export type RepeatGuard = {
  note(name: string, input: unknown, result: string): AetheriaError | null;
};

export function createRepeatGuard(): RepeatGuard {
  let last = "";
  let count = 0;
  return {
    note(name, input, result) {
      const step = JSON.stringify([name, input, result]);
      count = step === last ? count + 1 : 1;
      last = step;
      if (count < maxRepeats) return null;
      return new AetheriaError(
        "loop_detected",
        `The same step (${name}) came out the same way ${maxRepeats} times in a row, so the run was ended.`,
        { hint: "Say what should be done differently, or try another model." },
      );
    },
  };
}

export const sumTokens = (usage: Pick<ModelUsage, "inputTokens" | "outputTokens">): number =>
  usage.inputTokens + usage.outputTokens;
