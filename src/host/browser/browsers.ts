// All browsers of a host: one for each session, started when first needed, shared by all who open it at
// once, closed when idle, forgotten when lost, and gone with the session or the host.
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { BrowserContext, CDPSession } from "playwright-core";
import type { BrowserKind, BrowserProfile, BrowserStatus } from "../../contract/browser.ts";
import { AetheriaError } from "../../contract/errors.ts";
import type { SessionId } from "../../contract/ids.ts";
import type { Browsers } from "../../core/browser-ports.ts";
import { emptyPage } from "./addresses.ts";
import { createVersions } from "./browser-version.ts";
import { createFetched, type FetchProgress } from "./fetch-browser.ts";
import { findBrowser, kindTitles, type FoundBrowser } from "./find-browser.ts";
import { launchBrowser, viewport } from "./launch.ts";
import { endLeftovers } from "./leftovers.ts";
import type { PageView, PageViewNeeds } from "./page/page-view.ts";
import { createProfiles } from "./profiles.ts";
import {
  createSessionBrowser,
  type Limits,
  type Secrets,
  type SessionBrowser,
} from "./session-browser.ts";
import { createStarts } from "./starts.ts";

/** What the room knows of a session's browser; its site rules are known elsewhere. */
export type BrowserState = Omit<BrowserStatus, "sites">;

export interface HostBrowsers extends Browsers {
  open(
    sessionId: SessionId,
    options: { signal: AbortSignal; onProgress: (line: string) => void },
  ): Promise<SessionBrowser>;
  current(sessionId: SessionId): SessionBrowser | null;
  /** Looks, and starts nothing. */
  state(sessionId: SessionId): Promise<BrowserState>;
  stop(sessionId: SessionId): Promise<void>;
  fetch(): Promise<void>;
  fetchStop(): void;
  forgetProfile(name: string): Promise<void>;
  /** The session may reach this host now. */
  settled(sessionId: SessionId, host: string): void;
  /** The session was deleted: its browser, its profile and what it held go. */
  forget(sessionId: SessionId): Promise<void>;
  close(): Promise<void>;
}

export type BrowsersOptions = {
  dataDir: string;
  env: Readonly<Record<string, string | undefined>>;
  platform: NodeJS.Platform;
  home: string;
  log(line: string): void;
  /** A way out for one session's browser. */
  openWay(
    sessionId: SessionId,
    watcher: { blocked(host: string, why: string): void },
  ): Promise<BrowserWay>;
  /** Fetches Playwright's own. */
  fetch: typeof globalThis.fetch;
  fetchFrom?: string;
  isOffline(): boolean;
  chosen(): BrowserKind | null;
  profileOf(sessionId: SessionId): BrowserProfile;
  isSession(sessionId: SessionId): boolean;
  createView(needs: PageViewNeeds): PageView;
  createSecrets(): Secrets;
  readPdf(bytes: Uint8Array, name: string, signal: AbortSignal): Promise<string>;
  /** How far the fetching is; null: it ended. */
  fetching(progress: FetchProgress | null): void;
  /** Something that `state` tells is different now. */
  changed(sessionId: SessionId): void;
  idleMs?: number;
  limits?: Partial<Limits>;
};

export type BrowserWay = {
  server: string;
  refusalOf(host: string): string | null;
  failureOf(host: string): string | null;
  close(): Promise<void>;
};

type Entry = { browser: SessionBrowser; idle: NodeJS.Timeout | undefined; gone: Promise<void> };

const defaultIdleMs = 30 * 60_000;
const mostBlocked = 50;
const mostTold = 8;

