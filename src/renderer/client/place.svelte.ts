// Where the person is in the page: which app fills it, which small window is open over it. Apps
// change it to lead somewhere else without knowing who draws that.
import type { SessionId } from "../../contract/ids.ts";

export const appNames = ["chat", "activity", "files", "settings"] as const;
export type AppName = (typeof appNames)[number];

export const settingsSections = [
  "models",
  "permission",
  "budgets",
  "appearance",
  "instructions",
  "network",
  "trash",
  "about",
] as const;
export type SettingsSection = (typeof settingsSections)[number];

export type OpenDialog =
  | { kind: "key" }
  | { kind: "pull" }
  | { kind: "models" }
  | { kind: "status" }
  /** null: the folder that new sessions start with. */
  | { kind: "folder"; sessionId: SessionId | null }
  | { kind: "session"; sessionId: SessionId };

export class Place {
  #app = $state.raw<AppName>("chat");
  #section = $state.raw<SettingsSection>("models");
  #dialog = $state.raw<OpenDialog | null>(null);
  #isSearching = $state(false);
  #isListShown = $state(false);

  get app(): AppName {
    return this.#app;
  }
  get section(): SettingsSection {
    return this.#section;
  }
  get dialog(): OpenDialog | null {
    return this.#dialog;
  }
  get isSearching(): boolean {
    return this.#isSearching;
  }
  /** The list of sessions, where it lies over the page. */
  get isListShown(): boolean {
    return this.#isListShown;
  }

  goTo(app: AppName): void {
    this.#app = app;
    this.#isListShown = false;
  }

  openSettings(section: SettingsSection): void {
    this.#section = section;
    this.goTo("settings");
  }

  ask(dialog: OpenDialog): void {
    this.#isSearching = false;
    this.#dialog = dialog;
  }

  closeDialog(): void {
    this.#dialog = null;
  }

  search(isOpen: boolean): void {
    this.#isSearching = isOpen;
  }

  showList(isShown: boolean): void {
    this.#isListShown = isShown;
  }
}
