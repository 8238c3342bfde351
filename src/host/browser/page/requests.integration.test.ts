// What a page asks for is waited for, unless it is kept open to hear news, in a real Chromium.
import { once } from "node:events";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { chromium, type Browser, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { findChromium, quietChromiumArgs } from "../../../../scripts/chromium.ts";
import { createRequests, type Requests } from "./requests.ts";

const longMs = 60_000;
let browser: Browser;
let page: Page;
let requests: Requests;
let server: Server;
/** Those that are not answered yet. */
let open: { path: string; answer: ServerResponse }[] = [];

beforeAll(async () => {
  server = createServer((asked, answer) => {
    const path = asked.url ?? "";
    if (path === "/") return void answer.end("<title>Page</title>");
    if (path === "/favicon.ico") return void answer.end();
    if (path === "/stream") {
      answer.setHeader("content-type", "text/event-stream");
      answer.write(": begun\n\n");
    }
    open.push({ path, answer });
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  browser = await chromium.launch({
    executablePath: findChromium() ?? "",
    args: [...quietChromiumArgs],
  });
});
beforeEach(async () => {
  open = [];
  page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  requests = createRequests(page, longMs);
});
afterEach(async () => {
  requests.close();
  await page.close();
});
afterAll(async () => {
  await browser?.close();
  server.closeAllConnections();
  server.close();
});

const none: ReadonlySet<string> = new Set();
const awaited = (atMs: number, keptOpen = none) =>
  requests.awaited({ atMs, keptOpen }).map((request) => new URL(request.url()).pathname);
const asks = async (path: string) => {
  await page.evaluate((to) => void fetch(to).catch(() => undefined), path);
  await expect.poll(() => open.some((one) => one.path === path)).toBe(true);
};
const answered = async (path: string) => {
  const finished = page.waitForEvent("requestfinished", (one) => one.url().endsWith(path));
  open.find((one) => one.path === path)?.answer.end("news");
  await finished;
};
const seen = (path: string) => expect.poll(() => awaited(0)).toContain(path);

test("what is asked for is waited for until it comes", async () => {
  await asks("/data");
  await seen("/data");
  await answered("/data");
  expect(awaited(0)).toEqual([]);
});

test("what was open before is not waited for", async () => {
  await asks("/poll");
  await seen("/poll");
  const atMs = performance.now();
  await asks("/data");
  await expect.poll(() => awaited(atMs)).toEqual(["/data"]);
});

test("what is asked anew in place of what was kept open is not waited for", async () => {
  await asks("/poll?after=1");
  await expect.poll(() => [...requests.keptOpen()].join(), { timeout: 5_000 }).toContain("/poll");
  const keptOpen = requests.keptOpen();
  const atMs = performance.now();
  await answered("/poll?after=1");
  await asks("/poll?after=2");
  await asks("/data");
  await expect.poll(() => awaited(atMs).sort()).toEqual(["/data", "/poll"]);
  expect(awaited(atMs, keptOpen)).toEqual(["/data"]);
});

test("a stream is not waited for, whoever reads it", async () => {
  await asks("/stream");
  await page.evaluate(() => void new EventSource("/stream"));
  await expect.poll(() => open.filter(({ path }) => path === "/stream").length).toBe(2);
  await asks("/data");
  await expect.poll(() => awaited(0)).toEqual(["/data"]);
});

test("what was given up is waited for again once it came in time", async () => {
  await asks("/late");
  await seen("/late");
  requests.giveUp(requests.awaited({ atMs: 0, keptOpen: none }));
  await asks("/late?again");
  await asks("/data");
  await expect.poll(() => awaited(0)).toEqual(["/data"]);
  await answered("/late?again");
  expect(awaited(0)).toEqual(["/late", "/data"]);
});
