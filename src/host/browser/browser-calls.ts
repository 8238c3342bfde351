// The calls browser.*: what a person sees of a session's browser and does to it.
import type { Page } from "playwright-core";
import type {
  BrowserInput,
  BrowserProfile,
  BrowserStatus,
  SiteRule,
} from "../../contract/browser.ts";
import type { SessionId } from "../../contract/ids.ts";
import { readHosts } from "../../core/permission/named-hosts.ts";
import type { Connection, Handlers } from "../../rpc/server.ts";
import type { HostBrowsers } from "./browsers.ts";
import type { LiveViews } from "./live/live-views.ts";
import { nothingOpen, type SessionBrowser } from "./session-browser.ts";

export type BrowserCallsNeeds = {
  /** Made when first asked for. */
  browsers(): Promise<HostBrowsers>;
  views: LiveViews<SessionBrowser>;
  /** The person's mouse and keys on a page. */
  hands: {
    sendInputs(page: Page, inputs: BrowserInput[]): Promise<void>;
    selectionOf(page: Page): Promise<string>;
  };
  /** Rules for hosts in a session. */
  sites: {
    list(sessionId: SessionId): BrowserStatus["sites"];
    set(sessionId: SessionId, host: string, rule: SiteRule | null): void;
  };
  /** Throws not_found. */
  checkSession(sessionId: SessionId): void;
  /** Puts it into the session's log. */
  chooseProfile(sessionId: SessionId, profile: BrowserProfile): void;
  /** The real path of a file in the session's workspace. Throws outside_workspace, not_found. */
  workspaceFile(sessionId: SessionId, path: string): Promise<string>;
  changed(sessionId: SessionId): void;
};

export type BrowserCalls = Pick<Handlers, Extract<keyof Handlers, `browser.${string}`>>;

export function createBrowserCalls(needs: BrowserCallsNeeds): BrowserCalls {
  const { browsers, views, sites, checkSession, changed } = needs;
  const holds = new Map<string, { connection: Connection; letGo: () => void }>();

  const running = async (sessionId: SessionId): Promise<SessionBrowser> => {
    checkSession(sessionId);
    const browser = (await browsers()).current(sessionId);
    if (browser) return browser;
    throw nothingOpen();
  };
  const letGo = (connection: Connection, viewId: string) => {
    const held = holds.get(viewId);
    if (held?.connection !== connection) return;
    holds.delete(viewId);
    held.letGo();
  };
  const startAnew = async (sessionId: SessionId) => {
    const all = await browsers();
    if (!all.current(sessionId)) return;
    await all.stop(sessionId);
    await all.open(sessionId, waiter());
  };

  return {
    "browser.status": async ({ sessionId }) => {
      checkSession(sessionId);
      const state = await (await browsers()).state(sessionId);
      return { ...state, sites: sites.list(sessionId) };
    },
    "browser.open": async ({ sessionId }) => {
      checkSession(sessionId);
      await (await browsers()).open(sessionId, waiter());
      return {};
    },
    "browser.close": async ({ sessionId }) => {
      checkSession(sessionId);
      await (await browsers()).stop(sessionId);
      return {};
    },
    "browser.fetch": async () => {
      await (await browsers()).fetch();
      return {};
    },
    "browser.fetchStop": async () => {
      (await browsers()).fetchStop();
      return {};
    },
    "browser.drive": async ({ sessionId, driver }) => {
      await (await running(sessionId)).drive(driver);
      return {};
    },
    "browser.navigate": async ({ sessionId, to }) => {
      await (await running(sessionId)).person.navigate(to);
      return {};
    },
    "browser.tab": async ({ sessionId, tabId, close }) => {
      await (await running(sessionId)).person.tab(tabId, close === true);
      return {};
    },
    "browser.dialog": async ({ sessionId, accept, text }) => {
      await (await running(sessionId)).person.dialog(accept, text);
      return {};
    },
    "browser.choose": async ({ sessionId, paths }) => {
      const browser = await running(sessionId);
      browser.person.check();
      const files = paths.map((path) => needs.workspaceFile(sessionId, path));
      await browser.person.choose(await Promise.all(files));
      return {};
    },
    "browser.input": async ({ sessionId, inputs }) => {
      const browser = await running(sessionId);
      browser.person.check();
      const page = browser.activePage();
      if (page === null) return {};
      await needs.hands.sendInputs(page, inputs);
      return {};
    },
    "browser.selection": async ({ sessionId }) => {
      const page = (await running(sessionId)).activePage();
      if (page === null) return { text: "" };
      return { text: await needs.hands.selectionOf(page) };
    },
    "browser.watch": async ({ sessionId, maxWidth, maxHeight }, connection) => {
      const browser = await running(sessionId);
      const viewId = views.watch(browser, { maxWidth, maxHeight }, connection);
      holds.set(viewId, { connection, letGo: browser.hold() });
      connection.onClose(() => letGo(connection, viewId));
      return { viewId };
    },
    "browser.drawn": ({ viewId, frames }, connection) => {
      views.drawn(connection, viewId, frames);
      return {};
    },
    "browser.unwatch": ({ viewId }, connection) => {
      views.unwatch(connection, viewId);
      letGo(connection, viewId);
      return {};
    },
    "browser.profile": async ({ sessionId, profile }) => {
      checkSession(sessionId);
      needs.chooseProfile(sessionId, profile);
      changed(sessionId);
      await startAnew(sessionId);
      return {};
    },
    "browser.forgetProfile": async ({ name }) => {
      await (await browsers()).forgetProfile(name);
      return {};
    },
    "browser.site": async ({ sessionId, host, rule }) => {
      checkSession(sessionId);
      const [named] = readHosts([host]);
      if (named === undefined) return {};
      sites.set(sessionId, named, rule);
      if (rule === "allow") (await browsers()).settled(sessionId, named);
      changed(sessionId);
      return {};
    },
  };
}

/** The person's own start: it is stopped by closing, not by leaving. */
const waiter = () => ({ signal: new AbortController().signal, onProgress: () => undefined });
