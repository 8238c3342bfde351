// The second tier: a sandbox of Linux namespaces, without a daemon and without rights.
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, readlinkSync, statSync } from "node:fs";
import { Writable } from "node:stream";
import { AetheriaError } from "../../../contract/errors.ts";
import type { SessionId } from "../../../contract/ids.ts";
import type { Sandbox } from "../../../core/sandbox-ports.ts";
import { insideFolder, readInside } from "../inside/inside-files.ts";
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
  network: SandboxNetwork;
  limits: SandboxLimits;
  clock: { now(): number };
};

/** Throws AetheriaError `workspace_missing`, `refused` and `part_missing`. */
export async function openBubblewrapSandbox(options: BubblewrapSandboxOptions): Promise<Sandbox> {
  const { found, workspace } = options;
  const user = userFor(workspace, process.getuid?.() ?? 0);
  const inside = await readInside();
  const files = [
    ...inside.files.map(({ name, text }) => ({ path: `${insideFolder}/${name}`, text })),
    ...madeFiles,
  ];
  const contents = [seccompFilter(seccompMachine(process.arch)), ...files.map(({ text }) => text)];
  const args = bubblewrapArguments(
    {
      workspace: user === null ? workspace : asUserFolder,
      python: found.python,
      seccompFd: 3,
      files: files.map(({ path }, index) => ({ path, fd: 4 + index })),
    },
    { exists: existsSync, linkTarget },
  );
  const [program = "", ...rest] =
    user === null ? [found.program, ...args] : asUser(user, workspace, [found.program, ...args]);
  const child = spawn(program, rest, {
    stdio: ["pipe", "pipe", "pipe", ...contents.map(() => "pipe" as const)],
    env: user === null ? {} : { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" },
    cwd: "/",
    detached: true,
  });
  contents.forEach((content, index) => hand(child.stdio[3 + index], content));
  return sandboxOf(child, options);
}

function sandboxOf(child: ChildProcess, options: BubblewrapSandboxOptions): Promise<Sandbox> {
  const { stdin, stdout } = child;
  if (stdin === null || stdout === null) throw wallRefused("");
  const wall = childWall(child);
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

/** Who the code is outside; null: who the host is. Never root: a root without rights still owns what
 * root owns, the kernel's settings and /dev/null with it. */
export function userFor(workspace: string, hostUid: number): { uid: number; gid: number } | null {
  const folder = statSync(workspace, { throwIfNoEntry: false });
  if (folder === undefined || !folder.isDirectory())
    throw new AetheriaError("workspace_missing", "This session's folder is gone.", {
      hint: "Put it back, or choose another folder for the session.",
    });
  if (hostUid !== 0) return null;
  if (folder.uid !== 0) return { uid: folder.uid, gid: folder.gid || sandboxUid };
  if ((folder.mode & 0o003) === 0o003) return { uid: sandboxUid, gid: sandboxUid };
  throw new AetheriaError(
    "refused",
    "Aetheria runs as root, and this session's folder belongs to root: a sandbox cannot write there.",
    {
      hint: `Give the folder to the sandbox, \`chown -R ${sandboxUid} '${workspace}'\`, or run Aetheria as an ordinary user.`,
    },
  );
}

/** Who the code is outside where the host is root and the folder is nobody's else. */
export const sandboxUid = 10_001;

const asUserFolder = "/mnt";

/** The command, run by root as somebody else, who need have no way to the folder: it is brought to
 * them, in a mount namespace that nobody else sees. */
function asUser(
  user: { uid: number; gid: number },
  workspace: string,
  command: string[],
): string[] {
  const script =
    'mount --bind -- "$1" "$2" && shift 2 && exec setpriv --reuid="$1" --regid="$2" --clear-groups -- "${@:3}"';
  return [
    ...["unshare", "--mount", "--propagation", "private", "bash", "-c", script, "bash"],
    ...[workspace, asUserFolder, String(user.uid), String(user.gid), ...command],
  ];
}

function hand(pipe: unknown, content: string | Buffer): void {
  if (!(pipe instanceof Writable)) return;
  // Where bubblewrap did not start, nobody reads it: that is told by its exit.
  pipe.on("error", () => undefined);
  pipe.end(content);
}

function linkTarget(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch {
    return null;
  }
}
