// The application's menu: the system's usual entries and the few places of ours. It also gives the
// keys for copying, pasting and zooming.
import { Menu, shell, type MenuItemConstructorOptions } from "electron";
import type { Destination } from "../contract/desktop.ts";
import { words } from "./words.ts";

export type MenuActions = {
  go(to: Destination): void;
  quickAsk(): void;
  restartHost(): void;
  logPath: string;
};

export function setMenu(actions: MenuActions, platform: NodeJS.Platform): void {
  Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(actions, platform)));
}

export function menuTemplate(
  actions: MenuActions,
  platform: NodeJS.Platform,
): MenuItemConstructorOptions[] {
  const isMac = platform === "darwin";
  return [
    ...(isMac ? [appMenu(actions)] : []),
    fileMenu(actions, isMac),
    { label: words.menu.edit, role: "editMenu" },
    { label: words.menu.view, submenu: viewEntries },
    { label: words.menu.window, role: "windowMenu" },
    helpMenu(actions),
  ];
}

// Without "reload" and the developer's tools: this is an app, not a browser.
const viewEntries: MenuItemConstructorOptions[] = [
  { role: "resetZoom" },
  { role: "zoomIn" },
  { role: "zoomOut" },
  { type: "separator" },
  { role: "togglefullscreen" },
];

const settingsEntry = ({ go }: MenuActions): MenuItemConstructorOptions => ({
  label: words.menu.settings,
  accelerator: "CommandOrControl+,",
  click: () => go({ kind: "settings" }),
});

const appMenu = (actions: MenuActions): MenuItemConstructorOptions => ({
  label: words.name,
  submenu: [
    { role: "about" },
    { type: "separator" },
    settingsEntry(actions),
    { type: "separator" },
    { role: "services" },
    { type: "separator" },
    { role: "hide" },
    { role: "hideOthers" },
    { role: "unhide" },
    { type: "separator" },
    { role: "quit" },
  ],
});

const fileMenu = (actions: MenuActions, isMac: boolean): MenuItemConstructorOptions => ({
  label: words.menu.file,
  submenu: [
    { label: words.menu.newSession, click: () => actions.go({ kind: "new" }) },
    { label: words.menu.quickAsk, click: actions.quickAsk },
    { label: words.menu.palette, click: () => actions.go({ kind: "palette" }) },
    ...(isMac ? [] : [{ type: "separator" as const }, settingsEntry(actions)]),
    { type: "separator" },
    isMac ? { role: "close" } : { role: "quit" },
  ],
});

const helpMenu = ({ logPath, restartHost }: MenuActions): MenuItemConstructorOptions => ({
  label: words.menu.help,
  role: "help",
  submenu: [
    { label: words.menu.showLog, click: () => shell.showItemInFolder(logPath) },
    { label: words.menu.restartHost, click: restartHost },
  ],
});
