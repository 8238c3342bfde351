// German, put together from one table per part of the page. People are addressed with “du”; sentences
// are short and precise; quotes are „…“, an ellipsis stands apart („Löschen …“).
//
// One word for one thing: session Sitzung · run Lauf · step Schritt · tool Werkzeug · approval
// Freigabe · question of the agent Rückfrage · grant Dauerfreigabe · permission Berechtigung (its
// modes: Stufen) · workspace Arbeitsordner · attachment Anhang · trash Papierkorb · rewind
// Zurückspulen · branch Zweig · fork abzweigen · budget Budget · key Schlüssel, on a keyboard Taste ·
// engine Dienst · log Protokoll · backup Sicherung · tray Infobereich · look Aussehen · guide
// Einführung · quick ask Schnellfrage · untrusted fremd · to leave the machine hinausgehen · the
// agent „er“, the machine Rechner. Keys are called as the page shows them: Ctrl, Alt, Enter, Esc.
import { activity } from "./german/activity.ts";
import { browser } from "./german/browser.ts";
import { connections } from "./german/connections.ts";
import { chat } from "./german/chat.ts";
import { commands } from "./german/commands.ts";
import { composer } from "./german/composer.ts";
import { desktop } from "./german/desktop.ts";
import { dialogs } from "./german/dialogs.ts";
import { files } from "./german/files.ts";
import { guide } from "./german/guide.ts";
import { mirroring } from "./german/mirroring.ts";
import { notifications } from "./german/notifications.ts";
import { quick } from "./german/quick.ts";
import { runs } from "./german/runs.ts";
import { sandbox } from "./german/sandbox.ts";
import { search } from "./german/search.ts";
import { sessions } from "./german/sessions.ts";
import { settings } from "./german/settings.ts";
import { shell } from "./german/shell.ts";
import { start } from "./german/start.ts";
import { steps } from "./german/steps.ts";
import { windows } from "./german/windows.ts";
import type { Words } from "./words.ts";

export const german: Words = {
  locale: "de",
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
