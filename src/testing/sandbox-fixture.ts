// Sandboxes of the tiers that need no engine, each with a folder of its own.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { chown, mkdir, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SessionId } from "../contract/ids.ts";
import type { Sandbox } from "../core/sandbox-ports.ts";
import {
  openBubblewrapSandbox,
  sandboxUid,
} from "../host/sandbox/bubblewrap/bubblewrap-sandbox.ts";
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

/** pandas and matplotlib are there for the machine's own Python. */
export function picturesHere(python: string): boolean {
  return spawnSync(python, ["-I", "-c", "import pandas, matplotlib"]).status === 0;
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

type Parts = Omit<Parameters<typeof openMachineSandbox>[0], "environment">;

function opens(start: (parts: Parts) => Promise<Sandbox>): OpenSandbox {
  return async (wishes = {}) => {
    const folder = await realpath(mkdtempSync(join(tmpdir(), "aetheria-sandbox-")));
    const workspace = join(folder, "workspace");
    await mkdir(workspace);
    // The sandbox is nobody special, whoever runs the tests.
    if (process.getuid?.() === 0) await chown(workspace, sandboxUid, sandboxUid);
    const before = new Set(children());
    const sandbox = await start({
      sessionId: "01900000-0000-7000-8000-000000000001" as SessionId,
      workspace,
      dataFolder: join(folder, "data"),
      network: wishes.network ?? { serve: (connection) => void connection.destroy() },
      limits: limitsOf(wishes),
      clock: Date,
    });
    const walls = children().filter((pid) => !before.has(pid));
    return {
      sandbox,
      workspace,
      kill: async () => {
        for (const pid of walls) process.kill(pid, "SIGKILL");
      },
      close: async () => {
        await sandbox.close();
        await rm(folder, { recursive: true, force: true });
      },
    };
  };
}

function children(): number[] {
  const found = readFileSync(`/proc/self/task/${process.pid}/children`, "utf8");
  return found.split(" ").filter(Boolean).map(Number);
}
