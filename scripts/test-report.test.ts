import { describe, expect, it } from "vitest";
import { countTests, failedFiles, unsteady } from "./test-report.ts";

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

describe("a second run of what failed", () => {
  const file = (name: string, status: string, assertionResults: ReturnType<typeof test>[]) => ({
    ...{ name, status, assertionResults },
  });
  const first = {
    testResults: [
      file("a.test.ts", "failed", [test("failed", "one"), test("failed", "two")]),
      file("b.test.ts", "passed", [test("passed", "one")]),
      file("c.test.ts", "failed", []),
    ],
  };

  it("names the files in which something failed, also those that do not load", () => {
    expect(failedFiles(first)).toEqual(["a.test.ts", "c.test.ts"]);
  });

  it("tells which tests passed only the second time", () => {
    const second = {
      testResults: [file("a.test.ts", "failed", [test("passed", "one"), test("failed", "two")])],
    };
    expect(unsteady(first, second)).toEqual(["a.test.ts › one"]);
  });
});
