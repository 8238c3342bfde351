// The real browser under the suite of its port, and a page's own window.
import { createServer, type Server } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  never,
  openTestBrowsers,
  sessionId,
  waiter,
  type OpenedBrowsers,
} from "../../testing/browser-fixture.ts";
import {
  describeBrowsers,
  suiteCookie,
  suiteFile,
  suiteHtml,
} from "../../testing/browsers-suite.ts";
import type { SessionBrowser } from "./session-browser.ts";

const popping = `<title>Pops</title><button onclick="window.open('/popup')">Pop</button>`;

async function startSite(): Promise<{ url: string; site: Server }> {
  const site = createServer((asked, answer) => {
    const path = (asked.url ?? "").split("?")[0] ?? "";
    if (path === "/file") {
      answer.setHeader("content-disposition", `attachment; filename=${suiteFile.name}`);
      return void answer.end(suiteFile.text);
    }
    answer.setHeader("content-type", "text/html");
    if (path === "/") answer.setHeader("set-cookie", `${suiteCookie}=1`);
    answer.end(path === "/pops" ? popping : (suiteHtml[path] ?? ""));
  });
  await once(site.listen(0, "127.0.0.1"), "listening");
  return { site, url: `http://127.0.0.1:${(site.address() as AddressInfo).port}` };
}

function stop(site: Server): void {
  site.closeAllConnections();
  site.close();
}

describeBrowsers("the browsers of Chromium", async () => {
  const { site, url } = await startSite();
  const { browsers, close } = openTestBrowsers();
  return {
    ...{ browsers, url },
    valueOf: (browser, name) =>
      (browser as SessionBrowser).activePage()!.getByLabel(name).inputValue(),
    end: async (session) => void (await browsers.current(session)?.close()),
    async close() {
      await close();
      stop(site);
    },
  };
});

describe("a page's own window", () => {
  let opened: OpenedBrowsers;
  let at: Awaited<ReturnType<typeof startSite>>;
  beforeAll(async () => {
    at = await startSite();
    opened = openTestBrowsers();
  });
  afterAll(async () => {
    await opened.close();
    stop(at.site);
  });

  it("is a tab in front", async () => {
    const browser = await opened.browsers.open(sessionId, waiter);
    await browser.open(`${at.url}/pops`, never);
    await browser.activePage()!.click("button");
    await expect.poll(() => browser.tabs()).toHaveLength(2);
    const [, popup] = browser.tabs();
    expect(popup).toMatchObject({ url: `${at.url}/popup`, active: true });
    const closed = await browser.tab({ kind: "close", tabId: popup!.tabId }, never);
    expect(closed.url).toBe(`${at.url}/pops`);
  });
});
