// The second tier: a sandbox of Linux namespaces, without a daemon and without rights.
import { spawn } from "node:child_process";
import { existsSync, readlinkSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Writable } from "node:stream";
import { AetheriaError } from "../../../contract/errors.ts";
import type { SessionId } from "../../../contract/ids.ts";
import type { Sandbox } from "../../../core/sandbox-ports.ts";
import { writeInside } from "../inside/inside-files.ts";
import { childWall } from "../line/child-wall.ts";
import { insideEnvironment } from "../line/environment.ts";
import { createLineSandbox } from "../line/line-sandbox.ts";
import type { SandboxLimits } from "../line/messages.ts";
import type { SandboxNetwork } from "../network.ts";
import { bubblewrapArguments, madeFiles, sandboxHome } from "./bubblewrap-arguments.ts";
import { wallRefused, type FoundBubblewrap } from "./find-bubblewrap.ts";
import { seccompFilter, seccompMachine } from "./seccomp.ts";

export type BubblewrapSandboxOptions = {
  found: FoundBubblewrap;
  sessionId: SessionId;
  /** A folder of the machine, real path. */
  workspace: string;
  /** The host's; the programs for inside are kept there. */
  dataFolder: string;
  network: SandboxNetwork;
  limits: SandboxLimits;
  clock: { now(): number };
};

/** Throws AetheriaError `workspace_missing` and `part_missing`. */
export async function openBubblewrapSandbox(options: BubblewrapSandboxOptions): Promise<Sandbox> {
  const { found, workspace } = options;
  if (!isFolder(workspace))
    throw new AetheriaError("workspace_missing", "This session's folder is gone.", {
      hint: "Put it back, or choose another folder for the session.",
    });
  const filter = seccompFilter(seccompMachine(process.arch));
  const inside = await writeInside(join(options.dataFolder, "sandbox"));
  const { passwd, group, hosts, nsswitch } = madeFiles;
  const handed = [filter, passwd, group, hosts, nsswitch];
  const args = bubblewrapArguments(
    {
      workspace,
      inside,
      python: found.python,
      seccompFd: 3,
      passwdFd: 4,
      groupFd: 5,
      hostsFd: 6,
      nsswitchFd: 7,
    },
    { exists: existsSync, linkTarget },
  );
  const child = spawn(found.program, args, {
    stdio: ["pipe", "pipe", "pipe", ...handed.map(() => "pipe" as const)],
    env: {},
    cwd: "/",
    detached: true,
  });
  const wall = childWall(child);
  handed.forEach((content, index) => hand(child.stdio[3 + index] as Writable, content));
  const { stdin, stdout } = child;
  if (stdin === null || stdout === null) throw wallRefused("");
  return wall.named(
    createLineSandbox({
      ...options,
      tier: "bubblewrap",
      input: stdin,
      output: stdout,
      tearDown: wall.tearDown,
      env: ({ proxyPort }) => insideEnvironment({ home: sandboxHome, proxyPort }),
      limits: { ...options.limits, byProcess: true },
    }),
    wallRefused,
  );
}

function hand(pipe: Writable, content: string | Buffer): void {
  // Where bubblewrap did not start, nobody reads it: that is told by its exit.
  pipe.on("error", () => undefined);
  pipe.end(content);
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function linkTarget(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch {
    return null;
  }
}
