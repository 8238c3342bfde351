// run_python, run_node, run_shell, and execute_in_sandbox, the name that models know from elsewhere.
import * as z from "zod";
import type { SandboxLanguage } from "../../../contract/sandbox.ts";
import type { Tool } from "../../../core/ports.ts";
import { sandboxWorkspace } from "../../../core/sandbox-ports.ts";
import { defineTool } from "../define-tool.ts";
import { runProgram, type RunParts } from "./run-program.ts";
import { languageNames, titleOf } from "./words.ts";

const maxCodeChars = 500_000;
const code = (what: string) => z.string().min(1).max(maxCodeChars).describe(what);
const usual = {
  timeout_seconds: z.int().min(1).max(3_600).default(120).describe("Ended after this long"),
  hosts: z
    .array(z.string().max(300))
    .max(20)
    .default([])
    .describe("Hosts it needs, like api.example.com; the person is asked. Without: no network"),
  stdin: z.string().max(1_000_000).optional().describe("Standard input"),
};
const fresh = z
  .boolean()
  .default(false)
  .describe("true: in a process of its own, which sees nothing kept and keeps nothing");

type Usual = { timeout_seconds: number; hosts: string[]; stdin?: string | undefined };

/** What every one of them says of where it runs. */
const place = `Runs in a sandbox, in ${sandboxWorkspace}, the session's folder; nothing else of the machine is there.`;
const looks =
  "Long output is cut in the middle and kept whole. The result names files that changed.";

export function runCodeTools(parts: RunParts): Tool[] {
  return [
    defineTool({
      ...words("run_python", "Run Python"),
      description:
        `Runs Python. Variables and imports stay for the next call, like in a notebook, and the value of the last expression is printed. ` +
        `${place} numpy, pandas, matplotlib, requests, openpyxl and pypdf are there; open figures and a table as last value are shown to the person. ${looks}`,
      input: z.object({ code: code("Python 3"), fresh, ...usual }),
      plan: ({ code, hosts }, context) => parts.plans.plan(planned("python", code, hosts), context),
      run: ({ code, fresh, ...rest }, context) =>
        runProgram(parts, requestOf("python", code, fresh, rest), context),
    }),
    defineTool({
      ...words("run_node", "Run JavaScript"),
      description:
        `Runs JavaScript in Node. Variables stay for the next call, await works at the top level, and the value of the last expression is printed. ` +
        `${place} ${looks}`,
      input: z.object({ code: code("JavaScript, or import(…) for modules"), fresh, ...usual }),
      plan: ({ code, hosts }, context) => parts.plans.plan(planned("node", code, hosts), context),
      run: ({ code, fresh, ...rest }, context) =>
        runProgram(parts, requestOf("node", code, fresh, rest), context),
    }),
    defineTool({
      ...words("run_shell", "Run a shell command"),
      description:
        `Runs a command with bash, each time afresh. ${place} It is not root and nothing can be installed with apt; use install_packages. ` +
        `What runs long or serves something: start_process. ${looks}`,
      input: z.object({ command: code("Bash"), ...usual }),
      plan: ({ command, hosts }, context) =>
        parts.plans.plan(planned("shell", command, hosts), context),
      run: ({ command, ...rest }, context) =>
        runProgram(parts, requestOf("shell", command, true, rest), context),
    }),
    defineTool({
      ...words("execute_in_sandbox", "Run code"),
      description:
        "Another name for run_python, run_node and run_shell, with the language as an input.",
      input: z.object({
        language: z.enum(["python", "node", "javascript", "shell", "bash"]),
        code: code("The program or the command"),
        ...usual,
      }),
      plan: ({ language, code, hosts }, context) =>
        parts.plans.plan(planned(known[language], code, hosts), context),
      run: ({ language, code, ...rest }, context) =>
        runProgram(parts, requestOf(known[language], code, false, rest), context),
    }),
  ];
}

const known = {
  python: "python",
  node: "node",
  javascript: "node",
  shell: "shell",
  bash: "shell",
} as const;

const words = (name: string, title: string) =>
  ({ name, title, family: "sandbox", effect: "run_code" }) as const;

const deeds: Record<SandboxLanguage, string> = {
  python: "Run this Python program",
  node: "Run this JavaScript program",
  shell: "Run this shell command",
};

const planned = (language: SandboxLanguage, code: string, hosts: readonly string[]) => ({
  summary: `run ${languageNames[language]}: ${titleOf(code)}`,
  deed: deeds[language],
  code: { name: language === "shell" ? "command" : "code", value: code },
  hosts,
});

const requestOf = (
  language: SandboxLanguage,
  code: string,
  isFresh: boolean,
  { timeout_seconds, hosts, stdin }: Usual,
) => ({
  language,
  code,
  hosts,
  fresh: isFresh,
  timeoutMs: timeout_seconds * 1_000,
  ...(stdin === undefined ? {} : { stdin }),
});
