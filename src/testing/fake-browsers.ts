// Browsers without a program: a test scripts pages by their address, with their elements, and what
// else happens. Keeps what the port promises (numbers are never given again, what is gone is refused
// with a sentence) and is loud about what was not scripted.
import { webAddress } from "../host/browser/addresses.ts";
import type { BrowserDownload, BrowserKind, BrowserTab } from "../contract/browser.ts";
import { AetheriaError } from "../contract/errors.ts";
import type { SessionId } from "../contract/ids.ts";
import type {
  Acted,
  Browser,
  Browsers,
  ElementFacts,
  ElementNumber,
  HeldFile,
  LookOptions,
  PageAction,
  Picture,
  Seen,
  Sending,
  Table,
  WaitFor,
} from "../core/browser-ports.ts";

/** `asks`: pressing it opens a dialog with these words. */
export type FakeElement = Partial<ElementFacts> & { asks?: string };

export type FakePage = {
  title?: string;
  /** What the model sees of it. */
  text?: string;
  /** Whole, as Markdown. */
  markdown?: string;
  /** In page order. The first element that was ever shown is number 1. */
  elements?: FakeElement[];
  tables?: Table[];
};

export type FakeBrowsersSetup = {
  program?: { kind: BrowserKind; title: string } | null;
  holdsPrivate?: boolean;
  /** Address → page. `about:blank` is there by itself. */
  pages?: Record<string, FakePage>;
  /** Called by `open` of Browsers before it returns. */
  opening?: (options: Parameters<Browsers["open"]>[1]) => Promise<void>;
  /** Lies over what an action brings; throws what the action throws. */
  acting?: (action: PageAction) => Partial<Acted>;
  /** Unless it is here, words are waited for among those of the page. */
  waiting?: (wait: WaitFor) => Partial<Acted>;
  looking?: (options: LookOptions) => Partial<Seen>;
  pressing?: (keys: string[], element?: ElementNumber) => Sending | null;
  answering?: (accept: boolean, text: string | undefined) => Partial<Acted>;
  attributes?: Record<string, string>;
  picture?: Picture | null;
  download?: (from: Parameters<Browser["download"]>[0]) => Promise<HeldFile>;
  downloads?: BrowserDownload[];
  cookies?: Awaited<ReturnType<Browser["cookies"]>>;
};

export type FakeBrowser = Browser & {
  holdsPrivate: boolean;
  /** What was done, oldest first: `open https://a.example/`, `click 3`. */
  readonly done: string[];
  readonly typed: Map<ElementNumber, string>;
  /** Ids of downloads that were taken over. */
  readonly saved: string[];
  /** The number of the element with this name on the page in front. */
  number(name: string): ElementNumber;
  close(): void;
};

export type FakeBrowsers = Browsers & {
  readonly opened: SessionId[];
  browser(sessionId: SessionId): FakeBrowser;
};

export const fakePicture: Picture = {
  ...{ bytes: Buffer.from("ffd8ffe0", "hex"), mime: "image/jpeg", width: 1280, height: 800 },
};

export function createFakeBrowsers(setup: FakeBrowsersSetup = {}): FakeBrowsers {
  const browsers = new Map<SessionId, FakeBrowser>();
  const opened: SessionId[] = [];
  const program = setup.program === undefined ? chromium : setup.program;
  return {
    opened,
    browser(sessionId) {
      const found = browsers.get(sessionId);
      if (!found) throw new Error("fake browsers: this session has opened none");
      return found;
    },
    current: (sessionId) => browsers.get(sessionId) ?? null,
    program: () => Promise.resolve(program),
    async open(sessionId, options) {
      await setup.opening?.(options);
      options.signal.throwIfAborted();
      if (program === null) throw noBrowser();
      const browser =
        browsers.get(sessionId) ??
        createFakeBrowser(setup, program, () => browsers.delete(sessionId));
      browsers.set(sessionId, browser);
      opened.push(sessionId);
      return browser;
    },
  };
}

const chromium = { kind: "chromium", title: "Chromium 130" } as const;

const noBrowser = () =>
  new AetheriaError("part_missing", "There is no browser on this machine.", {
    hint: "Install Chrome, Edge or Chromium.",
  });

type OpenTab = {
  tabId: string;
  url: string;
  history: string[];
  at: number;
  /** Numbers of its document; a new document clears them. */
  elements: Map<ElementNumber, ElementFacts>;
  asks: Map<ElementNumber, string>;
  dialog: string | null;
};

