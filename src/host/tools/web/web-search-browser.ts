// The engine that needs no key: a page of results, read in the session's browser in a tab of its own.
import type { SessionId } from "../../../contract/ids.ts";
import type { ResultsPage } from "./web-search-page.ts";
import { readResults } from "./web-search-page.ts";
import type { SearchEngine } from "./web-search-engine.ts";

/** Opens the address beside what is open, reads it, and leaves everything as it was. Yields nothing of
 * its own. Throws what the browser throws. */
export type ReadInBrowser = (
  sessionId: SessionId,
  url: string,
  signal: AbortSignal,
) => Promise<ResultsPage>;

export type ResultsAddress = { title: string; url: string };
/** Made to be read without scripts. The words go where `%s` stands. */
export const usualResultsPage: ResultsAddress = {
  ...{ title: "DuckDuckGo", url: "https://html.duckduckgo.com/html/?q=%s" },
};

export function resultsPageEngine(
  read: ReadInBrowser,
  sessionId: SessionId,
  { title, url }: ResultsAddress,
): SearchEngine {
  return {
    title,
    host: new URL(url.replace("%s", "")).host,
    async search({ query }, signal) {
      const address = url.replace("%s", () => encodeURIComponent(query));
      return readResults(await read(sessionId, address, signal), title);
    },
  };
}
