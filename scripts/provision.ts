// Makes sure the outside parts that tests drive are here, and says what it does.
// Installs only on Debian as root with apt; everywhere else it uses what is installed
// and names what is missing. Safe to run again.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { findChromium } from "./chromium.ts";

export interface Provisioned {
  chromium: string | undefined;
  missing: string[];
}

const aptOptions = { DEBIAN_FRONTEND: "noninteractive" };

export function provision(say: (line: string) => void = console.log): Provisioned {
  if (!findChromium()) installFromDebian(["chromium", "fonts-liberation"], say);
  const chromium = findChromium();
  const missing: string[] = [];
  if (chromium) {
    say(`provision: browser for the end-to-end tests: ${chromium}`);
  } else {
    missing.push("chromium");
    say(
      "provision: no Chromium, Chrome or Edge found. Install one, or set CHROMIUM_PATH to its program; the browser tests are skipped until then.",
    );
  }
  return { chromium, missing };
}

function installFromDebian(packages: string[], say: (line: string) => void): void {
  if (!canUseApt()) return;
  say(`provision: installing ${packages.join(", ")} with apt`);
  const isUpdated = apt(["update"], say);
  if (isUpdated) apt(["install", "-y", "--no-install-recommends", ...packages], say);
}

function canUseApt(): boolean {
  const isRoot = process.getuid?.() === 0;
  return process.platform === "linux" && isRoot && existsSync("/usr/bin/apt-get");
}

function apt(args: string[], say: (line: string) => void): boolean {
  const result = spawnSync("apt-get", ["-q", ...args], {
    env: { ...process.env, ...aptOptions },
    encoding: "utf8",
  });
  if (result.status === 0) return true;
  say(`provision: apt-get ${args[0]} failed:\n${result.stdout ?? ""}${result.stderr ?? ""}`);
  return false;
}

export async function main(): Promise<number> {
  return provision().missing.length === 0 ? 0 : 4;
}

if (import.meta.main) process.exitCode = await main();
