// The main window: where it was last time on the displays that are there now, shown once painted,
// hidden rather than closed while the tray keeps the app. What should lead somewhere before its page
// listens is kept for it.
import { BrowserWindow, screen } from "electron";
import type { Destination, DesktopEvent } from "../contract/desktop.ts";
import type { Settings } from "../contract/settings.ts";
import { backgroundOf, pagePreferences, pageUrl, reloadWhenGone, tellPage } from "./page-window.ts";
import { placeWindow, smallestSize } from "./window-bounds.ts";
import { loadWindowState, saveWindowState, type WindowState } from "./window-state.ts";

export type MainWindowOptions = {
  statePath: string;
  /** Whether closing it only hides it, asked when it happens. */
  hidesOnClose(): boolean;
  /** It is closed for good. */
  closed(): void;
  log(message: string, error?: unknown): void;
};

export class MainWindow {
  /** Its first page runs, or will not. */
  readonly running: Promise<void>;
  readonly #options: MainWindowOptions;
  #tellRunning = () => {};
  #window: BrowserWindow | null = null;
  #state: WindowState;
  #isListening = false;
  #waiting: Destination[] = [];

  constructor(options: MainWindowOptions) {
    this.#options = options;
    this.running = new Promise((resolve) => (this.#tellRunning = resolve));
    this.#state = loadWindowState(options.statePath);
    const stayReachable = () => this.#stayReachable();
    screen.on("display-removed", stayReachable);
    screen.on("display-metrics-changed", stayReachable);
  }

  get current(): BrowserWindow | null {
    return this.#window;
  }

  /** Made when there is none; `shown` false: only made, for a start in the tray. */
  open(shown = true): void {
    if (!this.#window) this.#window = this.#create(shown);
    else if (shown) reveal(this.#window);
    if (this.#window.webContents.isCrashed()) this.#window.reload();
  }

  /** Shows the window at a place in the page. */
  go(to: Destination): void {
    this.open();
    if (this.#window && this.#isListening) tellPage(this.#window, { type: "go", to });
    else this.#waiting.push(to);
  }

  tell(event: DesktopEvent): void {
    if (this.#window) tellPage(this.#window, event);
  }

  /** Its page hears events from now on. */
  listens(): void {
    this.#isListening = true;
    this.#tellRunning();
    for (const to of this.#waiting.splice(0)) this.go(to);
  }

  /** The look to have before the next first paint. */
  set theme(theme: Settings["theme"]) {
    this.#state = { ...this.#state, theme };
    this.#window?.setBackgroundColor(backgroundOf(theme));
    this.remember();
  }

  remember(): void {
    const window = this.#window;
    if (window && !window.isDestroyed() && !window.isMinimized()) {
      const maximized = window.isMaximized();
      this.#state = { ...this.#state, bounds: window.getNormalBounds(), maximized };
    }
    try {
      saveWindowState(this.#options.statePath, this.#state);
    } catch (error) {
      this.#options.log("the window's place was not kept", error);
    }
  }

  #create(shown: boolean): BrowserWindow {
    const { bounds, maximized, theme } = this.#state;
    const window = new BrowserWindow({
      ...placeWindow(bounds, workAreas()),
      minWidth: smallestSize.width,
      minHeight: smallestSize.height,
      show: false,
      autoHideMenuBar: true,
      backgroundColor: backgroundOf(theme),
      webPreferences: pagePreferences,
    });
    this.#isListening = false;
    if (shown) window.once("ready-to-show", () => reveal(window));
    if (maximized && shown) window.maximize();
    window.on("close", (event) => {
      this.remember();
      if (!this.#options.hidesOnClose()) return;
      event.preventDefault();
      window.hide();
    });
    window.on("closed", () => {
      this.#window = null;
      this.#tellRunning();
      this.#options.closed();
    });
    window.webContents.on("did-navigate", () => (this.#isListening = false));
    window.webContents.once("render-process-gone", () => this.#tellRunning());
    reloadWhenGone(window, this.#options.log);
    window.loadURL(pageUrl).catch((error: unknown) => {
      this.#options.log("the page did not load", error);
      this.#tellRunning();
    });
    return window;
  }

  #stayReachable(): void {
    const window = this.#window;
    if (!window || window.isDestroyed()) return;
    const now = window.getBounds();
    const place = placeWindow(now, workAreas());
    if (place.x !== now.x || place.y !== now.y) window.setBounds(place);
  }
}

const workAreas = () => {
  const primary = screen.getPrimaryDisplay();
  const others = screen.getAllDisplays().filter(({ id }) => id !== primary.id);
  return [primary, ...others].map(({ workArea }) => workArea);
};

function reveal(window: BrowserWindow): void {
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
}
