// Where the person is in the page: the desk with its windows, which small window is open over it.
// Apps change it to lead somewhere else without knowing who draws that.
import { SvelteMap } from "svelte/reactivity";
import type { SessionId } from "../../contract/ids.ts";
import type { MirrorChoice } from "../../contract/mirror.ts";
import type { AppName } from "./app-names.ts";
import { Desk } from "./desk.svelte.ts";

export const settingsSections = [
  "models",
  "permission",
  "budgets",
  "appearance",
  "shortcuts",
  "instructions",
  "network",
  "browser",
  "desktop",
  "data",
  "trash",
  "updates",
  "about",
] as const;
export type SettingsSection = (typeof settingsSections)[number];

export type OpenDialog =
  | { kind: "key" }
  | { kind: "pull" }
  | { kind: "models" }
  | { kind: "status" }
  /** All keys. */
  | { kind: "help" }
  | { kind: "notifications" }
  /** A tool by hand, in the open session or a new one. */
  | { kind: "tool"; name: string }
  /** A file that was opened with Aetheria, before it is taken in. */
  | { kind: "import"; name: string; text: string }
  /** null: the folder that new sessions start with. */
  | { kind: "folder"; sessionId: SessionId | null }
  /** `renames`: its name is what is meant. */
  | { kind: "session"; sessionId: SessionId; renames?: boolean }
  /** Before a choice that takes the session out of the cloud. */
  | { kind: "unmirror"; sessionId: SessionId; choice: MirrorChoice | null };

export class Place {
  readonly desk = new Desk();
  readonly #notes = new SvelteMap<AppName, readonly string[]>();
  #section = $state.raw<SettingsSection>("models");
  #dialog = $state.raw<OpenDialog | null>(null);
  #isSearching = $state(false);
  #isListShown = $state(false);
  #isGuiding = $state(false);
  #soughtFile = $state.raw<string | null>(null);

  /** The app in front. */
  get app(): AppName {
    return this.desk.focused ?? "chat";
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
  /** The list of sessions: at the side, or over the page where there is no room. */
  get isListShown(): boolean {
    return this.#isListShown;
  }

  /** Opens the window of an app, or brings it to the front. */
  goTo(app: AppName): void {
    this.desk.show(app);
  }

  /** What an app says beside the title of its window, a badge each. */
  notesOf(app: AppName): readonly string[] {
    return this.#notes.get(app) ?? [];
  }

  note(app: AppName, texts: readonly string[]): void {
    this.#notes.set(app, texts);
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

  /** The guide of the first run was asked for again. */
  get isGuiding(): boolean {
    return this.#isGuiding;
  }

  guide(isShown: boolean): void {
    this.#isGuiding = isShown;
    this.#dialog = null;
  }

  /** The file of the workspace that Files is to bring into view; null: none. */
  get soughtFile(): string | null {
    return this.#soughtFile;
  }

  openFile(path: string): void {
    this.#soughtFile = path;
    this.goTo("files");
  }

  fileFound(): void {
    this.#soughtFile = null;
  }
}
