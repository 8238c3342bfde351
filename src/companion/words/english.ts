// English, put together from one table per part of the companion.
import { activity } from "./english/activity.ts";
import { chat } from "./english/chat.ts";
import { files } from "./english/files.ts";
import { sessions } from "./english/sessions.ts";
import { settings } from "./english/settings.ts";
import { shell } from "./english/shell.ts";
import { steps } from "./english/steps.ts";
import { welcome } from "./english/welcome.ts";

export const english = {
  locale: "en",
  shell,
  sessions,
  chat,
  steps,
  activity,
  files,
  settings,
  welcome,
};
