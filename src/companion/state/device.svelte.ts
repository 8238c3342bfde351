// This device as such: its look, its language, whether the companion can be installed. Made once at the
// root.
import { getContext, setContext } from "svelte";
import { Motion, TextSize, Theme } from "../../renderer/ui/theme.svelte.ts";
import { createLanguage } from "../words/language.ts";

/** What Chromium's browsers offer before they install an app. */
interface InstallOffer extends Event {
  prompt(): Promise<unknown>;
}

export class Device {
  readonly theme = new Theme();
  readonly language = createLanguage();
  readonly motion = new Motion();
  readonly textSize = new TextSize();
  #offer = $state.raw<InstallOffer | null>(null);

  constructor() {
    addEventListener("beforeinstallprompt", (event) => {
      event.preventDefault();
      this.#offer = event as InstallOffer;
    });
    addEventListener("appinstalled", () => (this.#offer = null));
  }

  get canInstall(): boolean {
    return this.#offer !== null;
  }

  async install(): Promise<void> {
    await this.#offer?.prompt();
    this.#offer = null;
  }
}

const key = Symbol("device");

export const provideDevice = (device: Device): Device => setContext(key, device);
export const device = (): Device => getContext<Device>(key);
