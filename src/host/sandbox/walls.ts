// Which walls there are, strongest first, and what each of them is called. The doctor asks the same list
// that sessions are given from, so the two cannot disagree.
import { homedir } from "node:os";
import { AetheriaError } from "../../contract/errors.ts";
import { openBubblewrapSandbox } from "./bubblewrap/bubblewrap-sandbox.ts";
import { findBubblewrap } from "./bubblewrap/find-bubblewrap.ts";
import { createDockerWall } from "./docker/docker-wall.ts";
import { engineTitle, findEngine } from "./docker/engine.ts";
import type { SandboxLimits } from "./line/messages.ts";
import { openMachineSandbox } from "./machine/machine-sandbox.ts";
import type { SandboxNetwork } from "./network.ts";
import type { WallParts } from "./sandboxes.ts";
import { findSeatbelt, openSeatbeltSandbox } from "./seatbelt/seatbelt-sandbox.ts";
import type { Wall, WallFound } from "./wall.ts";

/** What a look at the machine depends on. */
export type Around = {
  env: Readonly<Record<string, string | undefined>>;
  platform: NodeJS.Platform;
};

export type WallsOptions = Around & {
  dataDir: string;
  clock: { now(): number };
  network: SandboxNetwork;
  log(line: string): void;
};

/** For walls without a cgroup of their own. */
const limits: SandboxLimits = {
  memoryBytes: 2 * 2 ** 30,
  processes: 512,
  diskBytes: 2 * 2 ** 30,
  openFiles: 4096,
};

export function createWalls(options: WallsOptions, { onBuild, nextAfter }: WallParts): Wall[] {
  const docker = createDockerWall({ ...options, watcher: { onBuild }, nextAfter });
  if (options.platform === "linux") return [docker, bubblewrapWall(options)];
  return options.platform === "darwin" ? [docker, seatbeltWall(options)] : [docker];
}

/** No wall at all, where the person agreed to it. */
export function machineWall(options: WallsOptions): Wall {
  const { dataDir: dataFolder, env: environment } = options;
  return {
    look: async () => ({ tier: "machine", title: "This machine, without a wall" }),
    open: (sessionId, workspace) =>
      openMachineSandbox({ ...options, sessionId, workspace, limits, dataFolder, environment }),
    close: async () => undefined,
  };
}

/** What stands around code on this machine, and why nothing stronger does: for the doctor. */
export async function lookForWalls(
  around: Around,
  signal: AbortSignal,
): Promise<{ found: WallFound | null; problems: AetheriaError[] }> {
  const problems: AetheriaError[] = [];
  for (const look of [lookForEngine, lookForBubblewrap, lookForSeatbelt]) {
    const found = await look(around, signal);
    if (found instanceof AetheriaError) problems.push(found);
    else if (found) return { found, problems };
  }
  return { found: null, problems };
}

function bubblewrapWall(options: WallsOptions): Wall {
  return {
    look: async (signal) => (await lookForBubblewrap(options, signal)) ?? notHere(),
    async open(sessionId, workspace, { signal }) {
      const found = await findBubblewrap(searchOf(options, signal));
      return openBubblewrapSandbox({ ...options, found, sessionId, workspace, limits });
    },
    close: async () => undefined,
  };
}

function seatbeltWall(options: WallsOptions): Wall {
  const { dataDir: dataFolder } = options;
  return {
    look: async () => (await lookForSeatbelt(options)) ?? notHere(),
    open: (sessionId, workspace) =>
      openSeatbeltSandbox({ ...options, sessionId, workspace, limits, dataFolder }),
    close: async () => undefined,
  };
}

type Look = (around: Around, signal: AbortSignal) => Promise<WallFound | AetheriaError | null>;

const lookForEngine: Look = async ({ env, platform }, signal) => {
  const engine = await findEngine({ env, platform, home: homedir() }, signal);
  if (engine instanceof AetheriaError) return engine;
  return { tier: engine.kind, title: engineTitle(engine) };
};

/** null: not a thing of this system. */
const lookForBubblewrap: Look = async (around, signal) =>
  around.platform !== "linux"
    ? null
    : orProblem(async () => {
        const { version } = await findBubblewrap(searchOf(around, signal));
        return { tier: "bubblewrap", title: version.replace(/^b/, "B") };
      });

const lookForSeatbelt = async ({ platform }: Around): Promise<WallFound | AetheriaError | null> =>
  platform !== "darwin"
    ? null
    : orProblem(async () => {
        findSeatbelt(platform);
        return { tier: "seatbelt", title: "macOS's own sandbox" };
      });

const searchOf = ({ env, platform }: Around, signal: AbortSignal) => ({
  platform,
  path: env["PATH"] ?? "",
  signal,
});

const notHere = () => new AetheriaError("part_missing", "This wall is not part of this system.");

async function orProblem(look: () => Promise<WallFound>): Promise<WallFound | AetheriaError> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof AetheriaError) return error;
    throw error;
  }
}
