// What the main process says, whatever the language.
import type { Attention } from "../../contract/desktop.ts";

export interface Words {
  menu: Readonly<
    Record<
      | ("file" | "newSession" | "quickAsk" | "settings" | "palette" | "edit" | "substitutions")
      | ("speech" | "view" | "window" | "help" | "showLog" | "restartHost"),
      string
    >
  >;
  /** The system's own entries, which Electron would say in English. */
  roles: Readonly<Record<Role, string>>;
  tray: Readonly<Record<"open" | "quickAsk" | "quit", string>>;
  notification: {
    title(kind: Attention["kind"]): string;
    body(title: string): string;
  };
  link: Readonly<Record<"question" | "detail" | "open" | "cancel", string>>;
  pdf: { filter: string };
  cannotStart(dataDir: string, why: string): string;
}

export type Role =
  | ("undo" | "redo" | "cut" | "copy" | "paste" | "pasteAndMatchStyle" | "delete" | "selectAll")
  | ("showSubstitutions" | "toggleSmartQuotes" | "toggleSmartDashes" | "toggleTextReplacement")
  | ("startSpeaking" | "stopSpeaking" | "resetZoom" | "zoomIn" | "zoomOut" | "togglefullscreen")
  | ("minimize" | "zoom" | "front" | "close")
  | ("about" | "services" | "hide" | "hideOthers" | "unhide" | "quit");
