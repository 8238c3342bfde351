// Code in a sandbox against the engine's own ways to run it: `docker exec` and `docker run`, asked for
// over the same API, so that no program has to start for them. Needs an engine; the image is made first.
import { PassThrough } from "node:stream";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { chown } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { AetheriaError } from "../src/contract/errors.ts";
import type { SessionId } from "../src/contract/ids.ts";
import type { RunRequest, Sandbox } from "../src/core/sandbox-ports.ts";
import { hostLabel, nobodyInside } from "../src/host/sandbox/docker/container.ts";
import { createDockerWall } from "../src/host/sandbox/docker/docker-wall.ts";
import { findEngine, openEngine, type Engine } from "../src/host/sandbox/docker/engine.ts";
import { createImages } from "../src/host/sandbox/docker/image.ts";
import { readImageSource } from "../src/host/sandbox/docker/image-source.ts";
import { hostIdOf } from "../src/host/sandbox/docker/reap.ts";
import { quantile, report } from "./report.ts";

const code = "print(6 * 7)";
const never = new AbortController().signal;
const waiter = { signal: never, onProgress: () => undefined };

const found = await findEngine(
  { platform: process.platform, env: process.env, home: homedir() },
  never,
);
if (found instanceof AetheriaError) throw found;
const engine = await openEngine(found);
const image = await createImages({ onBuild: () => undefined }).ensure(
  engine,
  await readImageSource("full", process.env["AETHERIA_SANDBOX_BASE"]),
  waiter,
);
const dataDir = mkdtempSync(join(tmpdir(), "aetheria-bench-"));
let workspaces = 0;

async function newWorkspace(): Promise<string> {
  const folder = join(dataDir, `workspace-${workspaces++}`);
  mkdirSync(folder);
  if (process.getuid?.() === 0) await chown(folder, nobodyInside.uid, nobodyInside.gid);
  return folder;
}

const wall = createDockerWall({
  ...{ dataDir, env: process.env, platform: process.platform, clock: { now: Date.now } },
  network: { serve: (connection) => connection.destroy() },
  log: (line) => console.error(line),
  watcher: { onBuild: () => undefined },
  nextAfter: async (workspace) => workspace,
  // Only when the bench says so.
  pool: { refillAfterMs: 3_600_000 },
});
let sessions = 0;
const open = (workspace: string) =>
  wall.open(`session-${sessions++}` as SessionId, workspace, waiter);

/** To the first output; the rest is read too. */
async function firstOutput(sandbox: Sandbox, change: Partial<RunRequest> = {}): Promise<number> {
  const startedMs = performance.now();
  let firstMs = 0;
  const request = { language: "python", code, fresh: false, timeoutMs: 60_000, ...change } as const;
  for await (const _piece of sandbox.run(request, never)) firstMs ||= performance.now() - startedMs;
  return firstMs;
}

/** Until the first output of an attached stream of the engine. */
function firstPiece(stream: NodeJS.ReadableStream): Promise<void> {
  return new Promise((resolve, reject) => {
    const seen = new PassThrough();
    seen.once("data", () => resolve());
    stream.once("error", reject);
    stream.pipe(seen);
  });
}

async function dockerExec(engine: Engine, id: string): Promise<number> {
  const startedMs = performance.now();
  const exec = await engine.docker.getContainer(id).exec({
    ...{ Cmd: ["python3", "-c", code], AttachStdout: true, AttachStderr: true },
  });
  await firstPiece(await exec.start({ hijack: true }));
  return performance.now() - startedMs;
}

async function dockerRun(engine: Engine): Promise<number> {
  const startedMs = performance.now();
  const container = await engine.docker.createContainer({
    ...{ Image: image, Entrypoint: ["python3", "-c", code], AttachStdout: true },
    HostConfig: { NetworkMode: "none" },
  });
  const stream = await container.attach({ stream: true, stdout: true, hijack: true });
  await container.start();
  await firstPiece(stream);
  const ms = performance.now() - startedMs;
  await container.remove({ force: true });
  return ms;
}

async function repeat(times: number, measure: () => Promise<number>): Promise<number[]> {
  const all: number[] = [];
  for (let at = 0; at < times; at++) all.push(await measure());
  return all;
}

const ids = async () => {
  const filters = { label: [`${hostLabel}=${hostIdOf(dataDir)}`] };
  return (await engine.docker.listContainers({ filters })).map(({ Id }) => Id);
};

