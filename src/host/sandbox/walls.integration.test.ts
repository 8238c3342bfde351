// What the doctor says and what a session gets, on this machine as it is.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { SessionId } from "../../contract/ids.ts";
import { runIn } from "../../testing/opened-sandbox.ts";
import { realEngine } from "./docker/docker.fixture.ts";
import { createSandboxes, type HostSandboxes } from "./sandboxes.ts";
import { createWalls, lookForWalls, machineWall, type WallsOptions } from "./walls.ts";

const engine = await realEngine();
const [one, two] = ["one" as SessionId, "two" as SessionId];
const never = new AbortController().signal;
const waiter = { signal: never, onProgress: () => undefined };

let dataDir = "";
let sandboxes: HostSandboxes;
const consent = new Set<SessionId>();
beforeEach(() => void (dataDir = mkdtempSync(join(tmpdir(), "aetheria-walls-"))));
afterEach(async () => {
  await sandboxes.close();
  consent.clear();
  rmSync(dataDir, { recursive: true, force: true });
});

function open(env: WallsOptions["env"]): WallsOptions {
  const options: WallsOptions = {
    ...{ dataDir, env, platform: process.platform, clock: { now: Date.now } },
    network: { serve: (connection) => connection.destroy() },
    log: () => undefined,
  };
  sandboxes = createSandboxes({
    ...{ dataDir, clock: options.clock, log: options.log },
    walls: (parts) => createWalls(options, parts),
    machine: machineWall(options),
    machineConsent: (sessionId) => consent.has(sessionId),
    workspaceOf: () => null,
    isSession: () => true,
    changed: () => undefined,
  });
  return options;
}

describe("the wall of a session", () => {
  it.skipIf(engine === null)(
    "is the one the doctor names: a real engine",
    { timeout: 120_000 },
    async () => {
      const { found, problems } = await lookForWalls(open(process.env), never);
      expect(problems).toEqual([]);
      const [first, second] = await Promise.all([one, two].map((id) => sandboxes.open(id, waiter)));
      expect([first!.tier, second!.tier]).toEqual([found?.tier, found?.tier]);
      await runIn(first!, "shell", "echo mine > kept.txt");
      expect((await runIn(second!, "shell", "ls")).stdout).toBe("");
      expect(await sandboxes.state(one)).toMatchObject({
        phase: "ready",
        tier: found?.tier,
        title: expect.stringContaining(found?.title ?? "nothing"),
        usage: { memoryBytes: expect.any(Number), processLimit: 512 },
      });
      await sandboxes.stop(one);
      const again = await sandboxes.open(one, waiter);
      expect((await runIn(again, "shell", "cat kept.txt")).stdout).toBe("mine\n");
    },
  );

  it("is the next one the doctor names where no engine answers, or none at all", async () => {
    const options = open({ ...process.env, DOCKER_HOST: `unix://${dataDir}/none.sock` });
    const { found, problems } = await lookForWalls(options, never);
    expect(problems[0]?.message).toMatch(/Docker|engine/);
    expect(await sandboxes.tierFor(one)).toBe(found?.tier ?? null);
    if (!found) return;
    const sandbox = await sandboxes.open(one, waiter);
    expect(sandbox.tier).toBe(found.tier);
    expect((await runIn(sandbox, "python", "6 * 7")).stdout).toBe("42\n");
  });

  it("is none with the reason and the fix, or the machine by consent for that session", async () => {
    open({
      PATH: process.env["PATH"] === undefined ? "" : "/nowhere",
      DOCKER_HOST: "unix:///none",
    });
    await expect(sandboxes.open(one, waiter)).rejects.toMatchObject({
      code: "part_missing",
      message: expect.stringContaining("nothing was run"),
    });
    consent.add(one);
    expect(await sandboxes.tierFor(one)).toBe("machine");
    expect(await sandboxes.tierFor(two)).toBeNull();
  });
});
