// Is there a browser that the agent could drive?
import type { Finding } from "./finding.ts";

/** `title`: of the one that would be driven; null: there is none. */
export function checkBrowser(title: string | null, platform: NodeJS.Platform): Finding {
  if (title !== null) return { state: "ok", found: title };
  return {
    state: "warning",
    found: "No Chrome, Edge or Chromium was found.",
    fix: `Let Aetheria fetch one in the Browser window, or ${installing(platform)}`,
  };
}

function installing(platform: NodeJS.Platform): string {
  if (platform === "linux") return "install one, for example: sudo apt install chromium.";
  return "install Chrome from https://www.google.com/chrome, or Microsoft Edge.";
}
