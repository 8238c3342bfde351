// The application's menu: the system's usual entries and the few places of ours. It also gives the
// keys for copying, pasting and zooming.
import { Menu, shell, type MenuItemConstructorOptions } from "electron";
import type { Destination } from "../contract/desktop.ts";
import { appName } from "./words.ts";
import type { Role, Words } from "./words/shape.ts";

export type MenuActions = {
  go(to: Destination): void;
  quickAsk(): void;
  restartHost(): void;
  logPath: string;
};

type Entry = MenuItemConstructorOptions;
interface Parts {
  words: Words;
  actions: MenuActions;
  isMac: boolean;
}

export function setMenu(actions: MenuActions, words: Words, platform: NodeJS.Platform): void {
  Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(actions, words, platform)));
}

export function menuTemplate(
  actions: MenuActions,
  words: Words,
  platform: NodeJS.Platform,
): Entry[] {
  const parts: Parts = { words, actions, isMac: platform === "darwin" };
  return [
    ...(parts.isMac ? [appMenu(parts)] : []),
    fileMenu(parts),
    editMenu(parts),
    viewMenu(parts),
    windowMenu(parts),
    helpMenu(parts),
  ];
}

const line: Entry = { type: "separator" };

const ofSystem = (words: Words, ...roles: Role[]): Entry[] =>
  roles.map((role) => ({ role, label: words.roles[role] }));

const settingsEntry = ({ words, actions }: Parts): Entry => ({
  label: words.menu.settings,
  accelerator: "CommandOrControl+,",
  click: () => actions.go({ kind: "settings" }),
});

const appMenu = (parts: Parts): Entry => ({
  label: appName,
  submenu: [
    ...ofSystem(parts.words, "about"),
    line,
    settingsEntry(parts),
    line,
    ...ofSystem(parts.words, "services"),
    line,
    ...ofSystem(parts.words, "hide", "hideOthers", "unhide"),
    line,
    ...ofSystem(parts.words, "quit"),
  ],
});

const fileMenu = (parts: Parts): Entry => {
  const { words, actions, isMac } = parts;
  return {
    label: words.menu.file,
    submenu: [
      { label: words.menu.newSession, click: () => actions.go({ kind: "new" }) },
      { label: words.menu.quickAsk, click: actions.quickAsk },
      { label: words.menu.palette, click: () => actions.go({ kind: "palette" }) },
      ...(isMac ? [] : [line, settingsEntry(parts)]),
      line,
      ...ofSystem(words, isMac ? "close" : "quit"),
    ],
  };
};

const editMenu = ({ words, isMac }: Parts): Entry => ({
  label: words.menu.edit,
  role: "editMenu",
  submenu: [
    ...ofSystem(words, "undo", "redo"),
    line,
    ...ofSystem(words, "cut", "copy", "paste"),
    ...(isMac ? ofSystem(words, "pasteAndMatchStyle") : []),
    ...ofSystem(words, "delete"),
    line,
    ...ofSystem(words, "selectAll"),
    ...(isMac ? [line, ...macEntries(words)] : []),
  ],
});

const macEntries = (words: Words): Entry[] => [
  {
    label: words.menu.substitutions,
    submenu: [
      ...ofSystem(words, "showSubstitutions"),
      line,
      ...ofSystem(words, "toggleSmartQuotes", "toggleSmartDashes", "toggleTextReplacement"),
    ],
  },
  { label: words.menu.speech, submenu: ofSystem(words, "startSpeaking", "stopSpeaking") },
];

// Without "reload" and the developer's tools: this is an app, not a browser.
const viewMenu = ({ words }: Parts): Entry => ({
  label: words.menu.view,
  submenu: [
    ...ofSystem(words, "resetZoom", "zoomIn", "zoomOut"),
    line,
    ...ofSystem(words, "togglefullscreen"),
  ],
});

const windowMenu = ({ words, isMac }: Parts): Entry => ({
  label: words.menu.window,
  role: "windowMenu",
  submenu: [
    ...ofSystem(words, "minimize", "zoom"),
    ...(isMac ? [line, ...ofSystem(words, "front")] : ofSystem(words, "close")),
  ],
});

const helpMenu = ({ words, actions: { logPath, restartHost } }: Parts): Entry => ({
  label: words.menu.help,
  role: "help",
  submenu: [
    { label: words.menu.showLog, click: () => shell.showItemInFolder(logPath) },
    { label: words.menu.restartHost, click: restartHost },
  ],
});
