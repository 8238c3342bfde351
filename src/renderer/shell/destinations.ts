// Where a menu, a deep link or a notification of the system may lead, turned into what the page does.
// Pure. A link can come from anybody: it opens things and fills the composer, it never sends.
import type { Destination } from "../../contract/desktop.ts";
import type { SessionId } from "../../contract/ids.ts";
import { appNames, type AppName } from "../client/app-names.ts";
import { settingsSections, type SettingsSection } from "../client/place.svelte.ts";

export type Step =
  | { do: "show"; sessionId: SessionId; seq: number | null; app: AppName }
  /** A new session, with this in its composer. */
  | { do: "compose"; draft: string | null }
  | { do: "settings"; section: SettingsSection | null }
  | { do: "search" }
  /** Ends a sign-in that began here; one that did not is refused by the host. */
  | { do: "finishSignIn"; callback: string }
  | { do: "askToImport"; name: string; text: string };

export function stepTo(to: Destination): Step {
  switch (to.kind) {
    case "session":
      return { do: "show", sessionId: to.sessionId, seq: to.seq ?? null, app: appNamed(to.app) };
    case "new":
      return { do: "compose", draft: to.draft === undefined ? null : visible(to.draft) };
    case "settings":
      return { do: "settings", section: sectionNamed(to.section) };
    case "signIn":
      return { do: "finishSignIn", callback: to.callback };
    case "palette":
      return { do: "search" };
    case "import":
      return { do: "askToImport", name: to.name, text: to.text };
  }
}

/** The chat where there is no such app. */
const appNamed = (name: string | undefined): AppName =>
  appNames.find((app) => app === name) ?? "chat";

/** Null: no such section; the settings open where they were. */
const sectionNamed = (name: string | undefined): SettingsSection | null =>
  settingsSections.find((section) => section === name) ?? null;

/** Signs that hide or turn around what one reads have no place in a draft that a link wrote. */
const visible = (draft: string): string =>
  draft
    .replace(
      /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g,
      "",
    )
    .trim();
