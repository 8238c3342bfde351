// The second tier on macOS: the supervisor under sandbox-exec. There is no table of processes of its
// own and no cgroup: what the supervisor sees to, it sees to by looking.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, realpath, rm } from "node:fs/promises";
import { join } from "node:path";
import { AetheriaError } from "../../../contract/errors.ts";
import type { SessionId } from "../../../contract/ids.ts";
import type { Sandbox } from "../../../core/sandbox-ports.ts";
import { supervisorCommand, writeInside } from "../inside/inside-files.ts";
import { childWall } from "../line/child-wall.ts";
import { insideEnvironment } from "../line/environment.ts";
import { createLineSandbox } from "../line/line-sandbox.ts";
import type { SandboxLimits } from "../line/messages.ts";
import type { SandboxNetwork } from "../network.ts";
import { freePort } from "./free-port.ts";
import { seatbeltProfile } from "./seatbelt-profile.ts";

export type SeatbeltSandboxOptions = {
  sessionId: SessionId;
  workspace: string;
  dataFolder: string;
  network: SandboxNetwork;
  limits: SandboxLimits;
  clock: { now(): number };
};

const program = "/usr/bin/sandbox-exec";
/** Apple's own, of the command line tools, and Homebrew's. */
const pythons = [
  "/Library/Developer/CommandLineTools/usr/bin/python3",
  "/opt/homebrew/bin/python3",
  "/usr/local/bin/python3",
];
const path = "/opt/homebrew/bin:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin";

/** What macOS brings is enough but for Python. Throws AetheriaError `part_missing` with the fix. */
export function findSeatbelt(platform: string, exists = existsSync): { python: string } {
  if (platform !== "darwin" || !exists(program))
    throw new AetheriaError("part_missing", "sandbox-exec is part of macOS only.", {
      hint: "Install Docker.",
    });
  const python = pythons.find((each) => exists(each));
  if (python !== undefined) return { python };
  throw new AetheriaError("part_missing", "Python 3 is not installed on this Mac.", {
    hint: "Install it: `xcode-select --install`.",
  });
}

export async function openSeatbeltSandbox(options: SeatbeltSandboxOptions): Promise<Sandbox> {
  const { python } = findSeatbelt(process.platform);
  const folder = join(options.dataFolder, "sandbox");
  const inside = await realpath(await writeInside(folder));
  const workspace = await realpath(options.workspace).catch(() => {
    throw new AetheriaError("workspace_missing", "This session's folder is gone.", {
      hint: "Put it back, or choose another folder for the session.",
    });
  });
  const scratch = await realpath(await mkdtemp(join(folder, "scratch-")));
  const home = join(scratch, "home");
  const temporary = join(scratch, "tmp");
  await Promise.all([mkdir(home), mkdir(temporary)]);
  const port = await freePort();
  const profile = seatbeltProfile({ workspace, scratch, inside, proxyPort: port });
  const command = [python, ...supervisorCommand(inside, workspace, port)];
  const child = spawn(program, ["-p", profile, ...command], {
    stdio: ["pipe", "pipe", "pipe"],
    detached: true,
    cwd: "/",
    env: { PATH: path },
  });
  const wall = childWall(child);
  return wall.named(
    createLineSandbox({
      ...options,
      tier: "seatbelt",
      input: child.stdin,
      output: child.stdout,
      tearDown: async () => {
        await wall.tearDown();
        await rm(scratch, { recursive: true, force: true });
      },
      env: ({ proxyPort }) => ({
        ...insideEnvironment({ home, proxyPort, path }),
        TMPDIR: temporary,
      }),
    }),
    (said) =>
      new AetheriaError("part_missing", "sandbox-exec could not start a sandbox on this Mac.", {
        hint: said === "" ? "Install Docker." : said,
      }),
  );
}
