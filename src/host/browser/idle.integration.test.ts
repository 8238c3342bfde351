// A browser that nobody uses goes, and comes back when somebody does.
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, it } from "vitest";
import {
  never,
  openTestBrowsers,
  sessionId,
  waiter,
  type OpenedBrowsers,
} from "../../testing/browser-fixture.ts";
import { processesOf } from "./processes.fixture.ts";

let opened: OpenedBrowsers;
let site: Server;
let url: string;
let gone: PromiseWithResolvers<void>;
let wasOpen = false;
const cookies: string[] = [];

beforeEach(async () => {
  gone = Promise.withResolvers();
  wasOpen = false;
  site = createServer((asked, answer) => {
    cookies.push(asked.headers.cookie ?? "");
    answer.setHeader("content-type", "text/html");
    answer.setHeader("set-cookie", "who=ada; Max-Age=10000");
    answer.end("<title>Here</title><h1>Here</h1>");
  });
  await once(site.listen(0, "127.0.0.1"), "listening");
  url = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
  opened = openTestBrowsers({
    idleMs: 300,
    changed: () => {
      if (wasOpen && opened.browsers.current(sessionId) === null) gone.resolve();
    },
  });
});
afterEach(async () => {
  await opened.close();
  site.closeAllConnections();
  site.close();
});

it("goes with its processes, and comes back with its cookies and a word about its tabs", async () => {
  const browser = await opened.browsers.open(sessionId, waiter);
  wasOpen = true;
  await browser.open(`${url}/one`, never);
  await gone.promise;
  if (process.platform === "linux")
    await expect.poll(() => processesOf(opened.dataDir)).toEqual([]);
  const again = await opened.browsers.open(sessionId, waiter);
  const { title, notes } = await again.open(`${url}/two`, never);
  expect(title).toBe("Here");
  expect(cookies.at(-1)).toBe("who=ada");
  expect(notes).toEqual([
    `The browser was closed while nobody used it, and is new. These pages were open: ${url}/one`,
  ]);
});

it("stays while a verb is at work or somebody watches", async () => {
  const browser = await opened.browsers.open(sessionId, waiter);
  wasOpen = true;
  await browser.open(`${url}/`, never);
  await browser.wait({ text: "never", timeoutMs: 1_200 }, never).catch(() => null);
  expect(opened.browsers.current(sessionId)).toBe(browser);
  const leave = browser.hold();
  await browser.wait({ text: "never", timeoutMs: 700 }, never).catch(() => null);
  expect(opened.browsers.current(sessionId)).toBe(browser);
  leave();
  await gone.promise;
  expect(opened.browsers.current(sessionId)).toBeNull();
});
