// The tabs of one browser: which is in front, what they are called, that there are not too many, and that
// none of them shows anything but web pages.
import type { BrowserContext, CDPSession, Frame, Page, Request } from "playwright-core";
import type { BrowserTab } from "../../contract/browser.ts";
import { AetheriaError } from "../../contract/errors.ts";
import { emptyPage, isWebPage } from "./addresses.ts";
import { isCertificateError, netErrorIn } from "./navigation-error.ts";
import type { PageView } from "./page/page-view.ts";

export const maxTabs = 20;

export type Tab = {
  readonly tabId: string;
  readonly page: Page;
  readonly view: PageView;
  /** For what Playwright has no word for. */
  cdp(): Promise<CDPSession>;
  title: string;
  loading: boolean;
  crashed: boolean;
  /** Of the document that is shown: `application/pdf`. */
  mime: string;
  /** Why the last document did not come: `ERR_CERT_DATE_INVALID`. */
  failure: { netError: string; url: string } | null;
};

export type TabsNeeds = {
  context: BrowserContext;
  newView(page: Page): PageView;
  note(sentence: string): void;
  changed(): void;
  /** A page came, was closed or crashed. */
  opened(tab: Tab): void;
  /** `wasInFront`: under whoever works on it, who did not mean to close it. */
  closed(tab: Tab, wasInFront: boolean): void;
  crashed(tab: Tab): void;
};

export type Tabs = ReturnType<typeof createTabs>;

export function createTabs(needs: TabsNeeds) {
  const { context, note, changed } = needs;
  const tabs: Tab[] = [];
  const listeners = new Set<(page: Page | null) => void>();
  let active: Tab | null = null;
  let count = 0;

  function bringToFront(tab: Tab | null): void {
    if (active === tab) return;
    active = tab;
    // Behind another tab Chromium draws nothing.
    if (tabs.length > 1) tab?.page.bringToFront().catch(() => undefined);
    for (const listener of [...listeners]) listener(tab?.page ?? null);
    changed();
  }

  function add(page: Page): Tab | null {
    const known = tabs.find((tab) => tab.page === page);
    if (known) return known;
    if (tabs.length >= maxTabs) {
      note(`The page opened more than ${maxTabs} tabs; the further ones were closed.`);
      page.close().catch(() => undefined);
      return null;
    }
    let cdp: Promise<CDPSession> | null = null;
    const tab: Tab = {
      ...{ tabId: `t${(count += 1)}`, page, view: needs.newView(page), title: "" },
      ...{ loading: false, crashed: false, failure: null, mime: "" },
      cdp: () => (cdp ??= context.newCDPSession(page)),
    };
    tabs.push(tab);
    watch(tab, needs);
    page.on("close", () => remove(tab));
    needs.opened(tab);
    bringToFront(tab);
    return tab;
  }

  function remove(tab: Tab, onPurpose = false): void {
    const at = tabs.indexOf(tab);
    if (at < 0) return;
    tabs.splice(at, 1);
    tab.view.close();
    const wasInFront = active === tab;
    if (wasInFront) bringToFront(tabs[Math.min(at, tabs.length - 1)] ?? null);
    needs.closed(tab, wasInFront && !onPurpose);
    changed();
  }

  return {
    add,
    remove,
    all: (): readonly Tab[] => tabs,
    active: () => active,
    bringToFront,
    /** Throws not_found. */
    byId(tabId: string): Tab {
      const found = tabs.find((tab) => tab.tabId === tabId);
      if (found) return found;
      throw new AetheriaError("not_found", `There is no tab ${tabId}.`, {
        hint: "List the tabs to see which there are.",
      });
    },
    list: (): BrowserTab[] =>
      tabs.map((tab) => ({
        ...{ tabId: tab.tabId, title: tab.title, url: tab.page.url() },
        ...{ active: tab === active, loading: tab.loading },
      })),
    onActive(listener: (page: Page | null) => void): () => void {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

export async function readTitle(tab: Tab): Promise<void> {
  tab.title = (await tab.page.title().catch(() => tab.title)).slice(0, 300);
}

function watch(tab: Tab, { note, changed, crashed }: TabsNeeds): void {
  const { page } = tab;
  const isDocument = (request: Request) =>
    request.isNavigationRequest() && mainFrameOf(request) === page.mainFrame();
  const loading = (now: boolean) => {
    if (tab.loading === now) return;
    tab.loading = now;
    changed();
  };
  const named = () => void readTitle(tab).then(changed);

  page.on("request", (request) => {
    if (!isDocument(request)) return;
    tab.failure = null;
    loading(true);
  });
  page.on("response", (response) => {
    if (!isDocument(response.request())) return;
    tab.mime = (response.headers()["content-type"] ?? "").split(";")[0]?.trim() ?? "";
  });
  page.on("requestfailed", (request) => {
    if (!isDocument(request)) return;
    const netError = netErrorIn(request.failure()?.errorText ?? "");
    if (netError !== null && netError !== "ERR_ABORTED")
      tab.failure = { netError, url: request.url() };
    loading(false);
  });
  page.on("framenavigated", (frame) => {
    if (frame !== page.mainFrame()) return;
    changed();
    if (mustLeave(tab)) {
      note(leftSentence(tab));
      page.goto(emptyPage).catch(() => undefined);
    }
  });
  page.on("domcontentloaded", named);
  page.on("load", () => {
    loading(false);
    named();
  });
  page.on("crash", () => {
    tab.crashed = true;
    loading(false);
    crashed(tab);
  });
}

/** What stands in place of a page with a wrong certificate could be clicked through. */
const mustLeave = ({ page, failure }: Tab) =>
  !isWebPage(page.url()) ||
  (page.url().startsWith("chrome-error:") &&
    failure !== null &&
    isCertificateError(failure.netError));

const leftSentence = ({ page, failure }: Tab) =>
  failure !== null && isCertificateError(failure.netError)
    ? `The certificate of ${failure.url.slice(0, 200)} cannot be trusted (${failure.netError}), so it was not opened.`
    : `The page went to ${page.url().slice(0, 100)}, which is not a web page, so the tab was emptied.`;

/** Frames of requests that came before their page throw. */
function mainFrameOf(request: Request): Frame | null {
  try {
    const frame = request.frame();
    return frame.parentFrame() === null ? frame : null;
  } catch {
    return null;
  }
}
