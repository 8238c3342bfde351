// Every word of menus, dialogs, notifications and the tray.
import type { Attention } from "../contract/desktop.ts";

const titles: Record<Attention["kind"], string> = {
  approval: "Your decision is needed",
  finished: "Done",
  failed: "It could not be finished",
};

export const words = {
  name: "Aetheria",
  menu: {
    file: "File",
    newSession: "New session",
    quickAsk: "Quick ask",
    settings: "Settings…",
    palette: "Search and commands…",
    edit: "Edit",
    view: "View",
    window: "Window",
    help: "Help",
    showLog: "Show log",
    restartHost: "Restart the engine",
  },
  tray: { open: "Open Aetheria", quickAsk: "Quick ask", quit: "Quit" },
  notification: {
    title: (kind: Attention["kind"]) => titles[kind],
    body: (title: string) => title || "A session without a title",
  },
  link: {
    question: "Open this address?",
    detail: "It leads out of Aetheria. Open it only when you know where it goes.",
    open: "Open",
    cancel: "Do not open",
  },
  pdf: { filter: "PDF" },
};
