// Is there a browser of the Chromium family that the agent could drive?
import { homedir } from "node:os";
import { join } from "node:path";
import type { Finding, Machine } from "./finding.ts";
import { firstRunnable, onPath } from "./on-path.ts";

const names = [
  "google-chrome",
  "google-chrome-stable",
  "chromium",
  "chromium-browser",
  "microsoft-edge",
  "microsoft-edge-stable",
];

export async function checkBrowsers(machine: Machine): Promise<Finding> {
  const path =
    (machine.platform === "linux" ? await onPath(names, machine) : null) ??
    (await firstRunnable(usualPaths(machine)));
  if (path) return { state: "ok", found: path };
  return {
    state: "warning",
    found: "No Chrome, Edge or Chromium was found.",
    fix: installing(machine.platform),
  };
}

function usualPaths({ platform, env }: Machine): string[] {
  if (platform === "darwin")
    return ["/Applications", join(homedir(), "Applications")].flatMap((folder) =>
      ["Google Chrome", "Microsoft Edge", "Chromium"].map((name) =>
        join(folder, `${name}.app`, "Contents", "MacOS", name),
      ),
    );
  if (platform === "win32")
    return ["PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"]
      .flatMap((name) => env[name] ?? [])
      .flatMap((folder) => [
        join(folder, "Google", "Chrome", "Application", "chrome.exe"),
        join(folder, "Microsoft", "Edge", "Application", "msedge.exe"),
        join(folder, "Chromium", "Application", "chrome.exe"),
      ]);
  return ["/opt/google/chrome/chrome", "/snap/bin/chromium", "/usr/lib/chromium/chromium"];
}

function installing(platform: NodeJS.Platform): string {
  if (platform === "linux")
    return "Install one, for example: sudo apt install chromium (or your distribution's way).";
  return "Install Chrome from https://www.google.com/chrome, or Microsoft Edge.";
}
