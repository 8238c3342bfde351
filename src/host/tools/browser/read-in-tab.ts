// A page read beside what is open: a tab of its own that is gone afterwards, for whoever only wants its
// text. One at a time in a session.
import type { SessionId } from "../../../contract/ids.ts";
import type { Browser, Browsers, Seen } from "../../../core/browser-ports.ts";

export type ReadInTab = (sessionId: SessionId, url: string, signal: AbortSignal) => Promise<Seen>;

export function createReadInTab(browsers: Browsers): ReadInTab {
  const turns = new Map<SessionId, Promise<unknown>>();
  return (sessionId, url, signal) => {
    const before = turns.get(sessionId) ?? Promise.resolve();
    const reading = before.then(async () => {
      signal.throwIfAborted();
      const browser = await browsers.open(sessionId, { signal, onProgress: () => undefined });
      return readBeside(browser, url, signal);
    });
    // Whoever comes next waits for its end, however that is.
    const turn = reading
      .catch(() => undefined)
      .finally(() => {
        if (turns.get(sessionId) === turn) turns.delete(sessionId);
      });
    turns.set(sessionId, turn);
    return reading;
  };
}

async function readBeside(browser: Browser, url: string, signal: AbortSignal): Promise<Seen> {
  const before = activeTab(browser);
  await browser.tab({ kind: "new", url }, signal);
  const own = activeTab(browser);
  try {
    return await browser.text(undefined, signal);
  } finally {
    await putBack(browser, own, before);
  }
}

const activeTab = (browser: Browser) => browser.tabs().find(({ active }) => active)?.tabId;

/** Also after a stop. */
async function putBack(
  browser: Browser,
  own: string | undefined,
  before: string | undefined,
): Promise<void> {
  const { signal } = new AbortController();
  if (own === undefined || own === before) return;
  await browser.tab({ kind: "close", tabId: own }, signal);
  if (before !== undefined && activeTab(browser) !== before)
    await browser.tab({ kind: "switch", tabId: before }, signal);
}
