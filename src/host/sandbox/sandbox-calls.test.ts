import { describe, expect, it } from "vitest";
import { AetheriaError } from "../../contract/errors.ts";
import { CallId, SessionId } from "../../contract/ids.ts";
import type { Connection } from "../../rpc/server.ts";
import { createFakeSandboxes, type FakeSandboxesSetup } from "../../testing/fake-sandboxes.ts";
import { createRunBoard } from "./run-board.ts";
import { createSandboxCalls } from "./sandbox-calls.ts";
import type { SandboxState } from "./sandboxes.ts";

const sessionId = SessionId.parse("s");
const connection: Connection = { push: () => undefined, onClose: () => undefined };
const state: SandboxState = {
  ...{ tier: "docker", title: "Docker 28.2", phase: "none", problem: null, build: null },
  ...{ processes: [], usage: null, machineConsent: false },
};

function setup(options: FakeSandboxesSetup = {}) {
  const fake = createFakeSandboxes(options);
  const stopped: SessionId[] = [];
  const consents: boolean[] = [];
  const allowed: string[] = [];
  let loads = 0;
  let changes = 0;
  let stoppedBuilds = 0;
  const changed = () => void (changes += 1);
  const board = createRunBoard(changed);
  const host = {
    state: () => Promise.resolve(state),
    stop: async (asked: SessionId) => {
      stopped.push(asked);
      await fake.current(asked)?.close();
    },
    stopBuild: () => void (stoppedBuilds += 1),
  };
  const calls = createSandboxCalls({
    sandboxes: () => {
      loads += 1;
      return Promise.resolve(host);
    },
    current: fake.current,
    ...{ board, changed },
    hosts: {
      allow: (_id, one) => void allowed.push(one),
      deny: (_id, one) => void allowed.splice(allowed.indexOf(one), 1),
      allowedHosts: () => allowed,
    },
    checkSession: (asked) => {
      if (asked !== sessionId) throw new AetheriaError("not_found", "There is no such session.");
    },
    consent: (_id, machine) => void consents.push(machine),
  });
  const open = () =>
    fake.open(sessionId, {
      signal: new AbortController().signal,
      onProgress: () => undefined,
    });
  const status = () => calls["sandbox.status"]({ sessionId }, connection);
  const seen = () => ({ loads, changes, stoppedBuilds });
  return { calls, fake, board, stopped, consents, open, status, seen };
}

describe("the calls about a sandbox", () => {
  it("tell what runs, what may be reached and what was refused, newest first", async () => {
    const { board, status, calls } = setup();
    const run = {
      callId: CallId.parse("c"),
      language: "python",
      title: "x",
      startedAt: 1,
    } as const;
    const over = board.begin(sessionId, run);
    board.refused(sessionId, "a.example");
    board.refused(sessionId, "b.example");
    board.refused(sessionId, "a.example");
    expect(await status()).toEqual({
      ...state,
      runs: [run],
      allowedHosts: [],
      blockedHosts: ["a.example", "b.example"],
    });
    over();
    const host = { sessionId, host: "https://A.example/x", allowed: true };
    await calls["sandbox.host"](host, connection);
    expect(await status()).toMatchObject({
      ...{ runs: [], allowedHosts: ["a.example"], blockedHosts: ["b.example"] },
    });
    await calls["sandbox.host"]({ ...host, allowed: false }, connection);
    expect(await status()).toMatchObject({ allowedHosts: [] });
    expect(() =>
      calls["sandbox.host"]({ sessionId, host: "*.example", allowed: true }, connection),
    ).toThrow("is not the name of one host");
  });

  it("act on the running sandbox, and start none", async () => {
    const { calls, fake, open, seen } = setup();
    await calls["sandbox.reset"]({ sessionId, language: "python" }, connection);
    await expect(
      calls["sandbox.stopProcess"]({ sessionId, processId: "p1" }, connection),
    ).rejects.toMatchObject({ code: "not_found" });
    expect(fake.opened).toEqual([]);
    expect(seen().loads).toBe(0);

    const sandbox = await open();
    await sandbox.start("serve", {});
    fake.print("p1", "ready\n");
    await calls["sandbox.reset"]({ sessionId, language: "node" }, connection);
    expect(fake.resets).toEqual(["node"]);
    const output = { sessionId, processId: "p1", from: -5 };
    expect(calls["sandbox.processOutput"](output, connection)).toEqual({
      ...{ text: "ready\n", next: 6, skippedBytes: 0 },
    });
    await calls["sandbox.stopProcess"]({ sessionId, processId: "p1" }, connection);
    expect(sandbox.processes()[0]?.running).toBe(false);
  });

  it("write the person's consent down, and end what ran on it when it is taken back", async () => {
    const { calls, consents, open, stopped, fake } = setup({ tier: "machine" });
    await calls["sandbox.consent"]({ sessionId, machine: true }, connection);
    await open();
    expect(stopped).toEqual([]);
    await calls["sandbox.consent"]({ sessionId, machine: false }, connection);
    expect(consents).toEqual([true, false]);
    expect(stopped).toEqual([sessionId]);
    expect(fake.current(sessionId)).toBeNull();
  });

  it("restart, stop a build, and know no session that is not there", async () => {
    const { calls, stopped, seen } = setup();
    await calls["sandbox.restart"]({ sessionId }, connection);
    await calls["sandbox.stopBuild"]({}, connection);
    expect(stopped).toEqual([sessionId]);
    expect(seen().stoppedBuilds).toBe(1);
    const other = SessionId.parse("other");
    await expect(calls["sandbox.status"]({ sessionId: other }, connection)).rejects.toMatchObject({
      code: "not_found",
    });
    await expect(
      calls["sandbox.consent"]({ sessionId: other, machine: true }, connection),
    ).rejects.toMatchObject({ code: "not_found" });
  });
});
