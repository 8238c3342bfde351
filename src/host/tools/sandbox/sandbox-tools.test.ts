import { describe, expect, it } from "vitest";
import { AetheriaError } from "../../../contract/errors.ts";
import { CallId, SessionId } from "../../../contract/ids.ts";
import type { FileEffect } from "../../../contract/tool.ts";
import type { Tool, ToolContext, ToolResult } from "../../../core/ports.ts";
import type { RunEnd, RunPiece } from "../../../core/sandbox-ports.ts";
import { reachOf } from "../../../core/permission/reach.ts";
import { createFakeSandboxes, type FakeSandboxesSetup } from "../../../testing/fake-sandboxes.ts";
import { createMemoryStore } from "../../../testing/memory-store.ts";
import { createSandboxTools } from "./sandbox-tools.ts";
import type { SandboxToolsSetup } from "./setup.ts";

const png = Buffer.from("89504e47", "hex");
const out = (text: string): RunPiece => ({ type: "stdout", bytes: Buffer.from(text) });
const figure: RunPiece = {
  ...{ type: "display", mime: "image/png", name: "figure-1.png", title: "Sales", bytes: png },
};
const printing = (pieces: RunPiece[], end: Partial<RunEnd> = {}): FakeSandboxesSetup["run"] =>
  async function* () {
    yield* pieces;
    return end;
  };

type Options = FakeSandboxesSetup & {
  workspace?: string | null;
  allowed?: string[];
  reached?: () => number;
  effects?: (changed: RunEnd["changed"]) => FileEffect[];
  refusal?: AetheriaError;
};

function setup(options: Options = {}) {
  const { attachments } = createMemoryStore({ clock: { now: () => 0 } });
  const sandboxes = createFakeSandboxes(options);
  const changes: FileEffect[] = [];
  const board = new Set<string>();
  const stop = new AbortController();
  const needs: SandboxToolsSetup = {
    ...{ sandboxes, attachments, now: () => 0 },
    running(_sessionId, { title }) {
      board.add(title);
      return () => board.delete(title);
    },
    network: {
      allowedHosts: () => options.allowed ?? [],
      reached: options.reached ?? (() => 0),
    },
    files: {
      before: () =>
        Promise.resolve({
          effects: (changed) => Promise.resolve(options.effects?.([...changed]) ?? []),
        }),
      folderOf: () => Promise.resolve(null),
      refusal: () => Promise.resolve(options.refusal ?? null),
      changes: () => Promise.resolve([{ path: "a.txt", change: "modified" }]),
    },
  };
  const tools = new Map(createSandboxTools(needs).map((tool) => [tool.description.name, tool]));
  const context: ToolContext = {
    sessionId: SessionId.parse("session-1"),
    callId: CallId.parse("call-1"),
    workspace: options.workspace === undefined ? "/work/space" : options.workspace,
    signal: stop.signal,
    changed: (effects) => void changes.push(...effects),
  };
  const toolOf = (name: string): Tool => {
    const tool = tools.get(name);
    if (!tool) throw new Error(`no tool ${name}`);
    return tool;
  };
  const read = (name: string, input: unknown) => {
    const parsed = toolOf(name).parse(input);
    if (!parsed.ok) throw new Error(parsed.problem);
    return parsed.input;
  };
  const plan = (name: string, input: unknown) => toolOf(name).plan(read(name, input), context);
  const live: string[] = [];
  async function call(name: string, input: unknown, without?: "plan"): Promise<ToolResult> {
    if (without !== "plan") await plan(name, input);
    const running = toolOf(name).run(read(name, input), context);
    for (;;) {
      const next = await running.next();
      if (next.done) return next.value;
      live.push(next.value);
    }
  }
  return { board, sandboxes, attachments, tools, changes, stop, plan, call, live };
}

