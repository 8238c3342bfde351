// A real Chromium with page views, for tests of what the model sees and touches: one for each test file.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { chromium, type Browser, type Page } from "playwright-core";
import { findChromium, quietChromiumArgs } from "../../scripts/chromium.ts";
import type { PageAction } from "../core/browser-ports.ts";
import { createPageView } from "../host/browser/page/create-page-view.ts";
import { registerPagePrograms } from "../host/browser/page/page-programs.ts";
import type { PageView } from "../host/browser/page/page-view.ts";

export type ViewedPage = {
  page: Page;
  view: PageView;
  look(): Promise<string>;
  /** The number of the first thing that is shown like this: `button "Save"`. */
  number(shown: string): Promise<number>;
  /** Does it, and what changed. */
  act(action: PageAction): Promise<string>;
  click(shown: string): Promise<string>;
};

export type PageViews = {
  open(content: string): Promise<ViewedPage>;
  goto(url: string): Promise<ViewedPage>;
  close(): Promise<void>;
};

const never = new AbortController().signal;

export async function startPageViews(): Promise<PageViews> {
  const executablePath = findChromium();
  if (!executablePath) throw new Error("These tests need a Chromium: set CHROMIUM_PATH to one.");
  await registerPagePrograms();
  const browser = await chromium.launch({ executablePath, args: [...quietChromiumArgs] });
  return {
    async open(content) {
      const viewed = await viewedPage(browser);
      await viewed.page.setContent(content);
      return viewed;
    },
    async goto(url) {
      const viewed = await viewedPage(browser);
      await viewed.page.goto(url);
      return viewed;
    },
    close: () => browser.close(),
  };
}

async function viewedPage(browser: Browser): Promise<ViewedPage> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  let last = 0;
  const view = createPageView({ page, nextNumber: () => ++last, redact: (text) => text });
  const look = async () => (await view.look({}, never)).text;
  async function number(shown: string): Promise<number> {
    const text = await look();
    const at = text.indexOf(`] ${shown}`);
    if (at < 0) throw new Error(`Nothing is shown as ${shown} in:\n${text}`);
    return Number(text.slice(text.lastIndexOf("[", at) + 1, at));
  }
  async function act(action: PageAction): Promise<string> {
    await view.act(action, never);
    return (await view.change(never)).text;
  }
  const click = async (shown: string) => act({ kind: "click", element: await number(shown) });
  return { page, view, look, number, act, click };
}

export type LocalSite = { url: string; otherUrl: string; close(): Promise<void> };

/** Serves pages under two hosts, which are two sites to a browser. */
export async function startLocalSite(
  answer: (path: string) => string | Promise<string>,
): Promise<LocalSite> {
  const server = createServer((request, response) => {
    void Promise.resolve(answer(request.url ?? "/")).then((body) => {
      response.writeHead(200, { "content-type": "text/html; charset=utf-8" });
      response.end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    otherUrl: `http://localhost:${port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
