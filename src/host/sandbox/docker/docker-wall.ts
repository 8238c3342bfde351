// The strongest wall: one hardened container for each session, from a pool that keeps one ready for each
// folder used lately. Owns the engine it found, the images, the pool, and every container with our label.
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { AetheriaError } from "../../../contract/errors.ts";
import type { SessionId } from "../../../contract/ids.ts";
import type { Sandbox } from "../../../core/sandbox-ports.ts";
import { insideEnvironment } from "../line/environment.ts";
import type { SandboxNetwork } from "../network.ts";
import type { Waiter } from "../shared-work.ts";
import type { Wall, WallFound } from "../wall.ts";
import {
  containerOptions,
  homeInside,
  limitsFor,
  type ContainerRequest,
  type Limits,
} from "./container.ts";
import { startContainer, type StartedContainer } from "./docker-sandbox.ts";
import type { Surroundings } from "./engine-addresses.ts";
import { engineTitle, findEngine, openEngine, type Engine } from "./engine.ts";
import { createImages, type BuildWatcher } from "./image.ts";
import { imageNames, readImageSource, type ImageName } from "./image-source.ts";
import { insideUserOf } from "./inside-user.ts";
import { createPool } from "./pool.ts";
import { hostIdOf, reapContainers } from "./reap.ts";

export type DockerWallOptions = {
  dataDir: string;
  env: Surroundings["env"];
  platform: NodeJS.Platform;
  clock: { now(): number };
  network: SandboxNetwork;
  log(line: string): void;
  watcher: BuildWatcher;
  isOffline?(): boolean;
  /** After one for this folder was claimed: the folder the next warm one is for. */
  nextAfter(workspace: string): Promise<string>;
  /** Over those that fit this machine. */
  limits?: Partial<Limits>;
  pool?: { idleMs?: number; refillAfterMs?: number; most?: number };
};

const minuteMs = 60_000;

/** `folder` tells a workspace from another one at the same path: a container keeps the one it got. */
type Place = { engine: Engine; request: ContainerRequest; folder: string };

export function createDockerWall(options: DockerWallOptions): Wall {
  const { env, platform, clock, log } = options;
  const around: Surroundings = { env, platform, home: homedir() };
  const hostId = hostIdOf(options.dataDir);
  const images = createImages(options.watcher, options.isOffline);
  const imageName = chosenImage(env["AETHERIA_SANDBOX_IMAGE"]);
  const mark = createMark(join(options.dataDir, "sandbox", "containers"));
  const alive = new Set<string>();
  let opened: Promise<Engine> | null = null;
  let isClosed = false;

  const pool = createPool<Place, StartedContainer>({
    keyOf: ({ request, folder }) => folder + JSON.stringify(containerOptions(request)),
    make: start,
    discard: ({ line }) => line.close(),
    onLost: ({ line }, listener) => line.onLost(listener),
    onTrouble: (error) => log(`sandbox pool: ${describe(error)}`),
    idleMs: options.pool?.idleMs ?? 10 * minuteMs,
    refillAfterMs: options.pool?.refillAfterMs ?? 500,
    most: options.pool?.most ?? 3,
  });

  function start({ engine, request }: Place, signal: AbortSignal): Promise<StartedContainer> {
    return startContainer(engine, request, {
      clock,
      signal,
      created(id) {
        mark.set();
        alive.add(id);
      },
      gone: (id) => alive.delete(id),
    });
  }

  /** Opened once, and again when it went away; the new one may be another. */
  async function engineNow(signal: AbortSignal): Promise<Engine> {
    const known = await opened?.catch(() => null);
    if (known && (await answers(known))) return known;
    const found = await findEngine(around, signal);
    if (found instanceof AetheriaError) throw found;
    opened = openEngine(found).then(async (engine) => {
      await reapContainers(engine.docker, hostId, alive);
      return engine;
    });
    return opened;
  }

  async function placeFor(workspace: string, waiter: Waiter): Promise<Place> {
    const engine = await engineNow(waiter.signal);
    const { user, folder } = await insideUserOf(workspace, engine, platform);
    const source = await readImageSource(imageName, env["AETHERIA_SANDBOX_BASE"]);
    const image = await images.ensure(engine, source, waiter);
    const limits = limitsFor(engine, options.limits);
    const { selinux } = engine;
    const podman = engine.kind === "podman";
    return {
      engine,
      folder,
      request: { image, workspace, user, limits, env: {}, hostId, selinux, podman },
    };
  }

  /** Never makes an image for it: that is for somebody who waits. */
  async function fill(workspace: string): Promise<void> {
    const signal = AbortSignal.timeout(minuteMs);
    const engine = await engineNow(signal);
    const source = await readImageSource(imageName, env["AETHERIA_SANDBOX_BASE"]);
    if (isClosed || !(await images.isThere(engine, source))) return;
    await pool.fill(await placeFor(workspace, { signal, onProgress: () => undefined }));
  }

  const warm = (workspace: string) =>
    fill(workspace).catch((error: unknown) => log(`sandbox pool: ${describe(error)}`));

  return {
    async look(signal): Promise<WallFound | AetheriaError> {
      const found = await findEngine(around, signal);
      if (found instanceof AetheriaError) return found;
      return { tier: found.kind, title: `${engineTitle(found)}, ${imageName} image` };
    },
    async open(sessionId, workspace, waiter) {
      const place = await placeFor(workspace, waiter);
      const started = await pool.claim(place, waiter.signal, () =>
        options.nextAfter(workspace).then(warm),
      );
      if (!isClosed && !waiter.signal.aborted) return claim(started, sessionId);
      await started.line.close();
      throw new AetheriaError("cancelled", "The start of the sandbox was stopped.");
    },
    warm,
    stopBuild: images.stopBuilds,
    async reap() {
      // Opening an engine removes what is left there. Without a mark nothing is, and nothing heavy loads.
      if (mark.isSet()) await engineNow(AbortSignal.timeout(minuteMs)).catch(() => undefined);
    },
    async close() {
      isClosed = true;
      images.stopBuilds();
      await pool.close();
      if (alive.size === 0) mark.clear();
    },
  };

  async function claim(started: StartedContainer, sessionId: SessionId): Promise<Sandbox> {
    const { memoryBytes, processes, diskBytes } = started.request.limits;
    return started.line.claim({
      sessionId,
      network: options.network,
      env: ({ proxyPort }) => insideEnvironment({ home: homeInside, proxyPort }),
      limits: { memoryBytes, processes, diskBytes },
    });
  }
}

/** On the disk as long as there may be containers of ours, so that the host after a crash knows. */
function createMark(file: string) {
  let isSet = false;
  return {
    set() {
      if (isSet) return;
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, "");
      isSet = true;
    },
    isSet: () => existsSync(file),
    clear: () => rmSync(file, { force: true }),
  };
}

function chosenImage(named: string | undefined): ImageName {
  return imageNames.find((name) => name === named) ?? "full";
}

const answers = (engine: Engine): Promise<boolean> =>
  engine.docker.ping().then(
    () => true,
    () => false,
  );

const describe = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);
