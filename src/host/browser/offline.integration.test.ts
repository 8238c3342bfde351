// Going offline while the browser is at work: what is under way ends with the reason, nothing more leaves,
// and the same tab goes on when the machine is online again.
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import {
  never,
  openTestBrowsers,
  sessionId,
  waiter,
  type OpenedBrowsers,
} from "../../testing/browser-fixture.ts";
import { createEgress, type Egress } from "../egress/egress.ts";
import type { SessionBrowser } from "./session-browser.ts";

const state = { offline: false };
const words = "Aetheria is offline, so it does not connect to site.example.";
const requests: string[] = [];
const broken: string[] = [];
let arrived = Promise.withResolvers<void>();
let egress: Egress;
let opened: OpenedBrowsers;
let browser: SessionBrowser;
let server: Server;
let url: string;

beforeAll(async () => {
  server = createServer((asked, answer) => {
    const path = asked.url ?? "";
    if (path === "/favicon.ico") return void answer.writeHead(404).end();
    requests.push(path);
    answer.on("close", () => {
      if (!answer.writableFinished) broken.push(path);
    });
    if (path === "/file") answer.setHeader("content-type", "application/zip");
    else answer.setHeader("content-type", "text/html");
    if (path === "/") return void answer.end("<title>Home</title><h1>Home</h1>");
    if (path !== "/silent") answer.write(`<h1>The beginning</h1>${" ".repeat(4_000)}`);
    arrived.resolve();
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  url = `http://site.example:${(server.address() as AddressInfo).port}`;
  egress = createEgress({
    rules: () => ({ offline: state.offline, allowedPrivateHosts: ["site.example"] }),
    clock: { now: () => Date.now() },
    lookup: async () => [{ address: "127.0.0.1", family: 4 }],
  });
  opened = openTestBrowsers({
    openWay: egress.browser.open,
    isOffline: () => state.offline,
    // Longer than any of these tests may take.
    limits: { navigationMs: 120_000, downloadStalledMs: 120_000 },
  });
  browser = await opened.browsers.open(sessionId, waiter);
});
beforeEach(() => {
  state.offline = false;
  arrived = Promise.withResolvers();
  for (const list of [requests, broken]) list.length = 0;
});
afterAll(async () => {
  await opened.close();
  await egress.close();
  server.closeAllConnections();
  server.close();
});

const goOffline = async () => {
  state.offline = true;
  await egress.enforce();
};

/** The same tab, as if nothing had been. */
async function isBack(): Promise<void> {
  const [tab] = browser.tabs();
  state.offline = false;
  expect(await browser.open(`${url}/`, never)).toMatchObject({ title: "Home", notes: [] });
  expect(browser.tabs().map(({ tabId }) => tabId)).toEqual([tab?.tabId]);
}

it("ends a page that has not answered yet with the reason", async () => {
  const opening = browser.open(`${url}/silent`, never);
  await arrived.promise;
  await Promise.all([
    expect(opening).rejects.toMatchObject({
      code: "offline",
      message: expect.stringContaining(words) as string,
    }),
    goOffline(),
  ]);
  await expect.poll(() => broken).toEqual(["/silent"]);
  // It would tell the reason once more.
  await browser.open("about:blank", never);
  await isBack();
});

it("ends a page in the middle, shows what came and says why there is no more", async () => {
  const opening = browser.open(`${url}/slow`, never);
  await arrived.promise;
  await browser.activePage()!.getByText("The beginning").waitFor();
  await goOffline();
  const { text, notes } = await opening;
  expect(text).toContain("The beginning");
  expect(notes.join()).toContain(words);
  expect(notes.join()).toContain("The page broke off");
  await expect.poll(() => broken).toEqual(["/slow"]);
  await isBack();
});

it("ends a file in the middle with the reason", async () => {
  const coming = browser.download({ url: `${url}/file` }, never);
  await expect.poll(() => browser.downloads().at(-1)?.state).toBe("coming");
  await Promise.all([expect(coming).rejects.toMatchObject({ code: "offline" }), goOffline()]);
  await expect.poll(() => broken).toEqual(["/file"]);
  await browser.open("about:blank", never);
  await isBack();
});

it("lets nothing leave until it is over", async () => {
  await browser.open(`${url}/`, never);
  await goOffline();
  requests.length = 0;
  for (const work of [browser.open(`${url}/`, never), browser.step("reload", never)])
    await expect(work).rejects.toMatchObject({ code: "offline" });
  await expect(browser.download({ url: `${url}/file` }, never)).rejects.toMatchObject({
    code: "offline",
  });
  expect(requests).toEqual([]);
  await browser.open("about:blank", never);
  await isBack();
});
