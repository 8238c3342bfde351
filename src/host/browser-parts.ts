// Joins the browsers to the store, the way out and those who watch.
import { homedir } from "node:os";
import { join } from "node:path";
import type { Push } from "../contract/calls.ts";
import { AetheriaError } from "../contract/errors.ts";
import type { SessionId } from "../contract/ids.ts";
import type { Browsers } from "../core/browser-ports.ts";
import type { Store } from "../core/ports.ts";
import type { HostBrowsers } from "./browser/browsers.ts";
import type { Egress } from "./egress/egress.ts";
import { createLazyRoom, type LazyRoom } from "./lazy-room.ts";
import { readDocument } from "./tools/documents/read-document.ts";

export type BrowserParts = LazyRoom<HostBrowsers> & {
  /** The port, filled when it is first used. */
  browsers: Browsers;
};

type Needs = {
  dataDir: string;
  env: Readonly<Record<string, string | undefined>>;
  store: Store;
  egress: Egress;
  broadcast(push: Push): void;
  log(line: string): void;
};

const maxPdfChars = 2_000_000;

export function createBrowserParts(needs: Needs): BrowserParts {
  const { dataDir, broadcast, log } = needs;
  const room = createLazyRoom<HostBrowsers>({
    ...{ name: "browser", folder: join(dataDir, "browser"), log },
    open: (changed) => open(needs, changed),
    tell: (sessionId) => broadcast({ type: "browser.changed", sessionId }),
  });
  return {
    ...room,
    browsers: {
      open: async (sessionId, options) => (await room.load()).open(sessionId, options),
      current: (sessionId) => room.loaded()?.current(sessionId) ?? null,
      program: async () => (await room.load()).program(),
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
