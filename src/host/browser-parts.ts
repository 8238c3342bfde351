// Joins the browsers to the store, the way out and those who watch. Nothing of them is loaded before
// somebody needs one, or some seconds after the start where an earlier host may have left some behind.
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { Push } from "../contract/calls.ts";
import { AetheriaError } from "../contract/errors.ts";
import type { SessionId } from "../contract/ids.ts";
import type { Browsers } from "../core/browser-ports.ts";
import type { Store } from "../core/ports.ts";
import type { HostBrowsers } from "./browser/browsers.ts";
import type { Egress } from "./egress/egress.ts";
import { describe } from "./system-parts.ts";
import { readDocument } from "./tools/documents/read-document.ts";

export type BrowserParts = {
  /** The port, filled when it is first used. */
  browsers: Browsers;
  load(): Promise<HostBrowsers>;
  changed(sessionId: SessionId): void;
  /** The session was deleted. */
  forget(sessionId: SessionId): Promise<void>;
  close(): Promise<void>;
};

type Needs = {
  dataDir: string;
  env: Readonly<Record<string, string | undefined>>;
  store: Store;
  egress: Egress;
  broadcast(push: Push): void;
  log(line: string): void;
};

/** Who hears that a browser changed asks about it again: that is enough a few times a second. */
const tellEveryMs = 100;
/** When the page is up and the disk is quiet. */
const leftoversMs = 8_000;
const maxPdfChars = 2_000_000;

export function createBrowserParts(needs: Needs): BrowserParts {
  const { dataDir, broadcast, log } = needs;
  const waiting = new Map<SessionId, NodeJS.Timeout>();
  const changed = (sessionId: SessionId) => {
    if (waiting.has(sessionId)) return;
    const tell = () => {
      waiting.delete(sessionId);
      broadcast({ type: "browser.changed", sessionId });
    };
    waiting.set(sessionId, setTimeout(tell, tellEveryMs).unref());
  };
  let loaded: HostBrowsers | null = null;
  let loading: Promise<HostBrowsers> | null = null;
  let isClosed = false;

  const load = () => {
    if (isClosed) throw new AetheriaError("cancelled", "Aetheria is shutting down.");
    return (loading ??= open(needs, changed).then((made) => (loaded = made)));
  };

  const wasUsed = existsSync(join(dataDir, "browser"));
  const leftovers = wasUsed
    ? setTimeout(() => {
        // Making them is what looks for what an earlier host left behind.
        load().catch((error: unknown) => log(`browser: ${describe(error)}`));
      }, leftoversMs).unref()
    : undefined;

  return {
    load: async () => load(),
    changed,
    browsers: {
      open: async (sessionId, options) => (await load()).open(sessionId, options),
      current: (sessionId) => loaded?.current(sessionId) ?? null,
      program: async () => (await load()).program(),
    },
    async forget(sessionId) {
      if (loading !== null || wasUsed) await (await load()).forget(sessionId);
    },
    async close() {
      isClosed = true;
      clearTimeout(leftovers);
      for (const timer of waiting.values()) clearTimeout(timer);
      await (await loading?.catch(() => null))?.close();
    },
  };
}

async function open(
  { dataDir, env, store, egress, broadcast, log }: Needs,
  changed: (sessionId: SessionId) => void,
): Promise<HostBrowsers> {
  const { openBrowsers } = await import("./browser/open-browsers.ts");
  return openBrowsers({
    ...{ dataDir, env, log, changed, platform: process.platform, home: homedir() },
    fetching: (fetch) => broadcast({ type: "browser.fetching", fetch }),
    openWay: egress.browser.open,
    fetch: egress.fetch("browser"),
    isOffline: () => store.settings().offline,
    chosen: () => store.settings().browser,
    profileOf: (sessionId) => store.session(sessionId)?.browserProfile ?? { kind: "session" },
    isSession: (sessionId) => store.session(sessionId) !== null,
    async readPdf(bytes, name, signal) {
      const source = { bytes, name, mime: "application/pdf" };
      const read = await readDocument(source, maxPdfChars, signal);
      if (read.kind === "text") return read.text;
      throw new AetheriaError(
        "bad_input",
        read.kind === "none" ? read.why : `${name} holds no text.`,
      );
    },
  });
}
