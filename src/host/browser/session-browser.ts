// One session's running browser: its tabs, what happens on them, the agent's verbs and the person's. Knows
// nothing of other sessions; how it is found, started and kept is browsers.ts.
import type { BrowserContext, CDPSession, Page } from "playwright-core";
import type { BrowserDriver, BrowserKind, BrowserStatus, PageBox } from "../../contract/browser.ts";
import { AetheriaError } from "../../contract/errors.ts";
import type { SessionId } from "../../contract/ids.ts";
import type { Browser, ElementNumber, Picture } from "../../core/browser-ports.ts";
import { createChooser } from "./chooser.ts";
import { createCookieJar } from "./cookies.ts";
import { createDialogs } from "./dialogs.ts";
import { createDoing } from "./doing.ts";
import { createDriver } from "./driver.ts";
import { createDownloads } from "./held-downloads.ts";
import { createInterrupts } from "./interrupts.ts";
import { viewport } from "./launch.ts";
import { defaultDocumentBytes, limitDocuments } from "./load-limit.ts";
import { createNavigate, historyOf } from "./navigate.ts";
import { createNotes } from "./notes.ts";
import type { PageView, PageViewNeeds } from "./page/page-view.ts";
import { createPersonsVerbs, type PersonsVerbs } from "./persons-verbs.ts";
import { takePicture } from "./picture.ts";
import { createHiddenPages } from "./hidden-page.ts";
import type { OpenProfile } from "./profiles.ts";
import { createTabs, type Tab } from "./tabs.ts";
import { createAgentsVerbs } from "./agents-verbs.ts";
import { createVerbs } from "./verbs.ts";

/** What a browser alone knows of its session's status. */
export type RunningState = Pick<
  BrowserStatus,
  | "driver"
  | "agentWaits"
  | "tabs"
  | "canGoBack"
  | "canGoForward"
  | "dialog"
  | "chooser"
  | "downloads"
  | "doing"
  | "viewport"
>;

export interface SessionBrowser extends Browser {
  readonly sessionId: SessionId;
  /** The tab in front, whoever drives; null while none is there. */
  activePage(): Page | null;
  /** Called with the page that came to the front. Returns how to stop. */
  onActivePage(listener: (page: Page | null) => void): () => void;
  driver(): BrowserDriver;
  drive(driver: BrowserDriver): Promise<void>;
  /** Throws refused while the agent drives. */
  readonly person: PersonsVerbs;
  state(): Promise<RunningState>;
  /** Its way out refused a host. */
  refused(host: string, why: string): void;
  /** Somebody watches: it is not closed for being idle until the returned function is called. */
  hold(): () => void;
  isBusy(): boolean;
  /** Ends it with its tabs; cookies stay where the profile keeps them. */
  close(): Promise<void>;
}

export type Secrets = {
  collect(page: Page): Promise<void>;
  redact(text: string): string;
};

export type SessionBrowserNeeds = {
  sessionId: SessionId;
  program: { kind: BrowserKind; title: string };
  context: BrowserContext;
  /** The browser's own, not one page's. */
  cdp: Promise<CDPSession>;
  profile: OpenProfile;
  downloadsFolder: string;
  way: { refusalOf(host: string): string | null; failureOf(host: string): string | null };
  isOffline(): boolean;
  createView(needs: PageViewNeeds): PageView;
  secrets: Secrets;
  readPdf(bytes: Uint8Array, name: string, signal: AbortSignal): Promise<string>;
  changed(): void;
  /** A verb began or ended, somebody came or went. */
  used(): void;
  /** It ended, asked to or not. Called once. */
  ended(): void;
  limits?: Partial<Limits>;
  /** What whoever works on here has to know first. */
  firstNote?: string;
};

export type Limits = {
  downloadBytes: number;
  documentBytes: number;
  pdfBytes: number;
  navigationMs: number;
  fileComesMs: number;
  downloadStalledMs: number;
};

/** A page that cannot be ended takes the browser with it. */
const stuckMs = 15_000;

const defaultLimits: Limits = {
  downloadBytes: 2_000_000_000,
  documentBytes: defaultDocumentBytes,
  pdfBytes: 100_000_000,
  navigationMs: 30_000,
  fileComesMs: 15_000,
  downloadStalledMs: 60_000,
};

