// What can be done by name with the browser of the open session.
import { Globe, Hand, Plus, Power, TextSearch, Undo } from "../ui/icons.ts";
import type { Words } from "../words/words.ts";
import type { AppState } from "./app-state.svelte.ts";
import type { BrowserState } from "./browser-state.svelte.ts";
import type { Command } from "./commands.svelte.ts";

export function browserCommands(app: AppState, { commands: { titles } }: Words): Command[] {
  const { place, browser } = app;
  const area = "session";
  const shown = (act: (browser: BrowserState) => Promise<boolean>) => () => {
    place.goTo("browser");
    if (browser) void act(browser);
  };
  return [
    {
      id: "browser.open",
      area,
      title: titles["browser.open"],
      icon: Globe,
      isEnabled: () => browser !== null && !browser.isOpen,
      run: shown((one) => one.open()),
    },
    {
      id: "browser.takeOver",
      area,
      title: titles["browser.takeOver"],
      icon: Hand,
      key: "Ctrl+Shift+E",
      isEnabled: () => browser !== null && browser.isOpen && !browser.isDriving,
      run: shown((one) => one.drive("person")),
    },
    {
      id: "browser.handBack",
      area,
      title: titles["browser.handBack"],
      icon: Undo,
      key: "Ctrl+Shift+H",
      isEnabled: () => browser?.isDriving ?? false,
      run: shown((one) => one.drive("agent")),
    },
    {
      id: "browser.newTab",
      area,
      title: titles["browser.newTab"],
      icon: Plus,
      isEnabled: () => browser?.isDriving ?? false,
      run: shown((one) => one.newTab()),
    },
    {
      id: "browser.address",
      area,
      title: titles["browser.address"],
      icon: TextSearch,
      isEnabled: () => browser?.isDriving ?? false,
    },
    {
      id: "browser.close",
      area,
      title: titles["browser.close"],
      icon: Power,
      isEnabled: () => browser?.isOpen ?? false,
      run: shown((one) => one.end()),
    },
  ];
}
