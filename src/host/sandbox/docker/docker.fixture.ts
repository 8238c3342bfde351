// A real engine for tests, and one sandbox after another in it. Where there is no engine, tests are
// skipped by name.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { chown } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import type { ContainerInspectInfo } from "dockerode";
import { uuidv7 } from "uuidv7";
import { AetheriaError } from "../../../contract/errors.ts";
import type { SessionId } from "../../../contract/ids.ts";
import type { RunEnd, RunRequest, Sandbox } from "../../../core/sandbox-ports.ts";
import type { OpenSandbox } from "../../../testing/opened-sandbox.ts";
import { hostLabel, nobodyInside } from "./container.ts";
import { createDockerWall, type DockerWallOptions } from "./docker-wall.ts";
import { findEngine, openEngine, type Engine } from "./engine.ts";
import { hostIdOf, removeContainer } from "./reap.ts";

/** null: there is none on this machine. */
export async function realEngine(): Promise<Engine | null> {
  const around = { platform: process.platform, env: process.env, home: homedir() };
  const found = await findEngine(around, AbortSignal.timeout(5_000));
  return found instanceof AetheriaError ? null : openEngine(found);
}

export const noProgress = () => ({
  signal: new AbortController().signal,
  onProgress: () => undefined,
});

/** A data folder and a Docker wall on it. `close` leaves nothing of both. */
export function dockerRig(engine: Engine, change: Partial<DockerWallOptions> = {}) {
  const dataDir = mkdtempSync(join(tmpdir(), "aetheria-docker-"));
  const logged: string[] = [];
  const wall = createDockerWall({
    dataDir,
    env: process.env,
    platform: process.platform,
    clock: { now: Date.now },
    network: { serve: (connection) => connection.destroy() },
    log: (line) => logged.push(line),
    watcher: { onBuild: () => undefined },
    nextAfter: async (workspace) => workspace,
    // Nothing waits unless a test says so.
    pool: { refillAfterMs: 3_600_000 },
    ...change,
  });
  const filters = { label: [`${hostLabel}=${hostIdOf(dataDir)}`] };
  const ids = async () => {
    const all = await engine.docker.listContainers({ all: true, filters });
    return all.filter(({ State }) => State !== "removing").map(({ Id }) => Id);
  };
  return {
    ...{ dataDir, wall, logged, ids },
    /** A workspace that somebody inside may write to. */
    async workspace(): Promise<string> {
      const folder = join(dataDir, uuidv7());
      mkdirSync(folder);
      if (process.getuid?.() === 0) await chown(folder, nobodyInside.uid, nobodyInside.gid);
      return folder;
    },
    open: (workspace: string): Promise<Sandbox> =>
      wall.open(uuidv7() as SessionId, workspace, noProgress()),
    async inspectAll(): Promise<ContainerInspectInfo[]> {
      return Promise.all((await ids()).map((id) => engine.docker.getContainer(id).inspect()));
    },
    async close(): Promise<void> {
      await wall.close();
      for (const id of await ids()) await removeContainer(engine.docker, id);
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** For the suite and the attacks: each sandbox with a wall, a data folder and a workspace of its own. */
export function opensDocker(engine: Engine): OpenSandbox {
  return async ({ network, ...limits } = {}) => {
    const rig = dockerRig(engine, { limits, ...(network ? { network } : {}) });
    const workspace = await rig.workspace();
    const sandbox = await rig.open(workspace);
    return {
      sandbox,
      workspace,
      async kill() {
        for (const id of await rig.ids()) await engine.docker.getContainer(id).kill();
      },
      async close() {
        await sandbox.close();
        await rig.close();
      },
    };
  };
}

export type Ran = RunEnd & { output: string };

/** All that a program printed, and how it ended. */
export async function runIn(
  sandbox: Sandbox,
  language: RunRequest["language"],
  code: string,
  signal = new AbortController().signal,
): Promise<Ran> {
  const run = sandbox.run({ language, code, fresh: false, timeoutMs: 60_000 }, signal);
  let output = "";
  for (;;) {
    const next = await run.next();
    if (next.done) return { ...next.value, output };
    if (next.value.type !== "display") output += Buffer.from(next.value.bytes).toString();
  }
}