export function createBrowsers(options: BrowsersOptions): HostBrowsers {
  const { log, changed, platform } = options;
  const root = join(options.dataDir, "browser");
  const downloadsRoot = join(root, "downloads");
  const isRoot = platform === "linux" && process.getuid?.() === 0;
  const profiles = createProfiles(root);
  const versions = createVersions(root, platform);
  /** Whose state somebody looked at. */
  const seen = new Set<SessionId>();
  const changedAll = () => {
    seen.forEach(changed);
    options.fetching(fetched.progress());
  };
  const fetched = createFetched({
    ...{ folder: join(root, "programs"), platform, fetch: options.fetch, from: options.fetchFrom },
    changed: changedAll,
  });
  const entries = new Map<SessionId, Entry>();
  const closing = new Set<Promise<unknown>>();
  const blocked = new Map<SessionId, string[]>();
  /** Addresses that were open when the browser was closed because nobody used it. */
  const rested = new Map<SessionId, string[]>();
  const starts = createStarts<SessionBrowser>(changed);
  let isClosed = false;

  const cleared = clear().catch((error: unknown) => log(`browser: ${String(error)}`));

  async function clear(): Promise<void> {
    const ended = await endLeftovers(await profiles.folders());
    if (ended > 0) log(`browser: ended ${ended} that an earlier host left`);
    await rm(downloadsRoot, { recursive: true, force: true });
    await rm(join(root, "artifacts"), { recursive: true, force: true });
    await profiles.sweep(options.isSession);
  }

  const find = () =>
    findBrowser(
      { env: options.env, platform, home: options.home, fetched: fetched.path },
      options.chosen(),
    );

  const titled = async ({ kind, path }: FoundBrowser) => ({
    kind,
    title: titleOf(kind, await versions.of(path)),
  });

  function refused(sessionId: SessionId, host: string): void {
    const before = blocked.get(sessionId) ?? [];
    blocked.set(sessionId, [host, ...before.filter((one) => one !== host)].slice(0, mostBlocked));
    changed(sessionId);
  }

  async function start(sessionId: SessionId, signal: AbortSignal): Promise<SessionBrowser> {
    await cleared;
    const found = await find();
    const profile = await profiles.open(sessionId, options.profileOf(sessionId));
    const opened: (() => Promise<unknown>)[] = [profile.release];
    const undo = () => Promise.allSettled(opened.reverse().map((close) => close()));
    try {
      const notes: { add?: (host: string, why: string) => void } = {};
      const watcher = {
        blocked(host: string, why: string) {
          refused(sessionId, host);
          notes.add?.(host, why);
        },
      };
      const [way, version] = await Promise.all([
        options.openWay(sessionId, watcher),
        versions.of(found.path),
      ]);
      opened.push(way.close);
      const downloadsFolder = join(downloadsRoot, sessionId);
      const context = await launchBrowser({
        ...{ path: found.path, version, isRoot, proxyServer: way.server, downloadsFolder },
        ...{ profileFolder: profile.folder, artifactsFolder: join(root, "artifacts") },
      });
      opened.push(() => context.close());
      // Not waited for: what is asked of the browser later is answered later.
      const cdp = hearDownloads(context, downloadsFolder);
      signal.throwIfAborted();
      if (isClosed) throw stopped();
      const gone = Promise.withResolvers<void>();
      const browser = createSessionBrowser({
        ...{ sessionId, context, cdp, profile, way, downloadsFolder },
        ...{ isOffline: options.isOffline, createView: options.createView },
        ...{ secrets: options.createSecrets(), readPdf: options.readPdf },
        program: { kind: found.kind, title: titleOf(found.kind, version) },
        changed: () => changed(sessionId),
        used: () => rest(sessionId),
        ended() {
          if (entries.get(sessionId)?.browser === browser) remove(sessionId);
          const ended = Promise.allSettled([way.close(), profile.release()]);
          closing.add(ended);
          void ended.then(() => (closing.delete(ended), gone.resolve()));
        },
        ...(options.limits === undefined ? {} : { limits: options.limits }),
        ...restNote(rested.get(sessionId)),
      });
      rested.delete(sessionId);
      notes.add = browser.refused;
      entries.set(sessionId, { browser, idle: undefined, gone: gone.promise });
      rest(sessionId);
      return browser;
    } catch (error) {
      await undo();
      throw error;
    }
  }

  /** Begins to count the idle time anew. */
  function rest(sessionId: SessionId): void {
    const entry = entries.get(sessionId);
    if (!entry) return;
    clearTimeout(entry.idle);
    entry.idle = setTimeout(() => {
      if (entry.browser.isBusy()) return rest(sessionId);
      const open = entry.browser.tabs().map(({ url }) => url);
      rested.set(sessionId, open.filter((url) => url !== emptyPage).slice(0, mostTold));
      stop(sessionId).catch((error: unknown) => log(`browser: ${String(error)}`));
    }, options.idleMs ?? defaultIdleMs);
    entry.idle.unref();
  }

  function remove(sessionId: SessionId): void {
    clearTimeout(entries.get(sessionId)?.idle);
    entries.delete(sessionId);
    changed(sessionId);
  }

  async function stop(sessionId: SessionId): Promise<void> {
    await starts.settled(sessionId);
    const entry = entries.get(sessionId);
    if (!entry) return;
    remove(sessionId);
    const closed = entry.browser.close().then(() => entry.gone);
    closing.add(closed);
    await closed.finally(() => closing.delete(closed));
  }

  return {
    async open(sessionId, { signal, onProgress }) {
      if (isClosed) throw stopped();
      signal.throwIfAborted();
      const running = entries.get(sessionId)?.browser;
      if (running) return running;
      onProgress("Starting the browser.");
      return starts.join(sessionId, signal, (stop) => start(sessionId, stop));
    },
    current: (sessionId) => entries.get(sessionId)?.browser ?? null,
    program: () => find().then(titled, () => null),
    async state(sessionId) {
      seen.add(sessionId);
      const running = entries.get(sessionId)?.browser ?? null;
      const found = running ? running.program : await find().then(titled, asProblem);
      const fetch: FetchProgress | null = fetched.progress();
      const problem = found instanceof AetheriaError ? found : null;
      return {
        program: found instanceof AetheriaError ? null : found,
        phase: running
          ? "open"
          : starts.isRunning(sessionId)
            ? "starting"
            : fetch
              ? "fetching"
              : "none",
        problem: (problem ?? starts.failure(sessionId))?.toData() ?? null,
        fetch,
        notice: isRoot ? rootNotice : null,
        profile: options.profileOf(sessionId),
        profiles: await profiles.names(),
        ...(running ? await running.state() : nothingRuns),
        blockedHosts: blocked.get(sessionId) ?? [],
      };
    },
    stop,
    fetch: fetched.fetch,
    fetchStop: fetched.stop,
    forgetProfile: async (name) => {
      await profiles.forgetNamed(name);
      changedAll();
    },
    settled(sessionId, host) {
      const left = (blocked.get(sessionId) ?? []).filter((one) => one !== host);
      blocked.set(sessionId, left);
    },
    async forget(sessionId) {
      starts.stop(sessionId);
      await stop(sessionId);
      blocked.delete(sessionId);
      rested.delete(sessionId);
      seen.delete(sessionId);
      await profiles.forgetSession(sessionId);
      await rm(join(downloadsRoot, sessionId), { recursive: true, force: true });
    },
    async close() {
      isClosed = true;
      fetched.stop();
      starts.stopAll();
      await cleared;
      await starts.allSettled();
      await Promise.allSettled([...[...entries.keys()].map(stop), ...closing]);
      await rm(join(root, "artifacts"), { recursive: true, force: true });
    },
  };
}

