// For tests: the family over fake browsers and a real folder, planned and run as the loop does.
import type { PermissionMode } from "../../../contract/session.ts";
import type { FileEffect, Label, Verdict } from "../../../contract/tool.ts";
import { decide } from "../../../core/permission/policy.ts";
import type { CallPlan, Tool, ToolContext, ToolResult } from "../../../core/ports.ts";
import { createFakeBrowsers, type FakeBrowsersSetup } from "../../../testing/fake-browsers.ts";
import { createMemoryStore } from "../../../testing/memory-store.ts";
import { createFileJournal } from "../files/file-journal.ts";
import { createTakeIn } from "../files/take-in.ts";
import { contextFor, temporaryWorkspace } from "../files/temporary-workspace.fixture.ts";
import { createBrowserTools } from "./browser-tools.ts";

export type ToolsOptions = FakeBrowsersSetup & {
  /** Files of the workspace; null: there is none. */
  files?: Record<string, string> | null;
};

export async function browserTools(options: ToolsOptions = {}) {
  const folder = options.files === null ? null : await temporaryWorkspace(options.files ?? {});
  const { attachments } = createMemoryStore({ clock: { now: () => 0 } });
  const browsers = createFakeBrowsers(options);
  const own = { hides: () => Promise.resolve(false) };
  const files = createTakeIn(createFileJournal(attachments), own);
  const tools = createBrowserTools({ browsers, attachments, files });
  const byName = new Map(tools.map((tool) => [tool.description.name, tool]));
  const changes: FileEffect[] = [];
  const context: ToolContext = {
    ...contextFor(folder?.root ?? null),
    changed: (effects) => void changes.push(...effects),
  };
  const toolOf = (name: string): Tool => {
    const tool = byName.get(name);
    if (!tool) throw new Error(`no tool ${name}`);
    return tool;
  };
  const read = (name: string, input: unknown) => {
    const parsed = toolOf(name).parse(input);
    if (!parsed.ok) throw new Error(parsed.problem);
    return parsed.input;
  };
  const plan = (name: string, input: unknown = {}): Promise<CallPlan> =>
    toolOf(name).plan(read(name, input), context);
  async function run(name: string, input: unknown = {}): Promise<ToolResult> {
    const running = toolOf(name).run(read(name, input), context);
    for (;;) {
      const step = await running.next();
      if (step.done) return step.value;
    }
  }
  return {
    ...{ tools, browsers, changes, context, plan, run, attachments },
    root: folder?.root ?? "",
    base: folder?.base ?? "",
    /** Plans first, as the loop does. */
    async call(name: string, input: unknown = {}): Promise<ToolResult> {
      await plan(name, input);
      return run(name, input);
    },
    number: (name: string) => browsers.browser(context.sessionId).number(name),
    browser: () => browsers.browser(context.sessionId),
    verdict(tool: string, given: CallPlan, mode: PermissionMode, labels: Label[] = []): Verdict {
      const { sessionId, workspace } = context;
      const common = { by: "agent" as const, grants: [], offline: false, sessionId, workspace };
      return decide({ ...common, tool, plan: given, mode, labels: new Set(labels) }).verdict;
    },
  };
}
