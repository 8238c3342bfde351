import { mkdtempSync, mkdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { AetheriaError } from "../../contract/errors.ts";
import type { SessionId } from "../../contract/ids.ts";
import type { SandboxProcess, SandboxTier } from "../../contract/sandbox.ts";
import type { Sandbox } from "../../core/sandbox-ports.ts";
import { createSandboxes, type SandboxesOptions, type WallParts } from "./sandboxes.ts";
import type { Waiter } from "./shared-work.ts";
import type { Wall } from "./wall.ts";

const [one, two] = ["one" as SessionId, "two" as SessionId];
let dataDir = "";
beforeEach(() => void (dataDir = mkdtempSync(join(tmpdir(), "aetheria-sandboxes-"))));
afterEach(() => {
  vi.useRealTimers();
  rmSync(dataDir, { recursive: true, force: true });
});

type Fake = Sandbox & {
  lose(): void;
  isClosed: boolean;
  running: SandboxProcess[];
  workspace: string;
};

function fakeSandbox(tier: SandboxTier, workspace: string): Fake {
  const lost: (() => void)[] = [];
  const never = () => Promise.reject(new Error("not in this test"));
  const fake: Fake = {
    tier,
    workspace,
    isClosed: false,
    running: [],
    lose: () => lost.forEach((listener) => listener()),
    // eslint-disable-next-line require-yield
    async *run() {
      return {
        ...{ exitCode: 0, ended: null, stateLost: false, ms: 1, memoryPeakBytes: null },
        ...{ changed: [], moreChanges: 0, blockedHosts: [] },
      };
    },
    start: never,
    processes: () => fake.running,
    output: () => ({ text: "", next: 0, skippedBytes: 0 }),
    write: never,
    stopProcess: never,
    reset: never,
    openTerminal: never,
    usage: async () => null,
    onLost: (listener) => void lost.push(listener),
    close: async () => void (fake.isClosed = true),
  };
  return fake;
}

function fakeWall(tier: SandboxTier) {
  const made: Fake[] = [];
  const gate = {
    problem: null as AetheriaError | null,
    wait: Promise.resolve() as Promise<unknown>,
  };
  const waiters: Waiter[] = [];
  const wall: Wall = {
    look: async () => gate.problem ?? { tier, title: tier },
    async open(_sessionId, workspace, waiter) {
      waiters.push(waiter);
      await gate.wait;
      const sandbox = fakeSandbox(tier, workspace);
      made.push(sandbox);
      return sandbox;
    },
    close: async () => undefined,
  };
  return { wall, made, gate, waiters };
}

function setUp(change: Partial<SandboxesOptions> = {}) {
  const [docker, bubblewrap, machine] = [
    fakeWall("docker"),
    fakeWall("bubblewrap"),
    fakeWall("machine"),
  ];
  const changes: SessionId[] = [];
  const consent = new Set<SessionId>();
  const workspaces = new Map<SessionId, string>();
  let parts: WallParts | null = null;
  const sandboxes = createSandboxes({
    dataDir,
    clock: { now: () => Date.now() },
    log: () => undefined,
    walls(given) {
      parts = given;
      return [docker.wall, bubblewrap.wall];
    },
    machine: machine.wall,
    machineConsent: (sessionId) => consent.has(sessionId),
    workspaceOf: (sessionId) => workspaces.get(sessionId) ?? null,
    isSession: () => true,
    changed: (sessionId) => changes.push(sessionId),
    ...change,
  });
  const open = (sessionId: SessionId, signal = new AbortController().signal) =>
    sandboxes.open(sessionId, { signal, onProgress: () => undefined });
  const noDocker = new AetheriaError("part_missing", "Docker was not found.", { hint: "Get it." });
  const noBubblewrap = new AetheriaError("part_missing", "Bubblewrap is not installed.");
  const onBuild: WallParts["onBuild"] = (build) => parts?.onBuild(build);
  return {
    ...{ sandboxes, open, docker, bubblewrap, machine, changes, consent, workspaces },
    ...{ noDocker, noBubblewrap, onBuild },
  };
}

describe("the sandboxes of a host", () => {
  it("give a session one, to all who open it at once and later", async () => {
    const { open, docker, sandboxes } = setUp();
    const [first, second] = await Promise.all([open(one), open(one)]);
    expect(first).toBe(second);
    expect(await open(one)).toBe(first);
    expect(sandboxes.current(one)).toBe(first);
    expect(docker.made).toHaveLength(1);
  });

  it("never give two sessions the same one, nor the same scratch folder", async () => {
    const { open, docker } = setUp();
    await Promise.all([open(one), open(two)]);
    const [first, second] = docker.made;
    expect(first?.workspace).not.toBe(second?.workspace);
  });

  it("take the strongest wall there is, and say which", async () => {
    const { open, docker, sandboxes, noDocker } = setUp();
    docker.gate.problem = noDocker;
    expect(await sandboxes.tierFor(one)).toBe("bubblewrap");
    expect((await open(one)).tier).toBe("bubblewrap");
  });

  it("use the bare machine only with consent, and leave it when that is taken back", async () => {
    const { open, sandboxes, docker, bubblewrap, machine, consent, ...rest } = setUp();
    docker.gate.problem = rest.noDocker;
    bubblewrap.gate.problem = rest.noBubblewrap;
    await expect(open(one)).rejects.toMatchObject({
      code: "part_missing",
      message: expect.stringContaining("nothing was run. Docker was not found. Bubblewrap is not"),
      hint: "Get it.",
    });
    expect(await sandboxes.state(one)).toMatchObject({ tier: null, phase: "none" });
    consent.add(one);
    expect((await open(one)).tier).toBe("machine");
    await expect(open(two)).rejects.toMatchObject({ code: "part_missing" });
    consent.delete(one);
    await expect(open(one)).rejects.toMatchObject({ code: "part_missing" });
    expect(machine.made[0]?.isClosed).toBe(true);
  });

  it("replace one that was lost", async () => {
    const { open, docker, sandboxes } = setUp();
    const first = await open(one);
    docker.made[0]!.lose();
    expect(sandboxes.current(one)).toBeNull();
    expect(await open(one)).not.toBe(first);
    expect(docker.made[1]!.workspace).toBe(docker.made[0]!.workspace);
  });

  it("start another when the session gets another folder, or another one at the same path", async () => {
    const { open, docker, workspaces } = setUp();
    await open(one);
    const folder = join(dataDir, "project");
    mkdirSync(folder);
    workspaces.set(one, folder);
    await open(one);
    expect(docker.made[0]!.isClosed).toBe(true);
    expect(docker.made[1]!.workspace).toBe(folder);
    rmSync(folder, { recursive: true });
    mkdirSync(join(dataDir, "other"));
    mkdirSync(folder);
    await open(one);
    expect(docker.made[1]!.isClosed).toBe(true);
  });

  it("stop one that nobody uses, and not one with a program that runs", async () => {
    const { open, docker } = setUp({ idleMs: 1000 });
    await open(one);
    await open(two);
    vi.useFakeTimers();
    const drain = async (sessionId: SessionId) => {
      const sandbox = await open(sessionId);
      const request = { language: "python", code: "", fresh: false, timeoutMs: 1 } as const;
      for await (const _piece of sandbox.run(request, new AbortController().signal));
    };
    await drain(one);
    await drain(two);
    const running = { processId: "1", command: "", startedAt: 0, exitCode: null, running: true };
    docker.made[1]!.running = [running];
    await vi.advanceTimersByTimeAsync(1000);
    expect(docker.made.map(({ isClosed }) => isClosed)).toEqual([true, false]);
    docker.made[1]!.running = [];
    await vi.advanceTimersByTimeAsync(1000);
    expect(docker.made[1]!.isClosed).toBe(true);
  });

  it("tell those who look about an image that is being made", async () => {
    const { open, docker, sandboxes, onBuild, changes } = setUp();
    const { promise, resolve } = Promise.withResolvers<void>();
    docker.gate.wait = promise;
    const opening = open(one);
    await vi.waitFor(() => expect(docker.waiters).toHaveLength(1));
    expect((await sandboxes.state(one)).phase).toBe("starting");
    const build = { image: "full", step: "Step 2 of 5: apt-get update", done: 1, total: 5 };
    onBuild(build);
    expect(await sandboxes.state(one)).toMatchObject({ phase: "building", build });
    expect(await sandboxes.state(two)).toMatchObject({ phase: "none", build: null });
    onBuild(null);
    resolve();
    await opening;
    expect((await sandboxes.state(one)).phase).toBe("ready");
    expect(changes).not.toContain(two);
  });

  it("let go of a start that nobody waits for any more", async () => {
    const { open, docker, sandboxes } = setUp();
    const { promise, resolve } = Promise.withResolvers<void>();
    docker.gate.wait = promise;
    const controller = new AbortController();
    const opening = open(one, controller.signal);
    await vi.waitFor(() => expect(docker.waiters).toHaveLength(1));
    controller.abort();
    await expect(opening).rejects.toMatchObject({ code: "cancelled" });
    expect(docker.waiters[0]!.signal.aborted).toBe(true);
    resolve();
    await vi.waitFor(() => expect(docker.made[0]?.isClosed).toBe(true));
    expect(sandboxes.current(one)).toBeNull();
  });

  it("leave nothing when the host closes, not even what was starting", async () => {
    const { open, docker, sandboxes } = setUp();
    await open(one);
    const starting = open(two);
    await sandboxes.close();
    await expect(starting).rejects.toMatchObject({ code: "cancelled" });
    expect(docker.made.every(({ isClosed }) => isClosed)).toBe(true);
    await expect(open(one)).rejects.toMatchObject({ code: "cancelled" });
  });
});
