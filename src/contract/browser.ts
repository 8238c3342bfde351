// What the wire says about browsers: which program is driven, by whom, what its tabs show, what waits
// for the person, and the input of a person who took over.
import * as z from "zod/mini";
import { ErrorData } from "./errors.ts";

/** `playwright`: Playwright's own Chromium, fetched on request. */
export const BrowserKind = z.enum(["chrome", "edge", "chromium", "playwright"]);
export type BrowserKind = z.infer<typeof BrowserKind>;

/** Where cookies and logins are kept. `session`: with the session, and gone with it. `incognito`:
 * nowhere. `named`: in a profile that several sessions may use, one at a time. */
export const BrowserProfile = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("session") }),
  z.object({ kind: z.literal("incognito") }),
  z.object({
    kind: z.literal("named"),
    /** Letters, digits, spaces, `.`, `_` and `-`. */
    name: z.string().check(z.regex(/^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,39}$/u)),
  }),
]);
export type BrowserProfile = z.infer<typeof BrowserProfile>;

export const BrowserDriver = z.enum(["agent", "person"]);
export type BrowserDriver = z.infer<typeof BrowserDriver>;

export const BrowserTab = z.object({
  tabId: z.string(),
  title: z.string(),
  url: z.string(),
  active: z.boolean(),
  loading: z.boolean(),
});
export type BrowserTab = z.infer<typeof BrowserTab>;

/** A box on the page in CSS pixels, from the upper left corner of what is visible. */
export const PageBox = z.object({
  x: z.number(),
  y: z.number(),
  width: z.number(),
  height: z.number(),
});
export type PageBox = z.infer<typeof PageBox>;

/** A question of the page itself that stops everything else on it. */
export const BrowserDialog = z.object({
  kind: z.enum(["alert", "confirm", "prompt", "beforeunload"]),
  message: z.string(),
  defaultText: z.string(),
});
export type BrowserDialog = z.infer<typeof BrowserDialog>;

/** A file that came and is held outside the workspace until somebody wants it there. */
export const BrowserDownload = z.object({
  downloadId: z.string(),
  name: z.string(),
  sizeBytes: z.number(),
  state: z.enum(["coming", "held", "saved", "failed"]),
  /** Why it failed: a full sentence. */
  why: z.optional(z.string()),
});
export type BrowserDownload = z.infer<typeof BrowserDownload>;

export const SiteRule = z.enum(["allow", "block"]);
export type SiteRule = z.infer<typeof SiteRule>;

/** How much of Playwright's Chromium is here; `totalBytes` null: not known yet. */
export const BrowserFetch = z.object({
  doneBytes: z.number(),
  totalBytes: z.nullable(z.number()),
});
export type BrowserFetch = z.infer<typeof BrowserFetch>;

export const BrowserStatus = z.object({
  /** The one that runs or would run; null: there is none here, and `problem` says what to do. */
  program: z.nullable(z.object({ kind: BrowserKind, title: z.string() })),
  phase: z.enum(["none", "fetching", "starting", "open"]),
  problem: z.nullable(ErrorData),
  /** Playwright's Chromium is being fetched. */
  fetch: z.nullable(BrowserFetch),
  /** A sentence about something the person should know: it runs without its own sandbox. */
  notice: z.nullable(z.string()),
  profile: BrowserProfile,
  /** The named profiles there are. */
  profiles: z.array(z.string()),
  driver: BrowserDriver,
  /** A verb of the agent waits until the person hands back. */
  agentWaits: z.boolean(),
  tabs: z.array(BrowserTab),
  canGoBack: z.boolean(),
  canGoForward: z.boolean(),
  dialog: z.nullable(BrowserDialog),
  /** The page wants files; the person chooses them from the workspace. */
  chooser: z.nullable(z.object({ multiple: z.boolean() })),
  downloads: z.array(BrowserDownload),
  /** What the agent does now or did last: `click “Search”`, and where; the box is null off screen. */
  doing: z.nullable(z.object({ summary: z.string(), box: z.nullable(PageBox), now: z.boolean() })),
  /** Rules of this session, in the order in which they were made. */
  sites: z.array(z.object({ host: z.string(), rule: SiteRule })),
  /** Hosts that its pages tried to reach and were refused, newest first. */
  blockedHosts: z.array(z.string()),
  /** The size of the page's window, CSS pixels. */
  viewport: z.object({ width: z.number(), height: z.number() }),
});
export type BrowserStatus = z.infer<typeof BrowserStatus>;

const Modifiers = z.object({
  alt: z.optional(z.boolean()),
  ctrl: z.optional(z.boolean()),
  meta: z.optional(z.boolean()),
  shift: z.optional(z.boolean()),
});
const point = { x: z.number(), y: z.number() };

/** One movement of the person's hand. Positions are CSS pixels of the page's window. It is never
 * logged and never told to the model. */
export const BrowserInput = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("mouse"),
    type: z.enum(["move", "down", "up"]),
    ...point,
    button: z.enum(["none", "left", "middle", "right"]),
    /** 1, 2, 3: single, double, triple. */
    clicks: z.number(),
    modifiers: Modifiers,
  }),
  z.object({
    kind: z.literal("wheel"),
    ...point,
    deltaX: z.number(),
    deltaY: z.number(),
    modifiers: Modifiers,
  }),
  z.object({
    kind: z.literal("key"),
    type: z.enum(["down", "up"]),
    /** As in KeyboardEvent. */
    key: z.string().check(z.maxLength(40)),
    code: z.string().check(z.maxLength(40)),
    repeat: z.optional(z.boolean()),
    modifiers: Modifiers,
  }),
  /** What an input method has of a word so far, in place of what it had before; the finished word comes as
   * `text` and takes its place. Empty: it was given up. */
  z.object({ kind: z.literal("compose"), text: z.string().check(z.maxLength(1_000)) }),
  /** Words from an input method, a paste or a phone's keyboard. */
  z.object({ kind: z.literal("text"), text: z.string().check(z.maxLength(100_000)) }),
]);
export type BrowserInput = z.infer<typeof BrowserInput>;