const titleOf = (kind: BrowserKind, version: string | null) =>
  version === null ? kindTitles[kind] : `${kindTitles[kind]} ${version}`;

async function hearDownloads(context: BrowserContext, folder: string): Promise<CDPSession> {
  const session = await context.browser()!.newBrowserCDPSession();
  await session.send("Browser.setDownloadBehavior", {
    ...{ behavior: "allowAndName", downloadPath: folder, eventsEnabled: true },
  });
  return session;
}

/** They are not opened again unasked: that would send what they were opened with once more. */
function restNote(open: string[] | undefined): { firstNote?: string } {
  if (open === undefined) return {};
  const were = open.length === 0 ? "" : ` These pages were open: ${open.map(shortened).join(", ")}`;
  return { firstNote: `The browser was closed while nobody used it, and is new.${were}` };
}

const shortened = (url: string) => url.slice(0, 200);

const nothingRuns = {
  ...{ driver: "agent", agentWaits: false, tabs: [], canGoBack: false, canGoForward: false },
  ...{ dialog: null, chooser: null, downloads: [], doing: null, viewport },
} as const satisfies Partial<BrowserState>;

const rootNotice =
  "Aetheria runs as root, so the browser runs without its own sandbox: a page that breaks out of it could do anything here.";

const asProblem = (error: unknown): AetheriaError =>
  error instanceof AetheriaError
    ? error
    : new AetheriaError("internal", "The browsers of this machine could not be looked for.");

const stopped = () =>
  new AetheriaError("cancelled", "The start of the browser was stopped.", { retryable: true });