async function warmSnippets(): Promise<void> {
  const sandbox = await open(await newWorkspace());
  const [id = ""] = await ids();
  await repeat(20, () => firstOutput(sandbox));
  const ours = await repeat(200, () => firstOutput(sandbox));
  const theirs = await repeat(20, () => dockerExec(engine, id));
  const yardstick = "docker exec of the same";
  report({
    ...{ name: "sandbox-snippet", promise: "Python snippet in a warm session, to first output" },
    ...{ value: quantile(ours, 0.5) / quantile(theirs, 0.5), limit: 0.1, unit: "×", yardstick },
  });
  for (const [share, limit] of [
    [0.5, 5],
    [0.95, 15],
  ] as const)
    report({
      ...{ name: `sandbox-snippet-p${share * 100}`, promise: `the same, p${share * 100}` },
      ...{ value: quantile(ours, share), limit, unit: "ms", yardstick: "–" },
    });
  const startedMs = performance.now();
  for (let at = 0; at < 164; at++) await firstOutput(sandbox, { fresh: true });
  report({
    ...{ name: "sandbox-164", promise: "164 small programs, each in a fresh process" },
    ...{ value: (performance.now() - startedMs) / 1000, limit: 4, unit: "s", yardstick: "–" },
  });
  await sandbox.close();
}

/** Taken in turns, so that a machine that is busy for a while is so for all of them. */
async function firstSnippets(): Promise<void> {
  const runs: number[] = [];
  const cold: number[] = [];
  const warm: number[] = [];
  const refill: number[] = [];
  for (let at = 0; at < 15; at++) {
    runs.push(await dockerRun(engine));
    const workspace = await newWorkspace();
    cold.push(await firstOfSession(workspace));
    const startedMs = performance.now();
    await wall.warm?.(workspace);
    refill.push(performance.now() - startedMs);
    warm.push(await firstOfSession(workspace));
  }
  const yardstick = "docker run of the same";
  const [ofRun, ofCold, ofWarm] = [runs, cold, warm].map((times) => quantile(times, 0.5));
  report({
    ...{ name: "sandbox-first-warm", promise: "first snippet of a new session, pool warm" },
    ...{ value: ofWarm! / ofRun!, limit: 0.15, unit: "×", yardstick },
  });
  report({
    ...{ name: "sandbox-first-cold", promise: "first snippet of a new session, pool cold" },
    ...{ value: ofCold! / ofRun!, limit: 1.3, unit: "×", yardstick },
  });
  report({
    ...{ name: "sandbox-refill", promise: "pool refill, p95" },
    ...{ value: quantile(refill, 0.95), limit: 600, unit: "ms", yardstick: "–" },
  });
}

async function firstOfSession(workspace: string): Promise<number> {
  const startedMs = performance.now();
  const sandbox = await open(workspace);
  await firstOutput(sandbox);
  const ms = performance.now() - startedMs;
  await sandbox.close();
  return ms;
}

async function idleMemory(): Promise<void> {
  await wall.warm?.(await newWorkspace());
  const [id = ""] = await ids();
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  const stats = await engine.docker.getContainer(id).stats({ stream: false });
  const { usage, stats: parts } = stats.memory_stats;
  const cache = parts.total_inactive_file ?? parts.inactive_file ?? 0;
  report({
    ...{ name: "sandbox-idle", promise: "memory of a container that waits" },
    ...{ value: (usage - cache) / 1e6, limit: 40, unit: "MB", yardstick: "–" },
  });
}

async function muchOutput(): Promise<void> {
  const sandbox = await open(await newWorkspace());
  await firstOutput(sandbox);
  globalThis.gc?.();
  const before = process.memoryUsage().rss;
  let most = before;
  let bytes = 0;
  const print100MB = "import sys\nfor _ in range(100): sys.stdout.write('x' * 999_999 + '\\n')";
  const request = { language: "python", code: print100MB, fresh: true, timeoutMs: 60_000 } as const;
  const run = sandbox.run(request, never);
  for await (const piece of run) {
    bytes += piece.bytes.length;
    most = Math.max(most, process.memoryUsage().rss);
  }
  if (bytes !== 100_000_000) throw new Error(`${bytes} bytes came of 100 MB.`);
  report({
    ...{ name: "sandbox-output", promise: "memory that 100 MB of output take of the host" },
    ...{ value: (most - before) / 1e6, limit: 50, unit: "MB", yardstick: "the host before" },
  });
  await sandbox.close();
}

async function stopFifty(): Promise<void> {
  const sandbox = await open(await newWorkspace());
  const controller = new AbortController();
  const spin =
    "for i in $(seq 50); do (trap '' TERM INT; while :; do :; done) & done; echo on; wait";
  const request = { language: "shell", code: spin, fresh: true, timeoutMs: 60_000 } as const;
  let stoppedMs = 0;
  for await (const _piece of sandbox.run(request, controller.signal)) {
    stoppedMs ||= performance.now();
    controller.abort();
  }
  report({
    ...{ name: "sandbox-stop", promise: "Stop while 50 processes spin, until all are gone" },
    ...{ value: performance.now() - stoppedMs, limit: 1000, unit: "ms", yardstick: "–" },
  });
  await sandbox.close();
}

try {
  await idleMemory();
  await warmSnippets();
  await firstSnippets();
  await muchOutput();
  await stopFifty();
} finally {
  await wall.close();
  rmSync(dataDir, { recursive: true, force: true });
}