function createFakeBrowser(
  setup: FakeBrowsersSetup,
  program: Browser["program"],
  onClose: () => void,
): FakeBrowser {
  const tabs: OpenTab[] = [];
  let front: OpenTab | null = null;
  let tabCount = 0;
  let counted = 0;
  let isGone = false;
  const held: BrowserDownload[] = [];
  let cookies = [...(setup.cookies ?? [])];
  const typed = new Map<ElementNumber, string>();
  const done: string[] = [];
  const saved: string[] = [];

  const pageOf = (url: string): FakePage => {
    const page = url === "about:blank" ? {} : setup.pages?.[url];
    if (!page) throw new Error(`fake browser: no page was scripted for ${url}`);
    return page;
  };
  const alive = () => {
    if (isGone)
      throw new AetheriaError("not_found", "The browser ended, and its tabs with it.", {
        hint: "Open the page again.",
      });
  };
  const here = (): OpenTab => {
    alive();
    if (front) return front;
    throw new AetheriaError("not_found", "No page is open in the browser.", {
      hint: "Open one with browser_open.",
    });
  };
  const show = (tab: OpenTab, url: string) => {
    const page = pageOf(url);
    tab.url = url;
    front = tab;
    tab.elements.clear();
    tab.asks.clear();
    for (const { asks, ...facts } of page.elements ?? []) {
      tab.elements.set(++counted, wholeFacts(facts));
      if (asks !== undefined) tab.asks.set(counted, asks);
    }
  };
  const goTo = (tab: OpenTab, url: string) => {
    show(tab, url);
    tab.history = [...tab.history.slice(0, tab.at + 1), url];
    tab.at = tab.history.length - 1;
  };
  const newTab = (url: string): OpenTab => {
    const tab: OpenTab = {
      ...{ tabId: String(++tabCount), url: "about:blank", history: [], at: -1 },
      ...{ elements: new Map(), asks: new Map(), dialog: null },
    };
    tabs.push(tab);
    goTo(tab, url);
    return tab;
  };
  const seen = (): Seen => {
    const { url, elements } = here();
    const page = pageOf(url);
    const lines = [...elements].map(([number, { title }]) => `[${number}] ${title}`);
    return { url, title: page.title ?? "", text: page.text ?? lines.join("\n") };
  };
  const acted = (part: Partial<Acted> = {}): Acted => {
    const picture = setup.picture === undefined ? fakePicture : setup.picture;
    const viewport = { width: 1280, height: 800 };
    return {
      ...{ ...seen(), notes: [], viewport, box: null },
      ...{ picture: Promise.resolve(picture), ...part },
    };
  };
  const factsOf = (element: ElementNumber): ElementFacts => {
    const facts = here().elements.get(element);
    if (facts) return facts;
    const why = element <= counted ? "was on a page that is gone" : "was never shown";
    throw new AetheriaError("bad_input", `Element ${element} ${why}.`, {
      hint: "Look at the page again.",
    });
  };
  const note = (line: string, signal: AbortSignal) => {
    signal.throwIfAborted();
    checkDialog();
    done.push(line);
  };
  const checkDialog = () => {
    alive();
    const dialog = front?.dialog ?? null;
    if (dialog !== null) throw new AetheriaError("refused", dialogSentence(dialog));
  };
  const tabOf = (tabId: string): OpenTab => {
    const tab = tabs.find((one) => one.tabId === tabId);
    if (tab) return tab;
    throw new AetheriaError("not_found", `There is no tab ${tabId}.`, {
      hint: `There are: ${tabs.map((one) => one.tabId).join(", ")}.`,
    });
  };
  const follow = (element: ElementNumber) => {
    const { href } = factsOf(element);
    if (href !== null && setup.pages?.[href]) goTo(here(), href);
  };

  return {
    program,
    done,
    typed,
    saved,
    holdsPrivate: setup.holdsPrivate ?? false,
    number(name) {
      for (const [number, facts] of here().elements) if (facts.name === name) return number;
      throw new Error(`fake browser: no element is named “${name}” on the page`);
    },
    close() {
      isGone = true;
      tabs.length = 0;
      front = null;
      onClose();
    },
    place: () => (front === null ? null : { url: front.url, title: pageOf(front.url).title ?? "" }),
    tabs: () => tabs.map((tab) => tabData(tab, pageOf(tab.url), tab === front)),
    downloads: () => [...(setup.downloads ?? []), ...held],
    async open(address, signal) {
      const url = webAddress(address);
      note(`open ${url}`, signal);
      if (front) goTo(front, url);
      else newTab(url);
      return acted();
    },
    async step(step, signal) {
      note(step, signal);
      const tab = here();
      if (step === "reload") show(tab, tab.url);
      else {
        const at = tab.at + (step === "back" ? -1 : 1);
        const url = tab.history[at];
        if (url === undefined)
          throw new AetheriaError("refused", `There is no page to go ${step} to.`);
        tab.at = at;
        show(tab, url);
      }
      return acted();
    },
    async act(action, signal) {
      here();
      for (const element of elementsOf(action)) factsOf(element);
      const part = setup.acting?.(action);
      note(actionLine(action), signal);
      if (action.kind === "type")
        for (const { element, text } of action.fields)
          typed.set(element, (action.append ? (typed.get(element) ?? "") : "") + text);
      const asks = action.kind === "click" ? here().asks.get(action.element) : undefined;
      if (asks !== undefined) {
        here().dialog = asks;
        return acted({ text: "", notes: [dialogSentence(asks)], ...part });
      }
      if (action.kind === "click") follow(action.element);
      return acted(part);
    },
    async look(options, signal) {
      here();
      signal.throwIfAborted();
      checkDialog();
      if (options.within !== undefined) factsOf(options.within);
      return { ...seen(), ...setup.looking?.(options) };
    },
    async wait(wait, signal) {
      here();
      note("wait", signal);
      if (setup.waiting) return acted(setup.waiting(wait));
      const { text } = seen();
      const isThere = wait.text === undefined || text.includes(wait.text);
      if (isThere && (wait.gone === undefined || !text.includes(wait.gone))) return acted();
      throw new AetheriaError("timeout", "The page did not come to say it.");
    },
    async tab(tab, signal) {
      note(`tab ${tab.kind} ${tab.kind === "new" ? (tab.url ?? "") : tab.tabId}`.trim(), signal);
      if (tab.kind === "new") newTab(tab.url === undefined ? "about:blank" : webAddress(tab.url));
      else if (tab.kind === "switch") front = tabOf(tab.tabId);
      else {
        const closed = tabOf(tab.tabId);
        const at = tabs.indexOf(closed);
        tabs.splice(at, 1);
        if (closed === front) front = tabs[Math.min(at, tabs.length - 1)] ?? null;
        if (!front) newTab("about:blank");
      }
      return acted();
    },
    async dialog(accept, text, signal) {
      const tab = here();
      if (tab.dialog === null && !setup.answering)
        throw new AetheriaError("not_found", "No dialog is open.");
      tab.dialog = null;
      note(`dialog ${accept ? "accept" : "dismiss"}`, signal);
      return acted(setup.answering?.(accept, text));
    },
    facts: async (element) => factsOf(element),
    async pressSends(keys, element) {
      here();
      if (element !== undefined) factsOf(element);
      if (setup.pressing) return setup.pressing(keys, element);
      const isEnter = keys.includes("Enter");
      return isEnter && element !== undefined ? factsOf(element).sends : null;
    },
    async text(within, signal) {
      if (within !== undefined) factsOf(within);
      signal.throwIfAborted();
      const { markdown } = pageOf(here().url);
      if (markdown === undefined) throw new Error("fake browser: no Markdown was scripted");
      return { ...seen(), text: markdown };
    },
    async tables(within, signal) {
      if (within !== undefined) factsOf(within);
      signal.throwIfAborted();
      return pageOf(here().url).tables ?? [];
    },
    async attributes(element) {
      factsOf(element);
      if (!setup.attributes) throw new Error("fake browser: no attributes were scripted");
      return setup.attributes;
    },
    async screenshot({ element }, signal) {
      here();
      if (element !== undefined) factsOf(element);
      note("screenshot", signal);
      return setup.picture ?? fakePicture;
    },
    async download(from, signal) {
      if ("element" in from) factsOf(from.element);
      if (!setup.download) throw new Error("fake browser: no download was scripted");
      note("download", signal);
      const known = [...(setup.downloads ?? []), ...held];
      if ("downloadId" in from) checkHeld(from.downloadId, known);
      const file = await setup.download(from);
      const { downloadId, name, sizeBytes } = file;
      if (!known.some((one) => one.downloadId === downloadId))
        held.push({ downloadId, name, sizeBytes, state: "held" });
      return file;
    },
    async downloadSaved(downloadId) {
      saved.push(downloadId);
      const file = held.find((one) => one.downloadId === downloadId);
      if (file) file.state = "saved";
    },
    cookies: async () => cookies,
    async clearCookies(host) {
      done.push(`clear cookies${host === undefined ? "" : ` of ${host}`}`);
      const before = cookies.length;
      cookies = cookies.filter((cookie) => host !== undefined && cookie.host !== host);
      return before - cookies.length;
    },
  };
}

