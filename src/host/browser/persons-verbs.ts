// What a person who took over does besides mouse and keys: the address bar, the tabs, answers.
import type { Page } from "playwright-core";
import { AetheriaError } from "../../contract/errors.ts";
import { typedAddress } from "./addresses.ts";
import type { Chooser } from "./chooser.ts";
import type { Dialogs } from "./dialogs.ts";
import type { Driver } from "./driver.ts";
import type { Navigate } from "./navigate.ts";
import type { Tab, Tabs } from "./tabs.ts";

/** All throw refused while the agent drives. */
export interface PersonsVerbs {
  check(): void;
  navigate(to: { url: string } | { step: "back" | "forward" | "reload" | "stop" }): Promise<void>;
  /** Without `tabId`: a new one. */
  tab(tabId: string | undefined, close: boolean): Promise<void>;
  dialog(accept: boolean, text: string | undefined): Promise<void>;
  choose(paths: string[]): Promise<void>;
}

type Needs = {
  tabs: Tabs;
  dialogs: Dialogs;
  chooser: Chooser;
  navigate: Navigate;
  driver: Driver;
  newTab(): Promise<Tab>;
  closePage(page: Page): Promise<void>;
  used(): void;
};

export function createPersonsVerbs(needs: Needs): PersonsVerbs {
  const { tabs, dialogs, chooser, navigate, driver, newTab } = needs;
  const never = new AbortController().signal;
  const begin = () => {
    driver.checkPerson();
    needs.used();
    dialogs.calm();
  };

  return {
    check: driver.checkPerson,
    async navigate(to) {
      begin();
      if ("url" in to) {
        const address = typedAddress(to.url);
        return navigate.open(tabs.active() ?? (await newTab()), address, never);
      }
      const tab = tabs.active();
      if (!tab) throw new AetheriaError("not_found", "No tab is open.");
      if (to.step === "stop") return navigate.stop(tab);
      await navigate.step(tab, to.step, never);
    },
    async tab(tabId, close) {
      begin();
      if (tabId === undefined) return void (await newTab());
      const tab = tabs.byId(tabId);
      if (!close) return tabs.bringToFront(tab);
      await needs.closePage(tab.page);
    },
    async dialog(accept, text) {
      begin();
      await dialogs.answer(accept, text);
    },
    async choose(paths) {
      begin();
      await chooser.choose(paths);
    },
  };
}
