// Which walls there are, strongest first, and what each of them is called. The doctor asks the same list
// that sessions are given from, so the two cannot disagree.
import { homedir } from "node:os";
import { AetheriaError } from "../../contract/errors.ts";
import type { Sandbox } from "../../core/sandbox-ports.ts";
import type { SessionId } from "../../contract/ids.ts";
import { findBubblewrap, type FoundBubblewrap } from "./bubblewrap/find-bubblewrap.ts";
import { openBubblewrapSandbox } from "./bubblewrap/bubblewrap-sandbox.ts";
import { createDockerWall } from "./docker/docker-wall.ts";
import { findEngine, engineTitle } from "./docker/engine.ts";
import type { SandboxLimits } from "./line/messages.ts";
import { openMachineSandbox } from "./machine/machine-sandbox.ts";
import type { SandboxNetwork } from "./network.ts";
import type { WallParts } from "./sandboxes.ts";
import type { Wall, WallFound } from "./wall.ts";

export type WallsOptions = {
  dataDir: string;
  env: Readonly<Record<string, string | undefined>>;
  platform: NodeJS.Platform;
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
  return options.platform === "linux" ? [docker, bubblewrapWall(options)] : [docker];
}

/** No wall at all, where the person agreed to it. */
export function machineWall(options: WallsOptions): Wall {
  const open = (sessionId: SessionId, workspace: string): Promise<Sandbox> =>
    openMachineSandbox({
      ...{ ...options, sessionId, workspace, limits },
      ...{ dataFolder: options.dataDir, environment: options.env },
    });
  return {
    look: async () => ({ tier: "machine", title: "This machine, without a wall" }),
    open,
    close: async () => undefined,
  };
}

function bubblewrapWall(options: WallsOptions): Wall {
  let found: FoundBubblewrap | null = null;
  const find = async (signal: AbortSignal) =>
    (found ??= await findBubblewrap(searchOf(options, signal)));
  return {
    look: (signal) => orProblem(find(signal).then(bubblewrapFound)),
    async open(sessionId, workspace, { signal }) {
      const known = await find(signal);
      const dataFolder = options.dataDir;
      return openBubblewrapSandbox({
        ...{ ...options, found: known, sessionId, workspace, dataFolder, limits },
      });
    },
    close: async () => undefined,
  };
}

/** What stands around code on this machine, or why nothing does: for the doctor. In the order of
 * `createWalls`, with the same look. */
export async function lookForWalls(
  options: Pick<WallsOptions, "env" | "platform">,
  signal: AbortSignal,
): Promise<{ found: WallFound | null; problems: AetheriaError[] }> {
  const { env, platform } = options;
  const engine = await findEngine({ env, platform, home: homedir() }, signal);
  if (!(engine instanceof AetheriaError))
    return { found: { tier: engine.kind, title: engineTitle(engine) }, problems: [] };
  if (platform !== "linux") return { found: null, problems: [engine] };
  const second = await orProblem(findBubblewrap(searchOf(options, signal)).then(bubblewrapFound));
  return second instanceof AetheriaError
    ? { found: null, problems: [engine, second] }
    : { found: second, problems: [engine] };
}

const searchOf = (
  { env, platform }: Pick<WallsOptions, "env" | "platform">,
  signal: AbortSignal,
) => ({
  platform,
  path: env["PATH"] ?? "",
  signal,
});

const bubblewrapFound = ({ version }: FoundBubblewrap): WallFound => ({
  tier: "bubblewrap",
  title: version.replace(/^b/, "B"),
});

async function orProblem<T>(look: Promise<T>): Promise<T | AetheriaError> {
  try {
    return await look;
  } catch (error) {
    if (error instanceof AetheriaError) return error;
    throw error;
  }
}
