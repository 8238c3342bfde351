// Programs that are left running: start, read on, write to, stop, list. What they print is cut here
// too; the window shows all that is kept of it.
import * as z from "zod";
import { AetheriaError } from "../../../contract/errors.ts";
import type { SandboxProcess } from "../../../contract/sandbox.ts";
import type { Tool, ToolContext, ToolResult } from "../../../core/ports.ts";
import type { Sandbox } from "../../../core/sandbox-ports.ts";
import { defineTool } from "../define-tool.ts";
import { openSandbox } from "./open-sandbox.ts";
import { createPlainText } from "./plain-text.ts";
import { readHosts } from "../../../core/permission/named-hosts.ts";
import type { RunParts } from "./run-program.ts";
import { tierNames, titleOf } from "./words.ts";

const maxTextChars = 12_000;
const processId = z.string().min(1).max(64);

const words = (name: string, title: string) => ({ name, title, family: "sandbox" }) as const;

export function processTools(parts: RunParts): Tool[] {
  const { plans } = parts;
  const lookPlan = (summary: string) => ({
    ...{ summary, effect: "read" as const, paths: [], hosts: [], fields: [] },
    sentence: `${summary[0]?.toUpperCase()}${summary.slice(1)}.`,
  });
  const current = ({ sessionId }: ToolContext): Sandbox => {
    const sandbox = parts.sandboxes.current(sessionId);
    if (sandbox) return sandbox;
    throw new AetheriaError("not_found", "Nothing runs: this session has no sandbox now.", {
      hint: "Start it with start_process.",
    });
  };
  const labels = (context: ToolContext): ToolResult["labels"] => [
    ...(context.workspace === null ? [] : (["private"] as const)),
    ...(parts.network.reached(context.sessionId) > 0 ? (["untrusted"] as const) : []),
  ];
  const told = (context: ToolContext, text: string): ToolResult => ({
    text,
    view: { kind: "text" },
    labels: labels(context),
  });

  return [
    defineTool({
      ...words("start_process", "Start a program and leave it running"),
      description:
        "Starts a bash command in the sandbox and leaves it running: a server, a watcher, a long computation. " +
        "Returns a process_id for process_output, send_input and stop_process. It ends with the session's sandbox.",
      effect: "run_code",
      input: z.object({
        command: z.string().min(1).max(100_000).describe("Bash"),
        hosts: z.array(z.string().max(300)).max(20).default([]).describe("Hosts it needs"),
      }),
      plan: ({ command, hosts }, context) =>
        plans.plan(
          {
            summary: `start ${titleOf(command)}`,
            deed: "Start this command and leave it running",
            code: { name: "command", value: command },
            hosts,
          },
          context,
        ),
      async *run({ command, hosts }, context) {
        const sandbox = yield* openSandbox(parts.sandboxes, plans, context);
        const started = await sandbox.start(command, { hosts: readHosts(hosts) });
        return told(
          context,
          `Started with process_id "${started.processId}" in ${tierNames[sandbox.tier]}. process_output shows what it prints.`,
        );
      },
    }),
    defineTool({
      ...words("process_output", "Read what a program printed"),
      description:
        "What a running or ended process printed since `from`, or a part of the whole output of an earlier run. " +
        "The answer says where to go on.",
      effect: "read",
      input: z.object({
        process_id: processId.describe("From start_process, or named in a run's result"),
        from: z.int().min(0).default(0).describe("Bytes to skip: the `next` of the last answer"),
      }),
      plan: ({ process_id }) => lookPlan(`read the output of ${process_id}`),
      async run({ process_id, from }, context) {
        const file = parts.past.find(context.sessionId, process_id);
        if (file) {
          const { bytes, sizeBytes } = await parts.attachments.get(file.sha256, from, maxTextChars);
          const next = from + bytes.length;
          const more = next < sizeBytes ? `Go on with from: ${next}.` : "That is its end.";
          return told(
            context,
            `${plain(bytes)}\n[bytes ${from} to ${next} of ${sizeBytes}. ${more}]`,
          );
        }
        const sandbox = current(context);
        const found = find(sandbox, process_id);
        const { text, next, skippedBytes } = sandbox.output(process_id, from);
        return told(context, processText(found, { text, from, next, skippedBytes }));
      },
    }),
    defineTool({
      ...words("send_input", "Type into a running program"),
      description:
        "Writes text to the standard input of a process. Add a line end where one is meant.",
      effect: "run_code",
      input: z.object({
        process_id: processId,
        text: z.string().max(1_000_000),
        end: z.boolean().default(false).describe("Then close its input"),
      }),
      plan: ({ process_id, text }, context) =>
        plans.plan(
          {
            summary: `type into ${process_id}`,
            deed: `Type into the running program ${process_id}`,
            code: { name: "text", value: text },
          },
          context,
        ),
      async run({ process_id, text, end }, context) {
        const sandbox = current(context);
        find(sandbox, process_id);
        await sandbox.write(process_id, text, end);
        return told(context, "Written. process_output shows what it says to that.");
      },
    }),
    defineTool({
      ...words("stop_process", "Stop a running program"),
      description:
        "Ends a process with everything it started: asked first, by force after 2 seconds.",
      effect: "run_code",
      input: z.object({ process_id: processId }),
      plan: ({ process_id }, context) =>
        plans.plan(
          {
            summary: `stop ${process_id}`,
            deed: `Stop the running program ${process_id}`,
            code: { name: "process", value: process_id },
          },
          context,
        ),
      async run({ process_id }, context) {
        const sandbox = current(context);
        find(sandbox, process_id);
        return told(context, `Stopped: ${stateOf(await sandbox.stopProcess(process_id))}.`);
      },
    }),
    defineTool({
      ...words("list_processes", "List running programs"),
      description: "The processes that start_process started in this session, and how each stands.",
      effect: "read",
      input: z.object({}),
      plan: () => lookPlan("list running programs"),
      run: (_input, context) => {
        const found = parts.sandboxes.current(context.sessionId)?.processes() ?? [];
        const lines = found.map(
          (one) => `${one.processId}  ${stateOf(one)}  ${titleOf(one.command)}`,
        );
        return Promise.resolve(
          told(context, lines.length === 0 ? "Nothing was started." : lines.join("\n")),
        );
      },
    }),
  ];
}

