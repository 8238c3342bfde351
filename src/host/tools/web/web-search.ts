// web_search: words to the engine that the person chose, back come titles, addresses and extracts to
// cite. The words leave this machine, and the plan says so. What comes is untrusted.
import * as z from "zod";
import { AetheriaError } from "../../../contract/errors.ts";
import type { SessionId } from "../../../contract/ids.ts";
import type { Settings } from "../../../contract/settings.ts";
import type { Label } from "../../../contract/tool.ts";
import type { CallPlan, Tool, ToolResult } from "../../../core/ports.ts";
import { defineTool } from "../define-tool.ts";
import { untrustedPage } from "../untrusted-page.ts";
import type { Fetch } from "./open-address.ts";
import { brave, searxng, tavily, usualAddresses, type ApiAddresses } from "./web-search-api.ts";
import {
  resultsPageEngine,
  usualResultsPage,
  type ReadInBrowser,
  type ResultsAddress,
} from "./web-search-browser.ts";
import { cleanResults, keyMissing, type Found, type SearchEngine } from "./web-search-engine.ts";

export type WebSearchSetup = {
  settings(): Settings["search"];
  /** The egress room's fetch for this session. `own`: an address that the person configured, which may
   * be a private one. */
  fetch(sessionId: SessionId, options: { own: boolean }): Fetch;
  /** null: there is none. */
  keyFor(engine: "brave" | "tavily"): Promise<string | null>;
  /** Where no address is in the settings. */
  searxngUrl: string | undefined;
  readInBrowser: ReadInBrowser;
  /** What the session's browser may show of the person's; it labels what comes from there. */
  browserHoldsPrivate?(sessionId: SessionId): boolean;
  addresses?: Partial<ApiAddresses & { results: ResultsAddress }>;
};

const input = z.object({
  query: z.string().trim().min(1).max(400),
  count: z.int().min(1).max(20).default(8),
});

export function webSearchTool(setup: WebSearchSetup): Tool {
  return defineTool({
    name: "web_search",
    family: "web",
    title: "Search the web",
    description:
      "Searches the web; returns titles, addresses and extracts. Read a page with web_fetch or browser_open before relying on it.",
    effect: "read",
    input,
    plan: async ({ query }, { sessionId }) => planFor(query, await engineFor(setup, sessionId)),
    async run({ query, count }, { sessionId, signal }) {
      const engine = await engineFor(setup, sessionId);
      const found = cleanResults(await engine.search({ query, count }, signal), count);
      const isPrivate =
        setup.settings().engine === "browser" && setup.browserHoldsPrivate?.(sessionId) === true;
      return resultOf(query, engine, found, isPrivate ? ["untrusted", "private"] : ["untrusted"]);
    },
  });
}

function planFor(query: string, { title, host }: SearchEngine): CallPlan {
  const words = { name: "search words", value: query };
  return {
    summary: `search the web for “${query.length > 80 ? `${query.slice(0, 79)}…` : query}”`,
    effect: "read",
    paths: [],
    hosts: [host],
    // Also where the engine is this machine's: it asks others.
    leaving: { to: host, what: [words] },
    sentence: `Ask ${title} at ${host}.`,
    fields: [words],
  };
}

/** Throws with the way out when the engine lacks its key or its address. */
async function engineFor(setup: WebSearchSetup, sessionId: SessionId): Promise<SearchEngine> {
  const { engine, searxngUrl } = setup.settings();
  const addresses = { ...usualAddresses, results: usualResultsPage, ...setup.addresses };
  const keyOf = async (name: "brave" | "tavily", title: string, variable: string) => {
    const key = await setup.keyFor(name);
    if (key === null) throw keyMissing(title, variable);
    return key;
  };
  switch (engine) {
    case "browser":
      return resultsPageEngine(setup.readInBrowser, sessionId, addresses.results);
    case "searxng":
      return searxng(
        setup.fetch(sessionId, { own: true }),
        ownAddress(searxngUrl ?? setup.searxngUrl),
      );
    case "brave": {
      const key = await keyOf("brave", "Brave Search", "BRAVE_API_KEY");
      return brave(setup.fetch(sessionId, { own: false }), key, addresses.brave);
    }
    case "tavily": {
      const key = await keyOf("tavily", "Tavily", "TAVILY_API_KEY");
      return tavily(setup.fetch(sessionId, { own: false }), key, addresses.tavily);
    }
  }
}

function ownAddress(address: string | undefined): string {
  const given = address?.trim() ?? "";
  const isWeb = URL.canParse(given) && /^https?:$/.test(new URL(given).protocol);
  if (isWeb) return given;
  const problem =
    given === ""
      ? "There is no address of a SearXNG server."
      : "The address of the SearXNG server is none.";
  throw new AetheriaError("not_found", problem, {
    hint: "Write one like http://127.0.0.1:8888 in Settings › Search, or set SEARXNG_URL.",
  });
}

function resultOf(
  query: string,
  { title, host }: SearchEngine,
  found: Found[],
  labels: Label[],
): ToolResult {
  const lines = found.map(
    ({ title: name, url, extract }, at) =>
      `${at + 1}. ${name}\n   ${url}${extract === "" ? "" : `\n   ${extract}`}`,
  );
  const text =
    found.length === 0
      ? `${title} found nothing for these words. Fewer or other words may help.`
      : `${untrustedPage({ from: host }, lines.join("\n"))}\nCite what you use as a Markdown link: [title](address).`;
  return { text, view: { kind: "search", query, engine: title, results: found }, labels };
}
