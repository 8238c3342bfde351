// Starting with the session of the system: a login item, on Linux an XDG autostart file. It starts
// without a window, in the tray.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import { app } from "electron";
import type { Log } from "../host/entry/log-file.ts";
import { appName } from "./words.ts";

export function setAutostart(isOn: boolean, log: Log): void {
  try {
    if (process.platform === "linux") setXdgAutostart(isOn, process.env);
    // A copy that runs from its sources would start a bare Electron.
    else if (app.isPackaged)
      app.setLoginItemSettings({ openAtLogin: isOn, args: ["--background"] });
  } catch (error) {
    log("starting with the system could not be changed", error);
  }
}

function setXdgAutostart(isOn: boolean, env: NodeJS.ProcessEnv): void {
  const named = env["XDG_CONFIG_HOME"];
  const config = named !== undefined && isAbsolute(named) ? named : join(homedir(), ".config");
  const path = join(config, "autostart", "aetheria.desktop");
  if (!isOn) return rmSync(path, { force: true });
  mkdirSync(join(config, "autostart"), { recursive: true });
  const program = env["APPIMAGE"] ?? process.execPath;
  const own = app.isPackaged ? [] : [app.getAppPath()];
  writeFileSync(path, autostartEntry([program, ...own, "--background"]));
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
