// The tools to begin with: those that need nothing that runs already.
import type { ToolDescription } from "../../contract/tool.ts";

export const firstTools = (tools: readonly ToolDescription[]): readonly ToolDescription[] =>
  tools.filter(
    ({ family, name }) =>
      (family !== "sandbox" || name.startsWith("run_")) &&
      (family !== "browser" || name === "browser_open"),
  );
