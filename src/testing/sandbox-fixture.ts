// Sandboxes of the tiers that need no engine, each with a folder of its own.
import { mkdtempSync, readFileSync } from "node:fs";
import { mkdir, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SessionId } from "../contract/ids.ts";
import type { Sandbox } from "../core/sandbox-ports.ts";
import { openBubblewrapSandbox } from "../host/sandbox/bubblewrap/bubblewrap-sandbox.ts";
import {
  findBubblewrap,
  type FoundBubblewrap,
} from "../host/sandbox/bubblewrap/find-bubblewrap.ts";
import type { SandboxLimits } from "../host/sandbox/line/messages.ts";
import { openMachineSandbox } from "../host/sandbox/machine/machine-sandbox.ts";
import { never, type OpenSandbox, type SandboxWishes } from "./opened-sandbox.ts";

/** Null where it is not here, or may not work. */
export async function bubblewrapHere(): Promise<FoundBubblewrap | null> {
  const search = { platform: process.platform, path: process.env["PATH"] ?? "", signal: never };
  return findBubblewrap(search).catch(() => null);
}

const mebibyte = 1024 * 1024;

function limitsOf(wishes: SandboxWishes): SandboxLimits {
  return {
    memoryBytes: wishes.memoryBytes ?? 2048 * mebibyte,
    processes: wishes.processes ?? 256,
    diskBytes: wishes.diskBytes ?? 2048 * mebibyte,
    openFiles: 4096,
  };
}

export function opensBubblewrap(found: FoundBubblewrap): OpenSandbox {
  return opens((parts) => openBubblewrapSandbox({ ...parts, found }));
}

export const opensMachine: OpenSandbox = opens((parts) =>
  openMachineSandbox({ ...parts, environment: process.env }),
);

type Parts = Omit<Parameters<typeof openBubblewrapSandbox>[0], "found">;

function opens(start: (parts: Parts) => Promise<Sandbox>): OpenSandbox {
  return async (wishes = {}) => {
    const folder = await realpath(mkdtempSync(join(tmpdir(), "aetheria-sandbox-")));
    const workspace = join(folder, "workspace");
    await mkdir(workspace);
    const sandbox = await start({
      sessionId: "01900000-0000-7000-8000-000000000001" as SessionId,
      workspace,
      dataFolder: join(folder, "data"),
      network: wishes.network ?? { serve: (connection) => void connection.destroy() },
      limits: limitsOf(wishes),
      clock: Date,
    });
    return {
      sandbox,
      workspace,
      kill: async () => {
        for (const pid of supervisorsOf(join(folder, "data"), workspace))
          process.kill(pid, "SIGKILL");
      },
      close: async () => {
        await sandbox.close();
        await rm(folder, { recursive: true, force: true });
      },
    };
  };
}

/** Children of this process that are the wall of that workspace. */
function supervisorsOf(dataFolder: string, workspace: string): number[] {
  const children = readFileSync(`/proc/self/task/${process.pid}/children`, "utf8");
  return children
    .split(" ")
    .filter((pid) => pid !== "")
    .map(Number)
    .filter((pid) => {
      const command = readFileSync(`/proc/${pid}/cmdline`, "utf8");
      return command.includes(workspace) && command.includes(dataFolder);
    });
}
