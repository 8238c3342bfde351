// What each verb does, put together from the parts that do it.
import { stat } from "node:fs/promises";
import { isAbsolute } from "node:path";
import { BrowserWindow, dialog, shell, type WebContents } from "electron";
import type { Keychain } from "../contract/desktop.ts";
import { AetheriaError } from "../contract/errors.ts";
import type { HostProcess } from "./host-process.ts";
import { readLogTail } from "./log-tail.ts";
import type { MainWindow } from "./main-window.ts";
import { openLink } from "./open-link.ts";
import type { QuickAsk } from "./quick-ask.ts";
import { savePdf } from "./save-pdf.ts";
import { sendPort } from "./send-port.ts";
import type { Updates } from "./updates.ts";
import type { VerbHandlers } from "./verbs.ts";
import type { Words } from "./words/shape.ts";

export type VerbParts = {
  host: HostProcess;
  mainWindow: MainWindow;
  quickAsk: QuickAsk;
  updates: Updates;
  keychain: () => Keychain;
  logPath: string;
  words: () => Words;
};

export function createVerbHandlers(parts: VerbParts): VerbHandlers {
  const { host, mainWindow, quickAsk, updates, logPath, words } = parts;
  return {
    async connect(_input, page) {
      await host.ready();
      if (!page.isDestroyed()) sendPort(page, host);
      return {};
    },
    state(_input, page) {
      if (page === mainWindow.current?.webContents) mainWindow.listens();
      return { host: host.state, keychain: parts.keychain(), update: updates.state, logPath };
    },
    restartHost() {
      host.restart();
      return {};
    },
    showLog() {
      shell.showItemInFolder(logPath);
      return {};
    },
    readLog: async () => ({ text: await readLogTail(logPath) }),
    openLink: async ({ url }, page) => ({ opened: await openLink(url, windowOf(page), words()) }),
    chooseFolder: async (_input, page) => ({ path: await chooseFolder(windowOf(page)) }),
    savePdf: async ({ name }, page) => ({ path: await savePdf(page, name, words()) }),
    async showInFolder({ path }) {
      await showInFolder(path);
      return {};
    },
    async checkForUpdate() {
      await updates.check();
      return {};
    },
    async installUpdate() {
      await updates.install();
      return {};
    },
    closeQuickAsk({ sessionId }) {
      quickAsk.hide();
      if (sessionId !== null) mainWindow.go({ kind: "session", sessionId });
      return {};
    },
  };
}

const windowOf = (page: WebContents) => BrowserWindow.fromWebContents(page);

async function chooseFolder(window: BrowserWindow | null): Promise<string | null> {
  const options = { properties: ["openDirectory" as const, "createDirectory" as const] };
  const { filePaths } = await (window
    ? dialog.showOpenDialog(window, options)
    : dialog.showOpenDialog(options));
  return filePaths[0] ?? null;
}

/** Only shown, never opened. A network path would send the person's name and password hash there. */
async function showInFolder(path: string): Promise<void> {
  if (!isAbsolute(path) || /^[\\/]{2}/.test(path) || path.includes("\0"))
    throw new AetheriaError("bad_input", "That is no path on this machine.");
  await stat(path).catch((cause: unknown) => {
    throw new AetheriaError("not_found", "That file is not there any more.", { cause });
  });
  shell.showItemInFolder(path);
}
