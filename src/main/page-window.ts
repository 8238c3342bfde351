// What every window of ours has in common: the sandboxed page and the colour before its first paint.
import { fileURLToPath } from "node:url";
import { nativeTheme, type BrowserWindow, type WebPreferences } from "electron";
import type { DesktopEvent } from "../contract/desktop.ts";
import type { Settings } from "../contract/settings.ts";
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

export function tellPage(window: BrowserWindow, event: DesktopEvent): void {
  if (!window.isDestroyed()) window.webContents.send("aetheria:event", event);
}
