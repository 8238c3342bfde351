// changed_files: what the agent changed in the folder so far. reset_sandbox: forgets what was kept.
import * as z from "zod";
import type { Tool } from "../../../core/ports.ts";
import { defineTool } from "../define-tool.ts";
import type { RunParts } from "./run-program.ts";
import { changesLine, languageNames } from "./words.ts";

export function changedFilesTool({ files }: RunParts): Tool {
  return defineTool({
    name: "changed_files",
    family: "sandbox",
    title: "List what changed",
    description:
      "The files that programs and tools created, changed or deleted in the session's folder since the session began, in sum.",
    effect: "read",
    input: z.object({}),
    plan: (_input, { workspace }) => ({
      ...{ summary: "list what changed", effect: "read", hosts: [], fields: [] },
      paths: workspace === null ? [] : [workspace],
      sentence: "List what changed in the folder.",
    }),
    async run(_input, { sessionId }) {
      const line = changesLine(await files.changes(sessionId), 0);
      return {
        text: line === "" ? "Nothing was changed." : line,
        view: { kind: "text" },
        labels: ["private"],
      };
    },
  });
}

export function resetSandboxTool({ plans, sandboxes }: RunParts): Tool {
  return defineTool({
    name: "reset_sandbox",
    family: "sandbox",
    title: "Reset the sandbox",
    description:
      "Forgets what Python or Node kept across calls. With `everything` the sandbox itself is ended too, with its processes, installed packages and temporary files; the session's folder stays.",
    effect: "run_code",
    input: z.object({ what: z.enum(["python", "node", "everything"]) }),
    plan: ({ what }, context) =>
      plans.plan(
        {
          summary: what === "everything" ? "reset the sandbox" : `reset ${languageNames[what]}`,
          deed:
            what === "everything"
              ? "End everything that runs and start afresh"
              : `Forget what ${languageNames[what]} has kept`,
          code: { name: "what", value: what },
        },
        context,
      ),
    async run({ what }, { sessionId }) {
      const sandbox = sandboxes.current(sessionId);
      if (what === "everything") await sandbox?.close();
      else await sandbox?.reset(what);
      return { text: "Done. The next call starts afresh.", view: { kind: "text" }, labels: [] };
    },
  });
}
