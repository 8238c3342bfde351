// The bare machine: the same supervisor without a wall around it, in a process group of its own. Only
// for sessions whose person agreed to it.
import { spawn } from "node:child_process";
import { homedir } from "node:os";
import { join } from "node:path";
import { AetheriaError } from "../../../contract/errors.ts";
import type { SessionId } from "../../../contract/ids.ts";
import type { Sandbox } from "../../../core/sandbox-ports.ts";
import { supervisorCommand, writeInside } from "../inside/inside-files.ts";
import { insideEnvironment } from "../line/environment.ts";
import { createLineSandbox } from "../line/line-sandbox.ts";
import type { SandboxLimits } from "../line/messages.ts";
import type { SandboxNetwork } from "../network.ts";
import { childWall } from "../line/child-wall.ts";

export type MachineSandboxOptions = {
  sessionId: SessionId;
  workspace: string;
  dataFolder: string;
  network: SandboxNetwork;
  limits: SandboxLimits;
  clock: { now(): number };
  environment: Readonly<Record<string, string | undefined>>;
};

export async function openMachineSandbox(options: MachineSandboxOptions): Promise<Sandbox> {
  const folder = await writeInside(join(options.dataFolder, "sandbox"));
  const path = options.environment.PATH ?? "/usr/local/bin:/usr/bin:/bin";
  const child = spawn("python3", supervisorCommand(folder, options.workspace), {
    stdio: ["pipe", "pipe", "pipe"],
    detached: true,
    cwd: "/",
    env: { PATH: path },
  });
  const wall = childWall(child);
  return wall.named(
    createLineSandbox({
      ...options,
      tier: "machine",
      input: child.stdin,
      output: child.stdout,
      tearDown: wall.tearDown,
      env: ({ proxyPort }) => ({
        ...insideEnvironment({ home: homedir(), proxyPort, path }),
        TMPDIR: options.environment.TMPDIR ?? "/tmp",
        USER: options.environment.USER ?? "",
        LOGNAME: options.environment.LOGNAME ?? "",
      }),
    }),
    (said) =>
      new AetheriaError("part_missing", "Python 3 could not be started on this machine.", {
        hint: said === "" ? "Install Python 3.8 or newer." : said,
      }),
  );
}