describe("a run", () => {
  it("says how it ended, where it ran and what it printed, and shows it while it does", async () => {
    const { call, live, sandboxes, board } = setup({
      run: async function* () {
        yield out("4");
        expect([...board]).toEqual(["print(42)"]);
        yield out("2\n");
      },
    });
    const result = await call("run_python", { code: "print(42)" });
    expect(result.text).toBe("Exit code 0, 0.31 s, 42 MB at its peak, in Docker.\nOutput:\n42");
    expect(result).toMatchObject({
      view: { kind: "run", language: "python", tier: "docker", code: "print(42)", exitCode: 0 },
      files: [],
      artifacts: [],
      labels: ["private"],
    });
    expect(live.join("")).toBe("42\n");
    expect(board.size).toBe(0);
    expect(sandboxes.requests).toMatchObject([
      { language: "python", fresh: false, timeoutMs: 120_000, hosts: [] },
    ]);
  });

  it.each([
    ["run_node", { code: "1" }, { language: "node", fresh: false }],
    ["run_shell", { command: "ls" }, { language: "shell", code: "ls" }],
    ["run_shell", { command: "cat", stdin: "x", timeout_seconds: "5" }, { timeoutMs: 5_000 }],
    ["execute_in_sandbox", { language: "bash", code: "ls" }, { language: "shell" }],
    ["execute_in_sandbox", { language: "javascript", code: "1" }, { language: "node" }],
    ["run_python", { code: "1", fresh: true }, { fresh: true }],
  ])("by %s with %j asks for it", async (name, input, request) => {
    const { call, sandboxes } = setup({ run: printing([]) });
    expect((await call(name, input)).text).toContain("It printed nothing.");
    expect(sandboxes.requests).toMatchObject([request]);
  });

  it("has what it drew and saved as cards, and lets a model that sees look at the pictures", async () => {
    const effects = (): FileEffect[] => [
      { root: "/work/space", path: "chart.png", before: "absent", after: saved.sha256 },
      { root: "/work/space", path: "notes.bin", before: "absent", after: saved.sha256 },
    ];
    const { call, changes, attachments } = setup({
      run: printing([figure], { changed: [{ path: "chart.png", change: "created" }] }),
      effects,
    });
    const saved = await attachments.put(Buffer.from("picture"), "file", "any");
    const result = await call("run_python", { code: "plot()" });
    expect(result.artifacts).toMatchObject([
      { kind: "chart", title: "Sales", file: { name: "figure-1.png", mime: "image/png" } },
      { kind: "image", title: "chart.png", file: { name: "chart.png", sizeBytes: 7 } },
    ]);
    expect(result.files?.map(({ name }) => name)).toEqual(["figure-1.png", "chart.png"]);
    expect(result.text).toContain("Created chart.png.\nShown to the person: Sales, chart.png.");
    expect(changes).toHaveLength(2);
  });

  it("keeps a long output whole, shows the model its ends and the way to the rest", async () => {
    const lines = Array.from({ length: 30_000 }, (_, n) => `line ${n + 1}\n`);
    const { call } = setup({ run: printing(lines.map(out)) });
    const result = await call("run_shell", { command: "seq" });
    const [file] = result.files ?? [];
    expect(file).toMatchObject({ name: "output.txt", sizeBytes: lines.join("").length });
    expect(result.view).toMatchObject({ outputBytes: lines.join("").length });
    expect(result.text.length).toBeLessThan(13_000);
    expect(result.text).toContain('process_output with process_id "call-1"');
    const part = await call("process_output", { process_id: "call-1", from: 100_000 });
    expect(part.text).toContain(lines.join("").slice(100_000, 100_100));
    expect(part.text).toContain("Go on with from: 112000.");
  });

  it("lets nothing that steers a terminal through", async () => {
    const { call, live } = setup({ run: printing([out("\u001b[31mred\u001b]0;x\u0007\n")]) });
    const result = await call("run_shell", { command: "ls" });
    expect(JSON.stringify([result, live])).not.toMatch(/\\u001b|\\u0007/);
    expect(result.text).toContain("red");
  });

  it.each([
    ["timeout", "the time it had. Give it more timeout_seconds"],
    ["memory", "needed more memory than the sandbox has"],
    ["processes", "more processes than the sandbox allows"],
    ["disk", "more to the disk than the sandbox allows"],
    ["lost", "The next call gets a fresh one."],
  ] as const)(
    "that is ended for %s says so, with the fix, and is a result",
    async (ended, says) => {
      const { call } = setup({
        run: printing([out("half")], { ended, exitCode: null, stateLost: true }),
      });
      const { text, view } = await call("run_python", { code: "1" });
      expect(text).toMatch(/^Ended by force/);
      expect(text).toContain(says);
      expect(text).toContain("What Python had kept from earlier calls is gone.");
      expect(text).toContain("half");
      expect(view).toMatchObject({
        exitCode: null,
        ended: expect.stringContaining(says) as string,
      });
    },
  );

  it("that was stopped is no result, and what it changed is told all the same", async () => {
    const effect: FileEffect = { root: "/w", path: "a", before: "absent", after: "unkept" };
    const { call, stop, changes } = setup({
      run: async function* (_request, signal) {
        yield out("x");
        stop.abort();
        expect(signal.aborted).toBe(true);
        return { ended: "stopped", exitCode: null };
      },
      effects: () => [effect],
    });
    await expect(call("run_shell", { command: "sleep" })).rejects.toMatchObject({
      code: "cancelled",
    });
    expect(changes).toEqual([effect]);
  });

  it("names the hosts that were refused and how to ask for them", async () => {
    const { call } = setup({ run: printing([], { blockedHosts: ["pypi.org"] }) });
    const { text, view } = await call("run_python", { code: "1" });
    expect(text).toContain("It tried to reach pypi.org and was refused");
    expect(text).toContain('call again with hosts: ["pypi.org"]; the person is asked first.');
    expect(view).toMatchObject({ blockedHosts: ["pypi.org"] });
  });

  it("does not send the model to ask again for what was allowed and is in no one's reach", async () => {
    const { call } = setup({ run: printing([], { blockedHosts: ["10.0.0.1", "b.example"] }) });
    const { text } = await call("run_python", { code: "1", hosts: ["10.0.0.1"] });
    expect(text).toContain('call again with hosts: ["b.example"]');
    expect(text).toContain("It could not reach 10.0.0.1: Aetheria is offline, or");
  });

  it("is untrusted once its code has reached a host", async () => {
    let reached = 0;
    const { call } = setup({
      workspace: null,
      reached: () => reached,
      run: async function* () {
        yield out("x");
        reached += 1;
      },
    });
    expect((await call("run_shell", { command: "curl" })).labels).toEqual(["untrusted"]);
    expect(
      (
        await setup({ run: printing([]), workspace: null }).call("run_shell", {
          command: "ls",
        })
      ).labels,
    ).toEqual([]);
  });

  it("tells of an image that is being built meanwhile, and of why there is no sandbox", async () => {
    const { call, live, sandboxes } = setup({
      run: printing([]),
      opening: async ({ onProgress }) => {
        onProgress("Step 1 of 3");
        await Promise.resolve();
        onProgress("Step 2 of 3");
        if (sandboxes.tier === null)
          throw new AetheriaError("part_missing", "There is no sandbox here.", {
            hint: "Get one.",
          });
      },
    });
    await call("run_shell", { command: "ls" });
    expect(live.join("")).toBe("Step 1 of 3\nStep 2 of 3\n");
    sandboxes.tier = null;
    await expect(call("run_shell", { command: "ls" })).rejects.toMatchObject({
      code: "part_missing",
    });
  });

  it("ends its program when the disk of the host is full", async () => {
    let ended = false;
    const { call, attachments } = setup({
      run: async function* (_request, signal) {
        for (let n = 0; n < 1_000 && !signal.aborted; n += 1) yield out("x".repeat(10_000));
        ended = signal.aborted;
      },
    });
    attachments.openWriter = () =>
      Promise.reject(new AetheriaError("disk_full", "The disk is full."));
    await expect(call("run_shell", { command: "yes" })).rejects.toMatchObject({
      code: "disk_full",
    });
    expect(ended).toBe(true);
  });
});

