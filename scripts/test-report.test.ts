import { describe, expect, it } from "vitest";
import { countTests } from "./test-report.ts";

const test = (status: string, fullName = status) => ({ status, fullName });

describe("countTests", () => {
  it("counts tests over all files and names the skipped ones", () => {
    const counts = countTests({
      testResults: [
        {
          name: "a.test.ts",
          status: "failed",
          assertionResults: [test("passed"), test("passed"), test("failed")],
        },
        {
          name: "b.test.ts",
          status: "passed",
          assertionResults: [test("passed"), test("skipped", "needs Chromium"), test("todo")],
        },
      ],
    });
    expect(counts).toEqual({ passed: 3, failed: 1, skippedNames: ["needs Chromium", "todo"] });
  });

  it("counts a file that does not load as one failed test", () => {
    const broken = { name: "c.test.ts", status: "failed", assertionResults: [] };
    expect(countTests({ testResults: [broken] }).failed).toBe(1);
  });

  it("counts a file whose hooks fail although its tests pass", () => {
    const broken = { name: "d.test.ts", status: "failed", assertionResults: [test("passed")] };
    expect(countTests({ testResults: [broken] })).toMatchObject({ passed: 1, failed: 1 });
  });
});
