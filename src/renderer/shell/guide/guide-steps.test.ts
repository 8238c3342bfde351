import { describe, expect, it } from "vitest";
import { guideSteps, isGuideDue, stepAfter } from "./guide-steps.ts";

describe("the guide", () => {
  it("is due for somebody who is new, and never again", () => {
    expect(isGuideDue({ guided: false }, [], false)).toBe(true);
    expect(isGuideDue({ guided: true }, [], false)).toBe(false);
    expect(isGuideDue({ guided: false }, ["a session"], false)).toBe(false);
    expect(isGuideDue({ guided: false }, [], true)).toBe(false);
  });

  it("goes through four steps and back", () => {
    const there = guideSteps.map((step) => stepAfter(step, 1));
    expect(there).toEqual(["found", "trust", "try", null]);
    expect(guideSteps.map((step) => stepAfter(step, -1))).toEqual([null, "look", "found", "trust"]);
  });
});
