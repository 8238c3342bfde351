import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Push } from "../../../contract/calls.ts";
import type { SessionId } from "../../../contract/ids.ts";
import type { SandboxStatus } from "../../../contract/sandbox.ts";
import { SandboxState, type SandboxPage } from "./sandbox-state.svelte.ts";

const sessionId = "s1" as SessionId;
const ready: SandboxStatus = {
  tier: "docker",
  title: "Docker",
  phase: "ready",
  problem: null,
  build: null,
  runs: [],
  processes: [],
  usage: null,
  allowedHosts: [],
  blockedHosts: [],
  machineConsent: false,
};

function fakePage(status: () => Promise<SandboxStatus>) {
  const calls: string[] = [];
  let tell: (push: Push) => void = () => undefined;
  const page: unknown = {
    attempt: (step: () => Promise<unknown>) => step().catch(() => undefined),
    connection: {
      call: (name: string) => {
        calls.push(name);
        return name === "sandbox.status" ? status() : Promise.resolve({});
      },
      onPush: (listener: (push: Push) => void) => {
        tell = listener;
        return () => (tell = () => undefined);
      },
    },
  };
  return {
    page: page as SandboxPage,
    calls,
    changed: (of = sessionId) => tell({ type: "sandbox.changed", sessionId: of }),
  };
}

describe("the sandbox on the screen", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("asks nothing while nobody looks", async () => {
    const { page, calls, changed } = fakePage(() => Promise.resolve(ready));
    const state = new SandboxState(page, { sessionId });
    changed();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(calls).toEqual([]);
    state.isShown = true;
    await vi.advanceTimersByTimeAsync(0);
    expect(state.status).toEqual(ready);
    state.isShown = false;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(calls).toHaveLength(1);
  });

  it("asks again for what is used while it is there, and not where nothing is", async () => {
    let phase: SandboxStatus["phase"] = "ready";
    const { page, calls } = fakePage(() => Promise.resolve({ ...ready, phase }));
    const state = new SandboxState(page, { sessionId });
    state.isShown = true;
    await vi.advanceTimersByTimeAsync(4_500);
    expect(calls).toHaveLength(3);
    phase = "none";
    await vi.advanceTimersByTimeAsync(60_000);
    expect(calls).toHaveLength(4);
    state.close();
  });

  it("asks once for many changes, and never for another session's", async () => {
    const answers: ((status: SandboxStatus) => void)[] = [];
    const { page, calls, changed } = fakePage(() => new Promise((take) => answers.push(take)));
    const state = new SandboxState(page, { sessionId });
    state.isShown = true;
    for (let time = 0; time < 20; time += 1) changed();
    changed("s2" as SessionId);
    answers.shift()?.({ ...ready, phase: "none" });
    await vi.advanceTimersByTimeAsync(0);
    answers.shift()?.({ ...ready, phase: "none" });
    await vi.advanceTimersByTimeAsync(0);
    expect(calls).toHaveLength(2);
    state.close();
  });

  it("says why nothing is known, and looks after each thing it did", async () => {
    let isBroken = true;
    const { page, calls } = fakePage(() =>
      isBroken ? Promise.reject(new Error("no")) : Promise.resolve({ ...ready, phase: "none" }),
    );
    const state = new SandboxState(page, { sessionId });
    state.isShown = true;
    await vi.advanceTimersByTimeAsync(0);
    expect(state.error).not.toBeNull();
    isBroken = false;
    expect(await state.allow("pypi.org", true)).toBe(true);
    await vi.advanceTimersByTimeAsync(0);
    expect(calls).toEqual(["sandbox.status", "sandbox.host", "sandbox.status"]);
    expect(state.error).toBeNull();
  });
});