describe("the plan of a run", () => {
  it("is code in a sandbox, and names the folder it may change", async () => {
    const { plan } = setup();
    expect(await plan("run_python", { code: "import os\nprint(1)" })).toMatchObject({
      summary: "run Python: print(1)",
      effect: "run_code",
      paths: ["/work/space"],
      hosts: [],
      sentence: "Run this Python program in the sandbox.",
    });
  });

  it("is a change of this machine where there is no wall", async () => {
    const { plan } = setup({ tier: "machine" });
    for (const [name, input] of [
      ["run_python", { code: "1" }],
      ["start_process", { command: "x" }],
      ["install_packages", { language: "python", packages: ["a"] }],
    ] as const)
      expect(await plan(name, input)).toMatchObject({
        effect: "write_machine",
        sentence: expect.stringContaining("on this machine, without a sandbox") as string,
      });
  });

  it("sends what it can read where it asks for a host: code with a network", async () => {
    const { plan } = setup();
    const hosts = ["https://API.Example.com/v1", "b.example:8443"];
    const planned = await plan("run_python", { code: "post()", hosts });
    expect(planned).toMatchObject({
      hosts: ["api.example.com", "b.example:8443"],
      leaving: {
        to: "api.example.com, b.example:8443",
        what: [{ name: "code", value: "post()" }, { value: "/work/space" }],
      },
    });
    expect(reachOf(planned)).toBe("leaves_machine");
    await expect(plan("run_python", { code: "1", hosts: ["*.com"] })).rejects.toMatchObject({
      code: "bad_input",
    });
  });

  it("does not ask again for what the person allowed this session", async () => {
    const { plan } = setup({ allowed: ["pypi.org", "files.pythonhosted.org"] });
    const planned = await plan("install_packages", { language: "python", packages: ["scipy"] });
    expect(planned.leaving).toBeUndefined();
    expect(planned.hosts).toEqual(["pypi.org", "files.pythonhosted.org"]);
  });

  it("refuses a folder that holds what code must not see", async () => {
    const refusal = new AetheriaError("refused", "No.");
    await expect(setup({ refusal }).plan("run_shell", { command: "ls" })).rejects.toBe(refusal);
  });

  it("holds: another wall than that is not used in its place", async () => {
    const { call, plan, sandboxes } = setup({ run: printing([]) });
    await plan("run_shell", { command: "ls" });
    sandboxes.tier = "machine";
    await expect(call("run_shell", { command: "ls" }, "plan")).rejects.toMatchObject({
      code: "refused",
    });
    expect(sandboxes.requests).toEqual([]);
  });
});

