// What a phone fetches before the companion shows its sessions, gzipped, everything counted: page,
// scripts, styles and fonts. And how soon it is there again from its own cache, without a net.
import { gzipSync } from "node:zlib";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type Page } from "playwright-core";
import { findChromium, quietChromiumArgs } from "../scripts/chromium.ts";
import { connectSocket } from "../src/cli/connect-socket.ts";
import { spawnCli } from "../src/testing/spawned-cli.ts";
import { quantile, report } from "./report.ts";

const rounds = 9;
const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

const home = await mkdtemp(join(tmpdir(), "aetheria-companion-bench-"));
const cli = spawnCli(["serve", "--json", "--port", "0", "--data", join(home, "data")], { home });
await cli.said('"ready"');
const ready = cli.lines().find((line) => line["type"] === "ready");
const client = await connectSocket(String(ready?.["url"]), String(ready?.["token"]));
await client.call("session.create", { title: "Quarterly report" });
client.close();
const address = `${String(ready?.["url"])}/companion/#token=${String(ready?.["token"])}`;
const executablePath = findChromium();
if (!executablePath) throw new Error("No Chromium found: install one or set CHROMIUM_PATH.");
const browser = await chromium.launch({ executablePath, args: [...quietChromiumArgs] });

const shown = (page: Page) => page.getByText("Quarterly report").waitFor();

async function firstLoadBytes(): Promise<number> {
  const context = await browser.newContext({ ...phone, serviceWorkers: "block" });
  const page = await context.newPage();
  const weights: Promise<number>[] = [];
  page.on("response", (response) => {
    if (response.ok()) weights.push(response.body().then((body) => weightOf(response.url(), body)));
  });
  await page.goto(address);
  await shown(page);
  await page.waitForLoadState("networkidle");
  const all = await Promise.all(weights);
  await context.close();
  return all.reduce((sum, bytes) => sum + bytes, 0);
}

/** Fonts and pictures are packed already. */
const weightOf = (url: string, body: Buffer): number =>
  /\.(?:woff2|png)$/.test(url) ? body.length : gzipSync(body, { level: 9 }).length;

/** From the beginning of the navigation until the list of sessions is on the screen, by the page's own
 * clock. */
async function fromCacheMs(): Promise<number[]> {
  const context = await browser.newContext(phone);
  const page = await context.newPage();
  await page.goto(address);
  await shown(page);
  await page.evaluate("navigator.serviceWorker.ready.then(() => undefined)");
  await page.reload();
  await shown(page);
  await page.addInitScript(`
    window.interactive = new Promise((resolve) =>
      new MutationObserver((_, observer) => {
        if (!document.body?.textContent.includes("Quarterly report")) return;
        observer.disconnect();
        requestAnimationFrame(() => setTimeout(() => resolve(performance.now())));
      }).observe(document, { childList: true, subtree: true }),
    );
  `);
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    await page.reload();
    times.push(await page.evaluate<number>("window.interactive"));
  }
  await context.close();
  return times;
}

try {
  report({
    name: "companion-first-load",
    promise: "the companion's first load, gzipped, with its fonts",
    value: (await firstLoadBytes()) / 1_000,
    limit: 150,
    unit: "KB",
    yardstick: "all that a browser without a cache fetches until the sessions are listed",
  });
  report({
    name: "companion-from-cache",
    promise: "the companion can be used, from its own cache",
    value: quantile(await fromCacheMs(), 0.5),
    limit: 300,
    unit: "ms",
    yardstick: "from the beginning of the navigation, median",
  });
} finally {
  await browser.close();
  cli.child.kill("SIGKILL");
  await cli.ended;
  await rm(home, { recursive: true, force: true, maxRetries: 10 });
}
