// `npm run check`: types in every environment, room borders, lint, format, unit tests; a minute or two.
import { countFailed, runSteps, secondsSince, type Step } from "./steps.ts";

const unitTests: Step = {
  name: "unit tests",
  command: ["vitest", "run", "--project", "unit", "--project", "renderer", "--passWithNoTests"],
};

/** The parts that run no product code, the slowest first. */
export const staticSteps: Step[] = [
  {
    name: "lint",
    command: [
      "eslint",
      ".",
      "--max-warnings=0",
      "--cache",
      "--cache-location",
      "node_modules/.cache/eslint/",
    ],
  },
  {
    name: "types: page",
    command: ["svelte-check", "--tsconfig", "tsconfig.web.json", "--fail-on-warnings"],
  },
  types("node", "tsconfig.json"),
  types("desktop", "tsconfig.desktop.json"),
  types("preload", "tsconfig.preload.json"),
  types("browser tests", "tsconfig.browser-tests.json"),
  types("service worker", "tsconfig.worker.json"),
  types("pure rooms", "tsconfig.pure.json"),
  {
    name: "format",
    command: ["prettier", "--check", ".", "--cache", "--log-level=warn"],
  },
  {
    name: "rooms",
    command: ["depcruise", "--config", ".dependency-cruiser.cjs", "-T", "err-long", "src"],
  },
];

export async function main(): Promise<number> {
  const startMs = performance.now();
  const failed = countFailed(await runSteps([unitTests, ...staticSteps]));
  const verdict = failed === 0 ? "all good" : `${failed} to fix`;
  console.log(`check: ${verdict}, ${secondsSince(startMs).toFixed(0)} s`);
  return failed === 0 ? 0 : 1;
}

function types(name: string, project: string): Step {
  return {
    name: `types: ${name}`,
    command: [
      "tsc",
      "-p",
      project,
      "--incremental",
      "--tsBuildInfoFile",
      `node_modules/.cache/tsc/${project}.tsbuildinfo`,
    ],
  };
}