describe("a process that is left running", () => {
  it("is started, read, written to, listed and stopped", async () => {
    const { call, sandboxes } = setup();
    expect((await call("list_processes", {})).text).toBe("Nothing was started.");
    await expect(call("stop_process", { process_id: "p1" })).rejects.toMatchObject({
      code: "not_found",
    });
    const started = await call("start_process", { command: "python3 -m http.server" });
    expect(started.text).toContain('process_id "p1" in Docker');
    sandboxes.print("p1", "\u001b[1mready\u001b[0m\n");
    const { text } = await call("process_output", { process_id: "p1" });
    expect(text).toBe("ready\n[It is running. next: 14]");
    expect((await call("process_output", { process_id: "p1", from: 14 })).text).toContain(
      "Nothing new.",
    );
    await call("send_input", { process_id: "p1", text: "q\n", end: true });
    expect(sandboxes.written).toEqual(["q\n<end>"]);
    expect((await call("list_processes", {})).text).toContain("p1  is running  python3 -m");
    expect((await call("stop_process", { process_id: "p1" })).text).toContain("exit code 143");
    await expect(call("process_output", { process_id: "p9" })).rejects.toMatchObject({
      hint: "There are: p1.",
    });
  });
});

describe("install_packages", () => {
  it.each([
    ["python", "scipy[all]==1.*", "python3 -m pip install --user --break-system-packages"],
    ["node", "@scope/pkg@^1.2", "npm install --global"],
  ])("installs %s packages from their registry", async (language, name, begins) => {
    const { call, sandboxes } = setup({ run: printing([]) });
    await call("install_packages", { language, packages: [name] });
    expect(sandboxes.requests[0]?.code.startsWith(begins)).toBe(true);
    expect(sandboxes.requests[0]?.code.endsWith(`-- '${name}'`)).toBe(true);
    expect(sandboxes.requests[0]?.hosts?.length).toBeGreaterThan(0);
  });

  it.each(["--index-url=http://x", "a; rm -rf /", "a'b", "http://x/y.whl", "../x", "a b", "-e"])(
    "takes %s for no package",
    async (name) => {
      const { plan } = setup();
      for (const language of ["python", "node"])
        await expect(
          plan("install_packages", { language, packages: [name] }),
        ).rejects.toMatchObject({ code: "bad_input" });
    },
  );

  it("says why there is no apt", async () => {
    const { plan } = setup();
    await expect(
      plan("install_packages", { language: "system", packages: ["gcc"] }),
    ).rejects.toThrow("it has no root, and its system is read-only");
  });
});

describe("the rest", () => {
  it("lists what changed, and forgets on demand", async () => {
    const { call, sandboxes } = setup({ run: printing([]) });
    expect((await call("changed_files", {})).text).toBe("Changed a.txt.");
    await call("run_python", { code: "1" });
    await call("reset_sandbox", { what: "python" });
    expect(sandboxes.resets).toEqual(["python"]);
    await call("reset_sandbox", { what: "everything" });
    expect(sandboxes.current(SessionId.parse("session-1"))).toBeNull();
  });

  it("has names that are all of the family, and schemas that are objects", () => {
    const { tools } = setup();
    expect([...tools.keys()]).toEqual([
      "run_python",
      "run_node",
      "run_shell",
      "execute_in_sandbox",
      "start_process",
      "process_output",
      "send_input",
      "stop_process",
      "list_processes",
      "install_packages",
      "changed_files",
      "reset_sandbox",
    ]);
    for (const { description } of tools.values()) {
      expect(description.family).toBe("sandbox");
      expect(description.inputSchema["type"]).toBe("object");
    }
  });
});
