// What the tools need of browsers, whatever drives them. host/browser fills it with Playwright; a fake
// is in testing/fake-browsers.ts.
import type { BrowserDownload, BrowserKind, BrowserTab, PageBox } from "../contract/browser.ts";
import type { SessionId } from "../contract/ids.ts";

/** How the model names an element: the number it was shown with. A number means one element of one
 * document and is never given again in this browser. */
export type ElementNumber = number;

/** The most that the model is told of a page at once, as `tokensOf` of core/agent/tokens.ts counts. */
export const pageTokens = 2_000;

export type LookOptions = {
  /** Only what is in this element, deeper. */
  within?: ElementNumber;
  /** Only what holds these words, and what stands around it. */
  find?: string;
  /** At most `pageTokens`. */
  maxTokens?: number;
};

export type Picture = { bytes: Uint8Array; mime: string; width: number; height: number };

/** What the model reads of a page. Untrusted, all of it. */
export type Seen = { url: string; title: string; text: string };

export type Acted = Seen & {
  /** What else happened, one sentence each: a dialog opened, a tab, a download is held, a host was
   * refused, the person drove meanwhile. */
  notes: string[];
  /** The page right after, for the person and the replay; null: none could be had. It may come later
   * than the rest, for drawing takes longer than reading. Never rejects. */
  picture: Promise<Picture | null>;
  /** The part of the page that is drawn, CSS pixels: what `box` and the picture are of. */
  viewport: { width: number; height: number };
  /** Where it was done. */
  box: PageBox | null;
};

/** What pressing an element sends, as far as the page tells: for the permission policy. */
export type Sending = {
  /** `host` or `host:port`, lower case. */
  host: string;
  url: string;
  method: "get" | "post";
  /** As a person would name them; what is secret is `••••••`. */
  fields: { name: string; value: string }[];
};

export type ElementFacts = {
  role: string;
  name: string;
  /** `button “Search”`. */
  title: string;
  /** Where a link leads, absolute. */
  href: string | null;
  /** A password or a one-time code. */
  secret: boolean;
  /** Pressing it, or Enter in it, sends this; null: nothing that is known of. */
  sends: Sending | null;
};

export type Scroll = { to: "up" | "down" | "left" | "right" | "top" | "bottom"; pages?: number };

export type PageAction =
  | {
      kind: "click";
      element: ElementNumber;
      button?: "left" | "middle" | "right";
      double?: boolean;
    }
  /** In this order; what was there is replaced unless `append`. `submit`: Enter in the last one. */
  | {
      kind: "type";
      fields: { element: ElementNumber; text: string }[];
      append?: boolean;
      submit?: boolean;
    }
  /** `Enter`, `Control+A`, one after another. */
  | { kind: "press"; keys: string[]; element?: ElementNumber }
  | { kind: "scroll"; scroll: Scroll; element?: ElementNumber }
  | { kind: "hover"; element: ElementNumber }
  /** By what is shown of the options, or by their values. */
  | { kind: "select"; element: ElementNumber; options: string[] }
  | { kind: "upload"; element: ElementNumber; paths: string[] }
  | { kind: "dismiss_banner" };

export type WaitFor = {
  /** Until these words are there, or gone. */
  text?: string;
  gone?: string;
  timeoutMs: number;
};

export type Table = { caption: string; header: string[]; rows: string[][] };

/** A file that was fetched with the browser's cookies and lies outside the workspace. */
export type HeldFile = { downloadId: string; path: string; name: string; sizeBytes: number };

/** One session's browser. Every method that touches a page waits while the person drives, waits until
 * the page has settled, and throws AetheriaError with what to try: `bad_input` (no such element, its
 * page is gone), `refused` (covered, disabled, a scheme that is not opened), `timeout`, `host_blocked`,
 * `offline`, `not_found` (nothing is open), `cancelled`. What the person typed into secret fields is in
 * nothing that it returns. */
export interface Browser {
  readonly program: { kind: BrowserKind; title: string };
  /** It may show what only the person can see: its profile has logins, or the person drove it. */
  readonly holdsPrivate: boolean;
  /** The active tab; null: none is open. */
  place(): { url: string; title: string } | null;
  tabs(): BrowserTab[];
  downloads(): BrowserDownload[];

  open(url: string, signal: AbortSignal): Promise<Acted>;
  step(step: "back" | "forward" | "reload", signal: AbortSignal): Promise<Acted>;
  act(action: PageAction, signal: AbortSignal): Promise<Acted>;
  /** The first time the page, after that what changed since: as Acted tells it. */
  look(options: LookOptions, signal: AbortSignal): Promise<Seen>;
  wait(wait: WaitFor, signal: AbortSignal): Promise<Acted>;
  tab(
    tab: { kind: "new"; url?: string } | { kind: "switch" | "close"; tabId: string },
    signal: AbortSignal,
  ): Promise<Acted>;
  dialog(accept: boolean, text: string | undefined, signal: AbortSignal): Promise<Acted>;

  /** Looks, never touches; does not wait for the person. */
  facts(element: ElementNumber): Promise<ElementFacts>;
  /** Pressing these keys there sends this: for the policy. */
  pressSends(keys: string[], element?: ElementNumber): Promise<Sending | null>;
  /** As Markdown, whole: whoever asks cuts it. PDFs too. */
  text(within: ElementNumber | undefined, signal: AbortSignal): Promise<Seen>;
  /** Tables and what looks like one, in page order. */
  tables(within: ElementNumber | undefined, signal: AbortSignal): Promise<Table[]>;
  attributes(element: ElementNumber): Promise<Record<string, string>>;
  /** `numbers`: those of the elements are drawn on it. */
  screenshot(
    options: { numbers: boolean; wholePage: boolean; element?: ElementNumber },
    signal: AbortSignal,
  ): Promise<Picture>;
  /** Presses it, or opens the address, and takes the file that comes. Throws too_large. */
  download(
    from: { element: ElementNumber } | { url: string } | { downloadId: string },
    signal: AbortSignal,
  ): Promise<HeldFile>;
  /** It was taken into the workspace: it need not be held any longer. */
  downloadSaved(downloadId: string): Promise<void>;
  /** Without values: who knows those is logged in. */
  cookies(): Promise<{ host: string; name: string; expires: number | null }[]>;
  /** Returns how many. Without a host: all of the profile. */
  clearCookies(host: string | undefined): Promise<number>;
}

/** All browsers of a host, one for each session, started when first needed. */
export interface Browsers {
  /** The session's, started where there is none. Throws AetheriaError `part_missing` with the fix,
   * `conflict` when its named profile is in use elsewhere, `cancelled`. */
  open(
    sessionId: SessionId,
    options: { signal: AbortSignal; onProgress: (line: string) => void },
  ): Promise<Browser>;
  /** The running one; null: there is none now. */
  current(sessionId: SessionId): Browser | null;
  /** The one that `open` would start; null: none. */
  program(): Promise<{ kind: BrowserKind; title: string } | null>;
}
