// English, put together from one table per part of the page.
import { activity } from "./english/activity.ts";
import { browser } from "./english/browser.ts";
import { connections } from "./english/connections.ts";
import { chat } from "./english/chat.ts";
import { commands } from "./english/commands.ts";
import { composer } from "./english/composer.ts";
import { desktop } from "./english/desktop.ts";
import { dialogs } from "./english/dialogs.ts";
import { guide } from "./english/guide.ts";
import { mirroring } from "./english/mirroring.ts";
import { notifications } from "./english/notifications.ts";
import { quick } from "./english/quick.ts";
import { files } from "./english/files.ts";
import { runs } from "./english/runs.ts";
import { sandbox } from "./english/sandbox.ts";
import { search } from "./english/search.ts";
import { sessions } from "./english/sessions.ts";
import { settings } from "./english/settings.ts";
import { shell } from "./english/shell.ts";
import { start } from "./english/start.ts";
import { steps } from "./english/steps.ts";
import { windows } from "./english/windows.ts";

export const english = {
  locale: "en",
  shell,
  sessions,
  start,
  chat,
  activity,
  steps,
  composer,
  files,
  browser,
  connections,
  mirroring,
  runs,
  sandbox,
  search,
  settings,
  dialogs,
  windows,
  commands,
  guide,
  notifications,
  quick,
  desktop,
};
