// Debian's packages for the parts that tests need: installed only on Debian as root.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

type Say = (line: string) => void;

const aptOptions = { DEBIAN_FRONTEND: "noninteractive" };

export const isInstalled = (command: string): boolean =>
  spawnSync("which", [command], { stdio: "ignore" }).status === 0;

export function installFromDebian(packages: string[], say: Say): void {
  if (!canUseApt()) return;
  say(`provision: installing ${packages.join(", ")} with apt`);
  const isUpdated = apt(["update"], say);
  if (isUpdated) apt(["install", "-y", "--no-install-recommends", ...packages], say);
}

export function canUseApt(): boolean {
  const isRoot = process.getuid?.() === 0;
  return process.platform === "linux" && isRoot && existsSync("/usr/bin/apt-get");
}

function apt(args: string[], say: Say): boolean {
  const result = spawnSync("apt-get", ["-q", ...args], {
    env: { ...process.env, ...aptOptions },
    encoding: "utf8",
    maxBuffer: 64 * 2 ** 20,
  });
  if (result.status === 0) return true;
  say(`provision: apt-get ${args[0]} failed:\n${result.stdout ?? ""}${result.stderr ?? ""}`);
  return false;
}