export function createSessionBrowser(needs: SessionBrowserNeeds): SessionBrowser {
  const { context, cdp, profile, secrets, changed, used } = needs;
  const limits = { ...defaultLimits, ...needs.limits };
  const notes = createNotes();
  if (needs.firstNote !== undefined) notes.add(needs.firstNote);
  const interrupts = createInterrupts();
  const driver = createDriver(changed);
  const doing = createDoing(changed);
  const chooser = createChooser(changed, notes.add);
  let numbers = 0;
  let holders = 0;
  let isLost = false;
  let personDrove = false;
  /** A page that crashed is being closed, and an empty one opened in its place. */
  let ending: Promise<void> | null = null;

  const tabs = createTabs({
    ...{ context, changed, note: notes.add, opened: watchTab },
    newView: (page) =>
      needs.createView({ page, nextNumber: () => (numbers += 1), redact: secrets.redact }),
    closed(tab, wasInFront) {
      dialogs.forget(tab.page);
      chooser.forget(tab.page);
      // One behind it is nothing to whoever works on the one in front.
      if (wasInFront && !tab.crashed) interrupts.raiseSoon("closed");
    },
    crashed(tab) {
      notes.add("A page crashed and its tab was closed.");
      if (tab === tabs.active()) interrupts.raise("crashed");
      tabs.remove(tab);
      ending = closePage(tab.page);
    },
  });
  const dialogs = createDialogs(context, {
    ...{ note: notes.add, changed },
    agentDrives: () => driver.driver() === "agent",
    opened: () => interrupts.raise("dialog"),
    storm(page) {
      notes.add("The page opened dialogs without end, so its tab was closed.");
      endLoop(page).catch(() => undefined);
    },
  });
  const downloads = createDownloads({
    ...{ cdp, changed, note: notes.add, began: used },
    ...{ folder: needs.downloadsFolder, maxBytes: limits.downloadBytes },
    stalledMs: limits.downloadStalledMs,
  });
  const hidden = createHiddenPages(context, cdp);
  const navigate = createNavigate({
    ...needs.way,
    ...{ isOffline: needs.isOffline, note: notes.add, timeoutMs: limits.navigationMs },
  });

  /** Never the last one: Chromium's window would close, and take with it what is opened just then. */
  async function closePage(page: Page): Promise<void> {
    try {
      if (context.pages().every((one) => one === page)) await context.newPage();
      await page.close();
    } catch {
      // The browser is on its way out.
    }
  }

  function watchTab(tab: Tab): void {
    tab.page.on("filechooser", chooser.opened);
    tab.page.on("framenavigated", (frame) => {
      if (frame === tab.page.mainFrame()) chooser.forget(tab.page);
    });
    const tooLarge = (url: string) =>
      notes.add(
        `${url.slice(0, 200)} is larger than ${Math.round(limits.documentBytes / 1e6)} MB: loading it was stopped there.`,
      );
    tab
      .cdp()
      .then((session) => limitDocuments(session, limits.documentBytes, tooLarge))
      // It was closed at once.
      .catch(() => undefined);
  }

  /** A page in a loop blocks what is opened beside it too: first its script ends, then the page. */
  async function endLoop(page: Page): Promise<void> {
    const stuck = setTimeout(() => void context.close().catch(() => undefined), stuckMs).unref();
    try {
      const tab = tabs.all().find((one) => one.page === page);
      await (await tab?.cdp())?.send("Runtime.terminateExecution");
    } finally {
      await closePage(page);
      clearTimeout(stuck);
    }
  }

  /** What the person typed may be on the page: then it is drawn over. */
  const picture = async (tab: Tab): Promise<Picture | null> => {
    if (!personDrove) return takePicture(tab.cdp(), viewport);
    const shot = { numbers: false, wholePage: false };
    return tab.view.screenshot(shot, AbortSignal.timeout(2_000)).catch(() => null);
  };
  const collect = async () => {
    await Promise.all(tabs.all().map(({ page }) => secrets.collect(page).catch(() => undefined)));
  };
  const verbs = createVerbs({
    ...{ tabs, driver, dialogs, interrupts, notes, doing, used, collect, picture },
    isLost: () => isLost,
  });
  const newTab = async (): Promise<Tab> => {
    const ended = ending;
    ending = null;
    await ended;
    const empty = ended === null ? null : tabs.active();
    return empty ?? tabs.add(await context.newPage()) ?? verbs.front();
  };

  context.on("page", (page) => {
    if (!hidden.isHidden(page)) tabs.add(page);
  });
  context.on("close", () => {
    isLost = true;
    interrupts.raise("lost");
    downloads.end();
    [...tabs.all()].forEach((tab) => tabs.remove(tab));
    needs.ended();
  });
  context.pages().forEach(tabs.add);

  const box = (element: ElementNumber): Promise<PageBox | null> =>
    verbs.glanced((tab) => tab.view.boxOf(element)).catch(() => null);

  return {
    ...createAgentsVerbs({
      ...{ tabs, verbs, dialogs, downloads, navigate, doing, newTab, closePage, box, notes },
      ...{ hidden, limits, readPdf: needs.readPdf, chosen: chooser.clear },
    }),
    ...createCookieJar(context),
    sessionId: needs.sessionId,
    program: needs.program,
    get holdsPrivate() {
      return profile.isPrivate || personDrove;
    },
    place() {
      const tab = tabs.active();
      return tab && { url: tab.page.url(), title: tab.title };
    },
    tabs: tabs.list,
    downloads: downloads.list,
    downloadSaved: downloads.saved,

    activePage: () => tabs.active()?.page ?? null,
    onActivePage: tabs.onActive,
    driver: driver.driver,
    async drive(now) {
      used();
      if (now === "person") {
        personDrove = true;
        await profile.markPrivate();
        // What they type must not be on it.
        await verbs.drawn();
      } else await collect();
      driver.drive(now);
    },
    person: createPersonsVerbs({
      tabs,
      dialogs,
      chooser,
      navigate,
      driver,
      newTab,
      closePage,
      used,
    }),
    async state() {
      const tab = tabs.active();
      return {
        ...{ driver: driver.driver(), agentWaits: driver.agentWaits(), tabs: tabs.list() },
        ...(tab ? await historyOf(tab) : { canGoBack: false, canGoForward: false }),
        ...{ dialog: dialogs.current(), chooser: chooser.current(), doing: doing.current() },
        ...{ downloads: downloads.list(), viewport },
      };
    },
    refused: (host, why) => notes.add(`${host} was not reached: ${why}`),
    hold() {
      holders += 1;
      let isHeld = true;
      return () => {
        if (!isHeld) return;
        isHeld = false;
        holders -= 1;
        used();
      };
    },
    isBusy: () => holders > 0 || verbs.isBusy() || downloads.isComing(),
    async close() {
      await context.close();
    },
  };
}

export const nothingOpen = (): AetheriaError =>
  new AetheriaError("not_found", "No browser is open in this session.", {
    hint: "Open it first.",
  });
