// The icon beside the clock: opens the window, asks quickly, ends the app.
import { Menu, Tray } from "electron";
import icon from "../../resources/icons/32x32.png?asset";
import { words } from "./words.ts";

export type TrayActions = { open(): void; quickAsk(): void; quit(): void };

/** null: this desktop has no place for one. The caller keeps it, or it disappears. */
export function createTray(
  { open, quickAsk, quit }: TrayActions,
  log: (message: string, error?: unknown) => void,
): Tray | null {
  try {
    const tray = new Tray(icon);
    tray.setToolTip(words.name);
    tray.on("click", open);
    tray.setContextMenu(
      Menu.buildFromTemplate([
        { label: words.tray.open, click: open },
        { label: words.tray.quickAsk, click: quickAsk },
        { type: "separator" },
        { label: words.tray.quit, click: quit },
      ]),
    );
    return tray;
  } catch (error) {
    log("there is no tray", error);
    return null;
  }
}
