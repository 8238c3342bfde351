import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  never,
  openTestBrowsers,
  sessionId,
  waiter,
  type OpenedBrowsers,
} from "../../testing/browser-fixture.ts";
import { holderOf } from "./leftovers.ts";
import type { SessionBrowser } from "./session-browser.ts";

let opened: OpenedBrowsers;
let site: Server;
let url: string;
let browser: SessionBrowser;

beforeAll(async () => {
  site = createServer((asked, answer) => {
    answer.setHeader("content-type", "text/html");
    answer.end(
      `<title>${asked.url}</title><h1>Hello</h1><button onclick="window.open('/popup')">Pop</button>`,
    );
  });
  await new Promise<void>((resolve) => site.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
  opened = openTestBrowsers();
  browser = await opened.browsers.open(sessionId, waiter);
});

afterAll(async () => {
  await opened.close();
  site.closeAllConnections();
  site.close();
});

describe("a session's browser", () => {
  it("opens a page and tells of it, with a picture", async () => {
    const acted = await browser.open(`${url}/one`, never);
    expect(acted).toMatchObject({ url: `${url}/one`, title: "/one", notes: [] });
    expect(acted.text).toContain("Hello");
    expect((await acted.picture)?.mime).toBe("image/jpeg");
    expect(browser.place()).toEqual({ url: `${url}/one`, title: "/one" });
  });

  it("lets a page's own window be a tab in front", async () => {
    await browser.open(`${url}/two`, never);
    await browser.activePage()!.click("button");
    await expect.poll(() => browser.tabs()).toHaveLength(2);
    const [, popup] = browser.tabs();
    expect(popup).toMatchObject({ url: `${url}/popup`, active: true });
    const closed = await browser.tab({ kind: "close", tabId: popup!.tabId }, never);
    expect(closed.url).toBe(`${url}/two`);
  });
});
void [existsSync, readdirSync, readFileSync, join, holderOf];
