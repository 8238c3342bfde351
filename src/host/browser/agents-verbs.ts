// The verbs of the port `Browser` that touch a page: what each does, between its turn and its answer.
import { readFile } from "node:fs/promises";
import type { Page } from "playwright-core";
import type { PageBox } from "../../contract/browser.ts";
import { AetheriaError } from "../../contract/errors.ts";
import type { Browser, ElementNumber, HeldFile } from "../../core/browser-ports.ts";
import { webAddress } from "./addresses.ts";
import type { Dialogs } from "./dialogs.ts";
import { elementOf, summaryOf, type DoingBoard } from "./doing.ts";
import type { Asked, Downloads } from "./held-downloads.ts";
import type { HiddenPages } from "./hidden-page.ts";
import { loadResource } from "./load-resource.ts";
import type { Navigate } from "./navigate.ts";
import type { Notes } from "./notes.ts";
import type { Tab, Tabs } from "./tabs.ts";
import type { Verbs } from "./verbs.ts";

type Needs = {
  tabs: Tabs;
  verbs: Verbs;
  dialogs: Dialogs;
  downloads: Downloads;
  navigate: Navigate;
  doing: DoingBoard;
  notes: Notes;
  newTab(): Promise<Tab>;
  closePage(page: Page): Promise<void>;
  box(element: ElementNumber): Promise<PageBox | null>;
  /** Files were given: no chooser waits any more. */
  chosen(): void;
  readPdf(bytes: Uint8Array, name: string, signal: AbortSignal): Promise<string>;
  hidden: HiddenPages;
  limits: { fileComesMs: number; navigationMs: number; pdfBytes: number };
};

type AgentsVerbs = Pick<
  Browser,
  | "open"
  | "step"
  | "act"
  | "look"
  | "wait"
  | "tab"
  | "dialog"
  | "facts"
  | "pressSends"
  | "text"
  | "tables"
  | "attributes"
  | "screenshot"
  | "download"
>;

const isPdf = (tab: Tab) => tab.mime === "application/pdf";

export function createAgentsVerbs(needs: Needs): AgentsVerbs {
  const { tabs, verbs, dialogs, downloads, navigate, doing, notes, newTab } = needs;

  async function goTo(tab: Tab, url: string, signal: AbortSignal): Promise<null> {
    await navigate.open(tab, url, signal);
    if (isPdf(tab)) notes.add("This is a PDF: extract its text to read it.");
    // What broke off never comes to rest.
    else if (tab.failure === null) await tab.view.settle(signal);
    return null;
  }

  async function pdfText(tab: Tab, signal: AbortSignal): Promise<string> {
    const only = { maxBytes: needs.limits.pdfBytes, unlisted: true };
    const { path, name, downloadId } = await fetchFile(tab.page.url(), signal, only);
    try {
      return await needs.readPdf(await readFile(path), name, signal);
    } finally {
      await downloads.saved(downloadId);
    }
  }

  async function fetchFile(
    url: string,
    signal: AbortSignal,
    only: Omit<Asked, "frameId"> = {},
  ): Promise<HeldFile> {
    const address = webAddress(url);
    const { page, frameId } = await needs.hidden.open();
    const { unreached } = navigate;
    const begin = async () => {
      const cdp = await page.context().newCDPSession(page);
      const options = { signal, waitMs: needs.limits.navigationMs };
      await loadResource({ cdp, unreached }, address, options);
    };
    try {
      return await downloads.into({ ...only, frameId }, begin, signal);
    } catch (error) {
      signal.throwIfAborted();
      // Broken off on the way: the way out knows why.
      if (error instanceof AetheriaError && error.code === "not_found")
        throw unreached(address) ?? error;
      throw error;
    } finally {
      await needs.closePage(page);
    }
  }

  return {
    async open(url, signal) {
      const address = webAddress(url);
      const host = new URL(address).host;
      return verbs.acted(`open ${host || address}`, signal, async (stop) =>
        goTo(tabs.active() ?? (await newTab()), address, stop),
      );
    },
    step: (step, signal) =>
      verbs.acted(step === "reload" ? "reload the page" : `go ${step}`, signal, async (stop) => {
        const tab = verbs.front();
        await navigate.step(tab, step, stop);
        await tab.view.settle(stop);
        return null;
      }),
    act: (action, signal) =>
      verbs.acted(summaryOf(action, doing.titleOf), signal, async (stop) => {
        const { view } = verbs.front();
        const element = elementOf(action);
        // For the eyes of the person; the deed does not wait for it.
        if (element !== undefined) void needs.box(element).then(doing.at);
        const { box } = await view.act(action, stop);
        if (action.kind === "upload") needs.chosen();
        return box;
      }),
    look: (options, signal) => verbs.looked(signal, (tab, stop) => tab.view.look(options, stop)),
    wait: (wait, signal) =>
      verbs.acted("wait", signal, async (stop) => {
        await verbs.front().view.wait(wait, stop);
        return null;
      }),
    tab: (tab, signal) =>
      verbs.acted(`${tab.kind} tab`, signal, async (stop) => {
        if (tab.kind === "new") {
          const url = tab.url === undefined ? undefined : webAddress(tab.url);
          const made = await newTab();
          return url === undefined ? null : goTo(made, url, stop);
        }
        const named = tabs.byId(tab.tabId);
        if (tab.kind === "switch") tabs.bringToFront(named);
        else {
          // Not as a tab that was closed under a verb.
          tabs.remove(named, true);
          await needs.closePage(named.page);
        }
        return null;
      }),
    dialog: (accept, text, signal) =>
      verbs.acted(
        accept ? "accept the dialog" : "dismiss the dialog",
        signal,
        async (stop) => {
          await dialogs.answer(accept, text);
          await tabs.active()?.view.settle(stop);
          return null;
        },
        true,
      ),

    async facts(element) {
      const facts = await verbs.glanced((tab) => tab.view.facts(element));
      doing.named(element, facts.title);
      return facts;
    },
    pressSends: (keys, element) => verbs.glanced((tab) => tab.view.pressSends(keys, element)),
    text: (within, signal) =>
      verbs.looked(signal, async (tab, stop) => ({
        text: await (isPdf(tab) ? pdfText(tab, stop) : tab.view.text(within, stop)),
        ...{ url: tab.page.url(), title: tab.title },
      })),
    tables: (within, signal) => verbs.looked(signal, (tab, stop) => tab.view.tables(within, stop)),
    attributes: (element) => verbs.glanced((tab) => tab.view.attributes(element)),
    screenshot: (options, signal) =>
      verbs.looked(signal, (tab, stop) => tab.view.screenshot(options, stop)),
    download: (from, signal) =>
      verbs.done(signal, "download", async (stop) => {
        if ("downloadId" in from) return downloads.take(from.downloadId, stop);
        if ("url" in from) return fetchFile(from.url, stop);
        const { view } = verbs.front();
        const press = () => view.act({ kind: "click", element: from.element }, stop);
        return downloads.next(press, stop, needs.limits.fileComesMs);
      }),
  };
}