const dialogSentence = (words: string) =>
  `The page opened a dialog (confirm) that says “${words}”. Nothing else works until it is answered.`;

function checkHeld(downloadId: string, known: readonly BrowserDownload[]): void {
  const file = known.find((one) => one.downloadId === downloadId);
  if (file && file.state !== "saved") return;
  throw new AetheriaError("not_found", `The download ${downloadId} is not held any more.`);
}

function wholeFacts(facts: Partial<ElementFacts>): ElementFacts {
  const { role = "button", name = "" } = facts;
  const nothing = { href: null, secret: false, sends: null };
  return { ...nothing, role, name, title: `${role} “${name}”`, ...facts };
}

const tabData = (tab: OpenTab, page: FakePage, active: boolean): BrowserTab => ({
  ...{ tabId: tab.tabId, title: page.title ?? "", url: tab.url, active, loading: false },
});

function elementsOf(action: PageAction): ElementNumber[] {
  if (action.kind === "type") return action.fields.map(({ element }) => element);
  if (action.kind === "dismiss_banner" || action.element === undefined) return [];
  return [action.element];
}

function actionLine(action: PageAction): string {
  const elements = elementsOf(action).join(" ");
  if (action.kind === "press") return `press ${action.keys.join(" ")} ${elements}`.trim();
  if (action.kind === "upload") return `upload ${action.paths.join(" ")} to ${elements}`;
  if (action.kind === "scroll") return `scroll ${action.scroll.to} ${elements}`.trim();
  return `${action.kind} ${elements}`.trim();
}
