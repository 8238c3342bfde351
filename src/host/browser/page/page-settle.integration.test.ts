// Waiting for pages to come to rest, and pages that never do, in a real Chromium.
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  startLocalSite,
  startPageViews,
  type LocalSite,
  type PageViews,
} from "../../../testing/page-views.ts";
import { tokensOf } from "../../../core/agent/tokens.ts";

const never = new AbortController().signal;
let views: PageViews;
let site: LocalSite;

beforeAll(async () => {
  views = await startPageViews();
  site = await startLocalSite(async (path) => {
    if (path === "/slow") await delay(300);
    if (path === "/never") await delay(20_000);
    if (path === "/slow") return "slow answer";
    if (path === "/next") return "<title>Next</title><h1>Next page</h1>";
    return `<title>Start</title><h1>Start</h1><p id=out>waiting</p>
      <button onclick="fetch('/slow').then((r) => r.text()).then((t) => out.textContent = t)">Fetch</button>
      <button onclick="fetch('/never')">Poll</button><a href="/next">Next</a>
      <button onclick="history.pushState(null, '', '/route'); out.textContent = 'routed'">Route</button>
      <button onclick="setTimeout(() => out.textContent = 'later', 0)">Later</button>`;
  });
});
afterAll(async () => {
  await views?.close();
  await site?.close();
});

test("what a press fetches is waited for", async () => {
  const { click } = await views.goto(site.url);
  expect(await click('button "Fetch"')).toContain("slow answer");
});

test("a link's page is told whole", async () => {
  const { click, view } = await views.goto(site.url);
  expect(await click('link "Next"')).toBe("# Next page");
  expect((await view.change(never)).url).toBe(`${site.url}/next`);
});

test("a route that a script changed is told as a difference", async () => {
  const { click, view } = await views.goto(site.url);
  expect(await click('button "Route"')).toContain("~ routed");
  expect((await view.change(never)).url).toBe(`${site.url}/route`);
});

test("a request without end does not hold the press up for ever", async () => {
  const { click } = await views.goto(site.url);
  expect(await click('button "Poll"')).toBe("Nothing changed on the page.");
});

test("a page that rewrites itself every 10 ms neither hangs nor floods", async () => {
  const { click, view, look } =
    await views.open(`<ul id=all></ul><p id=n></p><button onclick="n.textContent='pressed'">Go</button><script>
    setInterval(() => { all.innerHTML = Array.from({ length: 200 }, () => '<li>' + Math.random()).join(''); }, 10)</script>`);
  await look();
  const text = await click('button "Go"');
  expect(text).toContain("pressed");
  expect(tokensOf(text)).toBeLessThanOrEqual(2_000);
  expect(tokensOf((await view.change(never)).text)).toBeLessThanOrEqual(2_000);
});

test("words are waited for, until they come or are gone", async () => {
  const { view, page } = await views.open("<p id=p>Loading</p>");
  await page.evaluate("setTimeout(() => p.textContent = 'Ready', 200)");
  await view.wait({ text: "ready", gone: "loading", timeoutMs: 5_000 }, never);
  await expect(view.wait({ text: "never", timeoutMs: 150 }, never)).rejects.toThrow(
    "did not come within",
  );
});

test("what came in after the page was told is in the next difference", async () => {
  const { view, page, look } = await views.open("<h2>News</h2><ul id=l><li>one</ul>");
  await look();
  await page.evaluate("l.insertAdjacentHTML('beforeend', '<li>two')");
  expect((await view.change(never)).text).toBe('In "News":\n+ two');
  await page.evaluate("l.firstElementChild.remove()");
  expect((await view.change(never)).text).toBe("- one");
});
