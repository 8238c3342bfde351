// Joins the parts of the desktop: the host's life, the windows, the system's places. What happens
// between them is here; what each does is in its own file.
import { join } from "node:path";
import { app, BrowserWindow, ipcMain, nativeTheme, powerMonitor, type Tray } from "electron";
import type { DesktopEvent, HostMessage } from "../contract/desktop.ts";
import { languageOf } from "../contract/language.ts";
import { defaultSettings, type Settings } from "../contract/settings.ts";
import { logPath as logPathIn, type Log } from "../host/entry/log-file.ts";
import type { Arguments } from "./arguments.ts";
import { setAutostart } from "./autostart.ts";
import { openElectronUpdater } from "./electron-updater.ts";
import { hardenPages, hardenSession } from "./harden.ts";
import { createHostProcess, type HostProcess } from "./host-process.ts";
import { createInvitations, type Invitations } from "./invitations.ts";
import { openKeychain, type SystemKeychain } from "./keychain.ts";
import { MainWindow } from "./main-window.ts";
import { setMenu, type MenuActions } from "./menu.ts";
import { Notifications } from "./notifications.ts";
import { openLink } from "./open-link.ts";
import { QuickAsk } from "./quick-ask.ts";
import { createTray, setTrayMenu, type TrayActions } from "./tray.ts";
import { Updates } from "./updates.ts";
import { createVerbHandlers } from "./verb-handlers.ts";
import { answerVerbs } from "./verbs.ts";
import { tables } from "./words.ts";
import type { Words } from "./words/shape.ts";

export class Desktop {
  readonly #log: Log;
  readonly #host: HostProcess;
  readonly #window: MainWindow;
  readonly #quickAsk: QuickAsk;
  readonly #notifications: Notifications;
  readonly #updates: Updates;
  readonly #keychain: SystemKeychain;
  readonly #invitations: Invitations;
  readonly #menu: MenuActions;
  #settings: Settings = defaultSettings;
  #words: Words = wordsOf(defaultSettings);
  #tray: Tray | null = null;
  #isQuitting = false;
  /** What names the data folder when it is not the usual one. */
  #dataArguments: readonly string[] = [];

  /** After the app is ready. */
  constructor(dataDir: string, log: Log) {
    this.#log = log;
    this.#keychain = openKeychain(() => this.#settings.allowPlainKeychain);
    this.#window = new MainWindow({
      statePath: join(dataDir, "window", "state.json"),
      hidesOnClose: () => this.#hidesOnClose(),
      closed: () => this.#quickAsk.close(),
      log,
    });
    this.#quickAsk = new QuickAsk(log);
    this.#notifications = new Notifications(
      () => this.#words,
      ({ sessionId }) => this.#window.go({ kind: "session", sessionId }),
    );
    this.#invitations = createInvitations(this.#window, this.#quickAsk, log);
    this.#host = createHostProcess({
      dataDir,
      keychain: () => this.#keychain.kind,
      hasLinks: () => app.isDefaultProtocolClient("aetheria"),
      onState: (host) => this.#tell({ type: "host", host }),
      onMessage: (message) => this.#hear(message),
      log,
    });
    this.#updates = new Updates({
      openUpdater: app.isPackaged ? () => openElectronUpdater(log) : null,
      policy: () => this.#settings.updates,
      isOffline: () => this.#settings.offline,
      now: Date.now,
      onState: (update) => this.#tell({ type: "update", update }),
    });
    const logPath = logPathIn(dataDir);
    this.#menu = {
      go: this.#window.go.bind(this.#window),
      quickAsk: () => this.#quickAsk.toggle(),
      restartHost: () => this.#host.restart(),
      logPath,
    };
    setMenu(this.#menu, this.#words, process.platform);
    this.#answerPages(logPath);
  }

  /** Begins: the host, the window unless the app starts in the tray, the system's places. */
  start(args: Arguments): void {
    hardenSession();
    if (args.dataDir !== null) this.#dataArguments = ["--data", args.dataDir];
    this.#window.open(!args.background);
    // On few cores a host that starts beside the page holds up its first paint, which does not need it.
    if (args.background) this.#host.start();
    else void this.#window.running.then(() => this.#host.start());
    this.#invitations.follow({ ...args, background: true });
    const open = () => this.#window.open();
    this.#tray = createTray(this.#trayActions(), this.#words, this.#log);
    this.#updates.lookRegularly();
    powerMonitor.on("suspend", () => this.#host.post({ type: "power", state: "suspend" }));
    powerMonitor.on("resume", () => this.#host.post({ type: "power", state: "resume" }));
    app.on("activate", open);
    app.on("window-all-closed", () => process.platform !== "darwin" && app.quit());
    app.on("before-quit", (event) => this.#quit(event));
  }

  /** The app was started again, or something was opened with it. */
  follow(args: Arguments): void {
    this.#invitations.follow(args);
  }

  #trayActions(): TrayActions {
    const quickAsk = () => this.#quickAsk.toggle();
    return { open: () => this.#window.open(), quickAsk, quit: () => app.quit() };
  }

  #answerPages(logPath: string): void {
    const parts = {
      host: this.#host,
      mainWindow: this.#window,
      quickAsk: this.#quickAsk,
      updates: this.#updates,
      keychain: () => this.#keychain.kind,
      logPath,
      words: () => this.#words,
    };
    const handlers = createVerbHandlers(parts);
    answerVerbs(ipcMain, handlers, this.#log);
    hardenPages((url) => {
      openLink(url, this.#window.current, this.#words).catch((error: unknown) =>
        this.#log("a link did not open", error),
      );
    });
  }

  #hear(message: HostMessage): void {
    if (message.type === "settings") this.#apply(message.settings);
    if (message.type === "attention") this.#notifications.show(message.attention);
    if (message.type === "running") this.#updates.running = message.count;
    if (message.type === "secret") void this.#keepSecret(message);
  }

  #apply(settings: Settings): void {
    this.#settings = settings;
    this.#window.theme = settings.theme;
    this.#quickAsk.key = settings.quickAskKey;
    nativeTheme.themeSource = settings.theme === "contrast" ? "light" : settings.theme;
    setAutostart(settings.autostart, this.#dataArguments, this.#log);
    this.#speak(wordsOf(settings));
  }

  #speak(words: Words): void {
    if (words === this.#words) return;
    this.#words = words;
    setMenu(this.#menu, words, process.platform);
    if (this.#tray) setTrayMenu(this.#tray, this.#trayActions(), words);
  }

  async #keepSecret({ id, verb, text }: HostMessage & { type: "secret" }): Promise<void> {
    this.#host.post({ type: "secret", id, text: await this.#keychain[verb](text) });
  }

  #tell(event: DesktopEvent): void {
    this.#window.tell(event);
    this.#quickAsk.tell(event);
  }

  #hidesOnClose(): boolean {
    if (this.#isQuitting) return false;
    return process.platform === "darwin" || (this.#settings.closeToTray && this.#tray !== null);
  }

  /** The host finishes its writes first, within bounds; then the app really ends. */
  #quit(event: { preventDefault(): void }): void {
    if (this.#isQuitting) return;
    event.preventDefault();
    this.#isQuitting = true;
    this.#window.remember();
    for (const window of BrowserWindow.getAllWindows()) window.hide();
    void this.#host.close().finally(() => app.quit());
  }
}

const wordsOf = ({ language }: Settings): Words => tables[languageOf(language, [app.getLocale()])];
