import { describe, expect, it } from "vitest";
import { defaultSettings } from "../../contract/settings.ts";
import { createRepeatGuard, nearBudget, overBudget, type Spent } from "./limits.ts";

const { budgets } = defaultSettings;
const none: Spent = { steps: 0, tokens: 0, minutes: 0, usd: 0, usdToday: 0 };

describe("budgets", () => {
  it("let a fresh run go on", () => {
    expect(overBudget(none, budgets)).toBeNull();
    expect(nearBudget(none, budgets, new Set())).toBeNull();
  });
  it.each([
    [{ steps: 100 }, "100 steps in one run"],
    [{ tokens: 2_000_000 }, "2000000 tokens in one run"],
    [{ minutes: 60 }, "60 minutes in one run"],
    [{ usd: 2 }, "2 dollars in one run"],
    [{ usdToday: 5.01 }, "5 dollars a day"],
  ])("end a run at %o", (spent, words) => {
    const error = overBudget({ ...none, ...spent }, budgets);
    expect(error?.code).toBe("budget_exceeded");
    expect(error?.message).toContain(words);
  });
  it("warn once at 80 %", () => {
    const near = nearBudget({ ...none, steps: 80 }, budgets, new Set());
    expect(near?.sentence).toBe("80 % of the budget of 100 steps in one run is used.");
    expect(nearBudget({ ...none, steps: 85 }, budgets, new Set(["stepsPerRun"]))).toBeNull();
  });
  it("of 0 mean no limit", () => {
    expect(overBudget({ ...none, steps: 5_000 }, { ...budgets, stepsPerRun: 0 })).toBeNull();
  });
});

describe("repeat guard", () => {
  it("speaks at the third same step with the same result in a row", () => {
    const guard = createRepeatGuard();
    expect(guard.note("read", { path: "a" }, "x")).toBeNull();
    expect(guard.note("read", { path: "a" }, "x")).toBeNull();
    expect(guard.note("read", { path: "a" }, "x")?.code).toBe("loop_detected");
  });
  it("starts over when the result is another one", () => {
    const guard = createRepeatGuard();
    guard.note("read", {}, "x");
    guard.note("read", {}, "x");
    expect(guard.note("read", {}, "y")).toBeNull();
    expect(guard.note("read", {}, "x")).toBeNull();
  });
});
