// `npm test`: provisions, checks, builds and runs every test, and ends with one plain line of counts.
// In CI a test that is skipped because a part is missing counts as failed.
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { spawn } from "node:child_process";
import type { z } from "zod";
import { main as build } from "./build.ts";
import { staticSteps } from "./check.ts";
import { provision } from "./provision.ts";
import { provisionEngine } from "./provision-engine.ts";
import { countFailed, projectEnv, runSteps } from "./steps.ts";
import { countTests, testReport, type Counts } from "./test-report.ts";

const reportFile = "test-results/report.json";

export async function main(args: string[]): Promise<number> {
  await provision();
  // Making images takes long and little of this machine: the checks run meanwhile.
  const provisioning = provisionEngine();
  const failedChecks = countFailed(await runSteps(staticSteps));
  const failedBuilds = await build();
  const engine = await provisioning;
  const counts = await runVitest(args, engine.env).finally(engine.stop);
  const isCi = process.env["CI"] === "true";
  if (isCi) counts.skippedNames.forEach((name) => console.log(`skipped in CI, so failed: ${name}`));
  const failed =
    counts.failed + failedChecks + failedBuilds + (isCi ? counts.skippedNames.length : 0);
  const skipped = isCi ? 0 : counts.skippedNames.length;
  const more = skipped > 0 ? `, ${skipped} skipped` : "";
  console.log(`${counts.passed} passed, ${failed} failed${more}`);
  return failed === 0 ? 0 : 1;
}

async function runVitest(args: string[], env: Record<string, string>): Promise<Counts> {
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
  const counts = countTests(readReport());
  // An error outside any test fails the run without failing a test.
  return isGreen || counts.failed > 0 ? counts : { ...counts, failed: 1 };
}

function readReport(): z.infer<typeof testReport> {
  try {
    return testReport.parse(JSON.parse(readFileSync(reportFile, "utf8")));
  } catch (error) {
    console.log(`vitest left no readable report: ${String(error)}`);
    return { testResults: [] };
  }
}