function find(sandbox: Sandbox, processId: string): SandboxProcess {
  const found = sandbox.processes().find((one) => one.processId === processId);
  if (found) return found;
  const known = sandbox.processes().map((one) => one.processId);
  throw new AetheriaError("not_found", `There is no process “${processId}”.`, {
    hint: known.length === 0 ? "Nothing was started." : `There are: ${known.join(", ")}.`,
  });
}

type Printed = { text: string; from: number; next: number; skippedBytes: number };

function processText(process: SandboxProcess, { text, from, next, skippedBytes }: Printed): string {
  const clean = plain(Buffer.from(text));
  const shown = clean.slice(-maxTextChars);
  const left = clean.length - shown.length;
  const lost = skippedBytes > 0 ? `[${skippedBytes} older bytes are no longer kept.]\n` : "";
  const cut = left > 0 ? `[… ${left} characters left out; ask in smaller steps …]\n` : "";
  const printed = clean === "" ? (from === 0 ? "It printed nothing yet." : "Nothing new.") : shown;
  return `${lost}${cut}${printed.trimEnd()}\n[It ${stateOf(process)}. next: ${next}]`;
}

function plain(bytes: Uint8Array): string {
  const text = createPlainText();
  return text.push(bytes) + text.end();
}

function stateOf({ running, exitCode }: SandboxProcess): string {
  if (running) return "is running";
  return exitCode === null ? "was ended by force" : `ended with exit code ${exitCode}`;
}
