// Where the desktop begins: one instance per data folder, everything of ours inside that folder.
import { mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { app, dialog } from "electron";
import { languageOf } from "../contract/language.ts";
import { defaultDataDir } from "../host/entry/data-dir.ts";
import { openLog } from "../host/entry/log-file.ts";
import { noArguments, readArguments, sentArguments, type Arguments } from "./arguments.ts";
import { Desktop } from "./desktop.ts";
import { registerPageScheme, servePage } from "./page-protocol.ts";
import { appName, tables } from "./words.ts";

const args = readArguments(process.argv, process.cwd());
const { env, platform } = process;
const dataDir = args.dataDir ?? defaultDataDir({ env, platform, home: homedir() });
const userData = join(dataDir, "window");

app.setName(appName);
try {
  mkdirSync(userData, { recursive: true, mode: 0o700 });
} catch (error) {
  endWith(error);
}
app.setPath("userData", userData);
registerPageScheme();

// Chromium may reorder and change the arguments of a second instance: ours travel on their own.
if (app.requestSingleInstanceLock({ ...args })) begin();
else app.quit();

function begin(): void {
  const log = openLog(dataDir);
  const early: Arguments[] = [];
  let desktop: Desktop | null = null;
  const follow = (more: Partial<Arguments>) => {
    const full = { ...noArguments, ...more };
    if (desktop) desktop.follow(full);
    else early.push(full);
  };
  app.on("second-instance", (_event, _argv, _cwd, more) => follow(sentArguments(more)));
  // macOS hands links and files over this way.
  app.on("open-url", (_event, link) => follow({ link }));
  app.on("open-file", (_event, file) => follow({ file }));
  if (app.isPackaged) app.setAsDefaultProtocolClient("aetheria");
  process.on("uncaughtException", (error) => log("unexpected in the desktop", error));
  process.on("unhandledRejection", (error) => log("unexpected in the desktop", error));
  const start = () => {
    // Seen from out/main/index.js.
    servePage(fileURLToPath(new URL("../renderer", import.meta.url)));
    desktop = new Desktop(dataDir, log);
    desktop.start(args);
    for (const more of early.splice(0)) desktop.follow(more);
  };
  void app
    .whenReady()
    .then(start)
    .catch((error: unknown) => {
      log("the desktop cannot start", error);
      endWith(error);
    });
}

/** An app without a window would only lie around. */
function endWith(error: unknown): never {
  const why = error instanceof Error ? error.message : String(error);
  const language = languageOf("system", [app.getLocale()]);
  dialog.showErrorBox(appName, tables[language].cannotStart(dataDir, why));
  process.exit(1);
}
