// For tests: a real folder tree that is removed when the test ends, and a way to run a tool in it.
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import { CallId, SessionId } from "../../../contract/ids.ts";
import type { Clock, Tool, ToolContext, ToolResult } from "../../../core/ports.ts";

import { createMemoryStore } from "../../../testing/memory-store.ts";
import { createFileJournal } from "./file-journal.ts";
import type { FileJournal } from "./file-journal.ts";

export type TemporaryWorkspace = { base: string; root: string; context: ToolContext };

/** `files` maps paths to contents; `->target` makes a link. `base` holds the workspace (`root`) and
 * whatever a test wants outside of it. */
export async function temporaryWorkspace(
  files: Record<string, string | Uint8Array> = {},
): Promise<TemporaryWorkspace> {
  const base = await realpath(await mkdtemp(join(tmpdir(), "aetheria-files-")));
  onTestFinished(() => rm(base, { recursive: true, force: true }));
  const root = join(base, "workspace");
  await mkdir(root);
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    if (typeof content === "string" && content.startsWith("->"))
      await symlink(content.slice(2), join(root, path));
    else await writeFile(join(root, path), content);
  }
  return { base, root, context: contextFor(root) };
}

export function contextFor(
  workspace: string | null,
  signal = new AbortController().signal,
): ToolContext {
  return {
    sessionId: SessionId.parse("session-1"),
    callId: CallId.parse("call-1"),
    workspace,
    signal,
    changed: () => {},
  };
}

/** Keeps contents in memory. */
export const memoryJournal = (): FileJournal =>
  createFileJournal(createMemoryStore({ clock: { now: () => 0 } }).attachments);

/** Parses, plans, foresees and runs, as the loop does. */
export async function runTool(
  tool: Tool,
  input: unknown,
  context: ToolContext,
): Promise<ToolResult> {
  const parsed = tool.parse(input);
  if (!parsed.ok) throw new Error(parsed.problem);
  await tool.plan(parsed.input, context);
  await tool.foresee?.(parsed.input, context);
  const running = tool.run(parsed.input, context);
  for (;;) {
    const step = await running.next();
    if (step.done) return step.value;
  }
}

export function fixedClock(start = 1_700_000_000_000): Clock & { set(now: number): void } {
  let now = start;
  return {
    now: () => now,
    sleep: () => Promise.resolve(),
    set: (value) => {
      now = value;
    },
  };
}
