// Where something outside wants the app to go: it was started again, a link or a file was opened.
import type { Arguments } from "./arguments.ts";
import { parseDeepLink } from "./deep-link.ts";
import type { MainWindow } from "./main-window.ts";
import { readOpenedFile } from "./opened-file.ts";
import type { QuickAsk } from "./quick-ask.ts";
import type { Log } from "../host/entry/log-file.ts";

export interface Invitations {
  follow(args: Arguments): void;
}

export function createInvitations(
  window: Pick<MainWindow, "open" | "go">,
  quickAsk: Pick<QuickAsk, "toggle">,
  log: Log,
): Invitations {
  const followLink = (link: string) => {
    const to = parseDeepLink(link);
    if (to) window.go(to);
    else log(`a link was not followed: ${JSON.stringify(link.slice(0, 200))}`);
  };
  const followFile = (path: string) => {
    readOpenedFile(path).then(
      (to) => window.go(to),
      (error: unknown) => log(`a file was not opened: ${JSON.stringify(path)}`, error),
    );
  };
  return {
    follow({ toggle, link, file, background }) {
      if (toggle) return quickAsk.toggle();
      if (!background) window.open();
      if (link !== null) followLink(link);
      if (file !== null) followFile(file);
    },
  };
}
