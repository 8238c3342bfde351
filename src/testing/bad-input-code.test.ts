// Holds docs/bad-input.md to what is said of code that runs, and of terminals.
import { describe, expect, it } from "vitest";
import { CallId, SessionId } from "../contract/ids.ts";
import type { ToolContext } from "../core/ports.ts";
import { createTerminalCalls } from "../host/terminals/terminal-calls.ts";
import { createSandboxTools } from "../host/tools/sandbox/sandbox-tools.ts";
import { blockedLine, endingOf } from "../host/tools/sandbox/words.ts";
import { holdsOwnData } from "../host/tools-of.ts";
import { badInputPage, documented } from "./bad-input-document.ts";
import { createFakeSandboxes } from "./fake-sandboxes.ts";
import { createMemoryStore } from "./memory-store.ts";

const sandboxes = createFakeSandboxes();
const tools = new Map(
  createSandboxTools({
    ...{ sandboxes, now: () => 0, running: () => () => undefined },
    attachments: createMemoryStore({ clock: { now: () => 0 } }).attachments,
    network: { allowedHosts: () => [], reached: () => 0 },
    files: {
      before: () => Promise.resolve({ effects: () => Promise.resolve([]) }),
      folderOf: () => Promise.resolve(null),
      refusal: () => Promise.resolve(null),
      changes: () => Promise.resolve([]),
    },
  }).map((tool) => [tool.description.name, tool]),
);
const sessionId = SessionId.parse("s");
const contextOf = (): ToolContext => ({
  ...{ sessionId, callId: CallId.parse("c"), workspace: null },
  signal: new AbortController().signal,
  changed: () => undefined,
});

/** What the call says in place of running. */
async function refusal(name: string, input: unknown, beforeRun?: () => void): Promise<unknown> {
  const tool = tools.get(name);
  const parsed = tool?.parse(input);
  if (!tool || !parsed?.ok) throw new Error(`no call: ${name}`);
  const context = contextOf();
  try {
    await tool.plan(parsed.input, context);
    beforeRun?.();
    await tool.run(parsed.input, context).next();
  } catch (error) {
    return error;
  }
  return expect.unreachable();
}

describe("docs/bad-input.md", () => {
  it.each(["timeout", "memory", "processes", "disk", "lost"] as const)(
    "has why a program was ended: %s",
    (ended) => {
      for (const sentence of (endingOf(ended, 120_000) ?? "").match(/[^.]+\./g) ?? [])
        expect(badInputPage).toContain(sentence.trim());
    },
  );

  it("has what is said of hosts", async () => {
    const [unasked = "", private_ = ""] = [
      blockedLine(["HOST"], []),
      blockedLine(["HOST"], ["HOST"]),
    ];
    for (const part of [...unasked.split(" If "), private_])
      expect(badInputPage).toContain(part.replace(/^that/, "If that"));
    documented(await refusal("run_shell", { command: "x", hosts: ["*.com"] }));
  });

  it("has what cannot be installed", async () => {
    const install = (language: string, name: string) =>
      refusal("install_packages", { language, packages: [name] });
    documented(await install("system", "gcc"));
    documented(await install("python", "--index-url=x"));
  });

  it("has why a call did not run", async () => {
    documented(holdsOwnData());
    await sandboxes.open(sessionId, { signal: contextOf().signal, onProgress: () => undefined });
    documented(await refusal("stop_process", { process_id: "p9" }));
    await sandboxes.current(sessionId)?.close();
    const lost = () => void (sandboxes.tier = "machine");
    documented(await refusal("run_shell", { command: "ls" }, lost));
  });

  it("has what is said of terminals", async () => {
    const calls = createTerminalCalls({
      newId: () => "t",
      checkSession: () => undefined,
      open: {
        sandbox: () => Promise.reject(new Error("not asked for")),
        machine: () => Promise.reject(new Error("not asked for")),
      },
    });
    const connection = { push: () => undefined, onClose: () => undefined };
    const asked = { sessionId, place: "machine", cols: 80, rows: 24 } as const;
    const attempts = [
      async () => calls["terminal.open"](asked, connection),
      async () => calls["terminal.write"]({ terminalId: "t", text: "x" }, connection),
    ];
    for (const attempt of attempts)
      documented(
        await attempt().then(
          () => expect.unreachable(),
          (error: unknown) => error,
        ),
      );
  });
});
