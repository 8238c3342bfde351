// Starting with the session of the system: a login item, on Linux an XDG autostart file. It starts
// without a window, in the tray.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import { app } from "electron";
import type { Log } from "../host/entry/log-file.ts";
import { appName } from "./words.ts";

/** `more`: what this copy was told of its data folder, so that it starts on the same one. */
export function setAutostart(isOn: boolean, more: readonly string[], log: Log): void {
  try {
    if (process.platform === "linux") setXdgAutostart(isOn, more, process.env);
    // A copy that runs from its sources would start a bare Electron.
    else if (app.isPackaged)
      app.setLoginItemSettings({ openAtLogin: isOn, args: [...more, "--background"] });
  } catch (error) {
    log("starting with the system could not be changed", error);
  }
}

function setXdgAutostart(isOn: boolean, more: readonly string[], env: NodeJS.ProcessEnv): void {
  const named = env["XDG_CONFIG_HOME"];
  const config = named !== undefined && isAbsolute(named) ? named : join(homedir(), ".config");
  const path = join(config, "autostart", "aetheria.desktop");
  const program = env["APPIMAGE"] ?? process.execPath;
  const own = app.isPackaged ? [] : [app.getAppPath()];
  const entry = autostartEntry([program, ...own, ...more, "--background"]);
  const isOurs = readIfThere(path) === entry;
  // Another copy's, or one that the person wrote, stays.
  if (!isOn) return isOurs ? rmSync(path, { force: true }) : undefined;
  if (isOurs) return;
  mkdirSync(join(config, "autostart"), { recursive: true });
  writeFileSync(path, entry);
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null; // absent, or not to be read: then it is not ours
  }
}

/** https://specifications.freedesktop.org/desktop-entry-spec/latest/exec-variables.html */
export function autostartEntry(command: readonly string[]): string {
  const exec = command.map(quoted).join(" ");
  const lines = ["[Desktop Entry]", "Type=Application", `Name=${appName}`, `Exec=${exec}`];
  return [...lines, "Terminal=false", "X-GNOME-Autostart-enabled=true", ""].join("\n");
}

/** Quoted for Exec, then once more escaped as every string of a desktop file. */
const quoted = (argument: string): string => {
  const inQuotes = argument.replace(/["`$\\]/g, "\\$&").replace(/%/g, "%%");
  return `"${inQuotes}"`.replace(/\\/g, "\\\\");
};
