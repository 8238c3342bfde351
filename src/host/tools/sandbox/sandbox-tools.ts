// The sandbox family: what an agent or a person can run. Add a verb: one file, one line here.
import type { Tool } from "../../../core/ports.ts";
import { installPackagesTool } from "./install-packages.ts";
import { changedFilesTool, resetSandboxTool } from "./look-and-reset.ts";
import { createPastRuns } from "./past-runs.ts";
import { processTools } from "./process-tools.ts";
import { runCodeTools } from "./run-code-tools.ts";
import { createRunPlans } from "./run-plan.ts";
import type { SandboxToolsSetup } from "./setup.ts";

export function createSandboxTools(setup: SandboxToolsSetup): Tool[] {
  const parts = { ...setup, plans: createRunPlans(setup), past: createPastRuns() };
  return [
    ...runCodeTools(parts),
    ...processTools(parts),
    installPackagesTool(parts),
    changedFilesTool(parts),
    resetSandboxTool(parts),
  ];
}
