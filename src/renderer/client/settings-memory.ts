// The settings as the host told them last, kept on this device: with them the page is there before the
// host answers. What cannot be read, or is of another version, is not remembered.
import { Settings } from "../../contract/settings.ts";

const key = "aetheria-settings";

type Shelf = Pick<Storage, "getItem" | "setItem">;

export class SettingsMemory {
  readonly #shelf: () => Shelf;

  constructor(shelf: () => Shelf = () => localStorage) {
    this.#shelf = shelf;
  }

  load(): Settings | null {
    try {
      return Settings.safeParse(JSON.parse(this.#shelf().getItem(key) ?? "null")).data ?? null;
    } catch {
      return null; // storage is blocked, or not JSON
    }
  }

  save(settings: Settings): void {
    try {
      this.#shelf().setItem(key, JSON.stringify(settings));
    } catch {
      return; // storage is blocked or full: the next start waits for the host
    }
  }
}
