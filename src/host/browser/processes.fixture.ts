// Which processes belong to a folder: a browser's all name the folder of its profile, or its parent does.
import { readdirSync, readFileSync } from "node:fs";

/** Every process whose command line names this folder. Linux only. */
export function processesOf(folder: string): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => commandLineOf(pid).includes(folder));
}

export const renderersOf = (folder: string): number[] =>
  processesOf(folder).filter((pid) => commandLineOf(pid).includes("--type=renderer"));

function commandLineOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return "";
  }
}
