// The icon beside the clock: opens the window, asks quickly, ends the app.
import { Menu, Tray } from "electron";
import icon from "../../resources/icons/32x32.png?asset";
import { appName } from "./words.ts";
import type { Words } from "./words/shape.ts";

export type TrayActions = { open(): void; quickAsk(): void; quit(): void };

/** null: this desktop has no place for one. The caller keeps it, or it disappears. */
export function createTray(
  actions: TrayActions,
  words: Words,
  log: (message: string, error?: unknown) => void,
): Tray | null {
  try {
    const tray = new Tray(icon);
    tray.setToolTip(appName);
    tray.on("click", actions.open);
    setTrayMenu(tray, actions, words);
    return tray;
  } catch (error) {
    log("there is no tray", error);
    return null;
  }
}

export function setTrayMenu(
  tray: Tray,
  { open, quickAsk, quit }: TrayActions,
  { tray: words }: Words,
): void {
  tray.setContextMenu(
    Menu.buildFromTemplate([
      { label: words.open, click: open },
      { label: words.quickAsk, click: quickAsk },
      { type: "separator" },
      { label: words.quit, click: quit },
    ]),
  );
}
