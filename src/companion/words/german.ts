// German, put together from one table per part of the companion. It speaks as the page does: the words
// and the tone are those of renderer/words/german.ts.
import { activity } from "./german/activity.ts";
import { chat } from "./german/chat.ts";
import { files } from "./german/files.ts";
import { sessions } from "./german/sessions.ts";
import { settings } from "./german/settings.ts";
import { shell } from "./german/shell.ts";
import { steps } from "./german/steps.ts";
import { welcome } from "./german/welcome.ts";
import type { Words } from "./words.ts";

export const german: Words = {
  locale: "de",
  shell,
  sessions,
  chat,
  steps,
  activity,
  files,
  settings,
  welcome,
};
