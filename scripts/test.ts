// `npm test`: provisions, checks, builds and runs every test, and ends with one plain line of counts.
// In CI a test that is skipped because a part is missing counts as failed, and a few files that fail are
// run once more by themselves (docs/decisions/0029).
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { spawn } from "node:child_process";
import { main as build } from "./build.ts";
import { staticSteps } from "./check.ts";
import { provision } from "./provision.ts";
import { provisionEngine } from "./provision-engine.ts";
import { countFailed, projectEnv, runSteps } from "./steps.ts";
import { countTests, failedFiles, testReport, type TestReport, unsteady } from "./test-report.ts";

const reportFile = "test-results/report.json";

export async function main(args: string[]): Promise<number> {
  await provision();
  // Making images takes long and little of this machine: the checks run meanwhile.
  const provisioning = provisionEngine();
  const failedChecks = countFailed(await runSteps(staticSteps));
  const failedBuilds = await build();
  const engine = await provisioning;
  const isCi = process.env["CI"] === "true";
  const report = await runTests(args, engine.env, isCi).finally(engine.stop);
  const counts = countTests(report);
  if (isCi) counts.skippedNames.forEach((name) => console.log(`skipped in CI, so failed: ${name}`));
  const failed =
    counts.failed + failedChecks + failedBuilds + (isCi ? counts.skippedNames.length : 0);
  const skipped = isCi ? 0 : counts.skippedNames.length;
  const more = skipped > 0 ? `, ${skipped} skipped` : "";
  console.log(`${counts.passed} passed, ${failed} failed${more}`);
  return failed === 0 ? 0 : 1;
}

/** How an error is reported that no test owns. */
const outsideTests = "outside any test";
/** More failures than that are no accident of a busy machine. */
const mostFilesAgain = 5;

async function runTests(
  args: string[],
  env: Record<string, string>,
  isCi: boolean,
): Promise<TestReport> {
  const first = await runVitest(args, env);
  const again = failedFiles(first);
  const isFew = again.length > 0 && again.length <= mostFilesAgain;
  if (!isCi || !isFew || again.includes(outsideTests)) return first;
  console.log(`once more, by themselves: ${again.join(", ")}`);
  const second = await runVitest(again, env);
  for (const name of unsteady(first, second)) console.log(`passed only by itself: ${name}`);
  const others = first.testResults.filter((file) => !again.includes(file.name));
  return { testResults: [...others, ...second.testResults] };
}

async function runVitest(args: string[], env: Record<string, string>): Promise<TestReport> {
  rmSync(reportFile, { force: true });
  mkdirSync("test-results", { recursive: true });
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${reportFile}`];
  const isGreen = await new Promise<boolean>((resolve) => {
    const child = spawn("vitest", ["run", ...reporters, ...args], {
      env: { ...projectEnv(), ...env },
      shell: process.platform === "win32",
      stdio: ["ignore", "inherit", "inherit"],
    });
    child.once("error", () => resolve(false));
    child.once("close", (code) => resolve(code === 0));
  });
  const report = readReport();
  if (isGreen || failedFiles(report).length > 0) return report;
  const outside = { name: outsideTests, status: "failed", assertionResults: [] };
  return { testResults: [...report.testResults, outside] };
}

function readReport(): TestReport {
  try {
    return testReport.parse(JSON.parse(readFileSync(reportFile, "utf8")));
  } catch (error) {
    console.log(`vitest left no readable report: ${String(error)}`);
    return { testResults: [] };
  }
}
