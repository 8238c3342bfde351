// Counts tests in vitest's JSON report. A file that cannot even be loaded counts as one failed test.
import { z } from "zod";

export const testReport = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      assertionResults: z.array(z.object({ fullName: z.string(), status: z.string() })),
    }),
  ),
});

export type TestReport = z.infer<typeof testReport>;

export interface Counts {
  passed: number;
  failed: number;
  skippedNames: string[];
}

export function countTests(report: TestReport): Counts {
  const counts: Counts = { passed: 0, failed: 0, skippedNames: [] };
  for (const file of report.testResults) {
    for (const test of file.assertionResults) {
      if (test.status === "passed") counts.passed += 1;
      else if (test.status === "failed") counts.failed += 1;
      else counts.skippedNames.push(test.fullName);
    }
    const hasFailedTest = file.assertionResults.some((test) => test.status === "failed");
    if (file.status === "failed" && !hasFailedTest) counts.failed += 1;
  }
  return counts;
}

const isFailed = ({ status }: { status: string }) => status === "failed";

export const failedFiles = ({ testResults }: TestReport): string[] =>
  testResults
    .filter((file) => isFailed(file) || file.assertionResults.some(isFailed))
    .map(({ name }) => name);

/** Tests that failed the first time and passed the second. */
export function unsteady(first: TestReport, second: TestReport): string[] {
  const passed = new Set(
    second.testResults.flatMap(({ name, assertionResults }) =>
      assertionResults
        .filter(({ status }) => status === "passed")
        .map(({ fullName }) => `${name} › ${fullName}`),
    ),
  );
  return first.testResults
    .flatMap(({ name, assertionResults }) =>
      assertionResults.filter(isFailed).map(({ fullName }) => `${name} › ${fullName}`),
    )
    .filter((name) => passed.has(name));
}
