// Opens an address in the person's browser, where there is one to be seen.
import type { Environment } from "./io.ts";

/** False when there is no graphical session, or its browser would not start. */
export async function openBrowser(url: string): Promise<boolean> {
  if (!hasDisplay(process.platform, process.env)) return false;
  const { default: open } = await import("open");
  try {
    const opener = await open(url);
    opener.on("error", () => opener.unref());
    return true;
  } catch {
    return false;
  }
}

export function hasDisplay(platform: NodeJS.Platform, env: Environment): boolean {
  const isRemote = (env["SSH_CONNECTION"] ?? "") !== "";
  if (platform === "win32" || platform === "darwin") return !isRemote;
  return (env["DISPLAY"] ?? "") !== "" || (env["WAYLAND_DISPLAY"] ?? "") !== "";
}
