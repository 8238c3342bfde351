// What every window of ours has in common: the sandboxed page and the colour before its first paint.
import { fileURLToPath } from "node:url";
import { nativeTheme, type BrowserWindow, type WebPreferences } from "electron";
import type { DesktopEvent } from "../contract/desktop.ts";
import type { Settings } from "../contract/settings.ts";
import { afterDeath, noDeaths } from "./back-off.ts";
import { pageOrigin } from "./page-policy.ts";

export const pageUrl = `${pageOrigin}/index.html`;
/** The quick-ask window's page. */
export const quickAskUrl = `${pageUrl}?quick`;

// Seen from out/main/index.js.
const preload = fileURLToPath(new URL("../preload/index.cjs", import.meta.url));

export const pagePreferences: WebPreferences = {
  preload,
  sandbox: true,
  contextIsolation: true,
  nodeIntegration: false,
  nodeIntegrationInWorker: false,
  nodeIntegrationInSubFrames: false,
  webSecurity: true,
  allowRunningInsecureContent: false,
  webviewTag: false,
  navigateOnDragDrop: false,
  spellcheck: true,
};

/** The paper of the look, as in the page's tokens.css. */
export function backgroundOf(theme: Settings["theme"]): string {
  if (theme === "contrast") return "#ffffff";
  const isDark = theme === "dark" || (theme === "system" && nativeTheme.shouldUseDarkColors);
  return isDark ? "#16140f" : "#f6f0e1";
}

/** Loads the page again when its process died, ever later, and not for ever: then it waits until
 * somebody wants to see it. */
export function reloadWhenGone(window: BrowserWindow, log: (message: string) => void): void {
  let backOff = noDeaths;
  let loadedAt = Date.now();
  window.webContents.on("did-start-loading", () => (loadedAt = Date.now()));
  window.webContents.on("render-process-gone", (_event, { reason }) => {
    log(`the page is gone: ${reason}`);
    if (reason === "clean-exit") return;
    const next = afterDeath(backOff, loadedAt, Date.now());
    backOff = next.backOff;
    const reload = () => {
      if (!window.isDestroyed() && window.webContents.isCrashed()) window.reload();
    };
    if (next.delayMs === null) log("the page dies again and again and is left as it is");
    else setTimeout(reload, next.delayMs);
  });
}

export function tellPage(window: BrowserWindow, event: DesktopEvent): void {
  if (!window.isDestroyed()) window.webContents.send("aetheria:event", event);
}
