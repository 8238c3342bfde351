// The small window for one question, on a key of the whole system or by `aetheria --toggle`. Made when
// it is first wanted, hidden and kept afterwards.
import { BrowserWindow, globalShortcut, screen } from "electron";
import type { DesktopEvent } from "../contract/desktop.ts";
import {
  backgroundOf,
  pagePreferences,
  quickAskUrl,
  reloadWhenGone,
  tellPage,
} from "./page-window.ts";

const size = { width: 720, height: 480 };
/** How far below the upper edge of the display it appears. */
const topShare = 0.18;

type Log = (message: string, error?: unknown) => void;

export class QuickAsk {
  readonly #log: Log;
  #window: BrowserWindow | null = null;
  #wanted: string | null = null;
  #key: string | null = null;

  constructor(log: Log) {
    this.#log = log;
  }

  get current(): BrowserWindow | null {
    return this.#window;
  }

  toggle(): void {
    if (this.#window?.isVisible()) this.hide();
    else this.#show();
  }

  hide(): void {
    this.#window?.hide();
  }

  /** A hidden window would keep the app running where nobody sees it. */
  close(): void {
    this.#window?.destroy();
  }

  tell(event: DesktopEvent): void {
    if (this.#window) tellPage(this.#window, event);
  }

  /** The system-wide key; null: none. A key that is taken or is none leaves quick-ask without one. */
  set key(key: string | null) {
    if (key === this.#wanted) return;
    this.#wanted = key;
    if (this.#key !== null) globalShortcut.unregister(this.#key);
    this.#key = key !== null && this.#register(key) ? key : null;
  }

  #register(key: string): boolean {
    try {
      if (globalShortcut.register(key, () => this.toggle())) return true;
      this.#log(`the key ${key} for quick-ask belongs to another program`);
    } catch (error) {
      this.#log(`the key ${key} for quick-ask cannot be used`, error);
    }
    return false;
  }

  #show(): void {
    const { workArea } = screen.getDisplayNearestPoint(screen.getCursorScreenPoint());
    const x = workArea.x + Math.round((workArea.width - size.width) / 2);
    const y = workArea.y + Math.round(workArea.height * topShare);
    this.#window ??= this.#create();
    if (this.#window.webContents.isCrashed()) this.#window.reload();
    this.#window.setBounds({ x, y, ...size });
    this.#window.show();
    this.#window.focus();
  }

  #create(): BrowserWindow {
    const window = new BrowserWindow({
      ...size,
      show: false,
      frame: false,
      resizable: false,
      alwaysOnTop: true,
      skipTaskbar: true,
      fullscreenable: false,
      backgroundColor: backgroundOf("system"),
      webPreferences: pagePreferences,
    });
    window.on("closed", () => (this.#window = null));
    reloadWhenGone(window, this.#log);
    window.loadURL(quickAskUrl).catch((error: unknown) => {
      this.#log("quick-ask did not load", error);
    });
    return window;
  }
}
