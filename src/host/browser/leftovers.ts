// Browsers that an earlier host left running. They end by themselves when their host does; one that hangs
// is found by the lock in its profile and ended.
import { readFile, readlink } from "node:fs/promises";
import { join } from "node:path";
import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** The process that holds the profile; null: none. Windows lets no two browsers have one anyway. */
export async function holderOf(profileFolder: string): Promise<number | null> {
  const lock = await readlink(join(profileFolder, "SingletonLock")).catch(() => "");
  const pid = Number(/-(\d+)$/.exec(lock)?.[1] ?? 0);
  if (pid < 2) return null;
  const line = await commandLineOf(pid);
  return line.includes(`--user-data-dir=${profileFolder}`) ? pid : null;
}

/** Ends what still runs on these profiles. Returns how many there were. */
export async function endLeftovers(profileFolders: readonly string[]): Promise<number> {
  const holders = await Promise.all(profileFolders.map(holderOf));
  const pids = holders.filter((pid) => pid !== null);
  for (const pid of pids) kill(pid);
  return pids.length;
}

/** Its group goes with it: renderers have no lock of their own. */
function kill(pid: number): void {
  for (const target of [-pid, pid])
    try {
      process.kill(target, "SIGKILL");
    } catch {
      // It is gone, or leads no group.
    }
}

async function commandLineOf(pid: number): Promise<string> {
  if (process.platform === "linux")
    return (await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")).replaceAll("\0", " ");
  const listed = promisify(execFile)("ps", ["-ww", "-p", String(pid), "-o", "command="]);
  return listed.then(
    ({ stdout }) => stdout,
    () => "",
  );
}
