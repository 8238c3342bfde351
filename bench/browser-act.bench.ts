// A press in a session's browser and what the model is told of it, with its picture, against Playwright's
// own click and whole snapshot of the same page, in turns in one run.
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { quietChromiumArgs } from "../scripts/chromium.ts";
import type { SessionId } from "../src/contract/ids.ts";
import { createEgress } from "../src/host/egress/egress.ts";
import { chromiumHere, never, openTestBrowsers, waiter } from "../src/testing/browser-fixture.ts";
import { quantile, report } from "./report.ts";

const rows = Array.from(
  { length: 60 },
  (_, at) => `<tr><td>Order ${at}<td>${at * 7} €<td><button class=row>Ship ${at}</button></tr>`,
).join("");
const content = `<!doctype html><title>Orders</title><nav><a href="/a">Home</a> <a href="/b">Orders</a></nav>
<h1>Orders</h1><form><label>Search <input></label><button type=button>Find</button></form>
<p>Pressed <b id=count>0</b> times.</p><button id=press>Count</button><table>${rows}</table>
<script>let n = 0; press.onclick = () => { count.textContent = String(++n); }</script>`;
const rounds = 60;

const site = createServer((_asked, answer) => {
  answer.setHeader("content-type", "text/html; charset=utf-8");
  answer.end(content);
});
await new Promise<void>((resolve) => site.listen(0, "127.0.0.1", resolve));
const host = `127.0.0.1:${(site.address() as AddressInfo).port}`;
const egress = createEgress({
  rules: () => ({ offline: false, allowedPrivateHosts: [host] }),
  clock: { now: Date.now },
});
const dataDir = mkdtempSync(join(tmpdir(), "aetheria-bench-"));
const { browsers, close } = openTestBrowsers({ dataDir, openWay: egress.browser.open });
const theirBrowser = await chromium.launch({
  executablePath: chromiumHere(),
  args: [...quietChromiumArgs],
});

async function timed<T>(work: () => Promise<T>): Promise<{ ms: number; done: T }> {
  const startMs = performance.now();
  const done = await work();
  return { ms: performance.now() - startMs, done };
}

try {
  const page = await theirBrowser.newPage({ viewport: { width: 1280, height: 800 } });
  await page.goto(`http://${host}/`);
  const browser = await browsers.open("session" as SessionId, waiter);
  const { text } = await browser.open(`http://${host}/`, never);
  const element = Number(/\[(\d+)\] button "Count"/.exec(text)?.[1]);
  const act = async () => {
    const told = await browser.act({ kind: "click", element }, never);
    if (!told.text.includes("~ Pressed")) throw new Error(`It told: ${told.text}`);
    return { picture: told.picture };
  };
  const bare = async () => {
    await page.locator("#press").click();
    await page.ariaSnapshot();
  };
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let at = 0; at < rounds + 10; at++) {
    const { ms: bareMs } = await timed(bare);
    const { ms: actMs, done } = await timed(act);
    // The picture for the person comes while the model thinks about what it was told.
    if ((await done.picture) === null) throw new Error("There is no picture of the step.");
    if (at >= 10) theirs.push(bareMs);
    if (at >= 10) ours.push(actMs);
  }
  report({
    ...{ name: "browser-act", promise: "act and what it changed, p50", limit: 1.3, unit: "×" },
    ...{ value: quantile(ours, 0.5) / quantile(theirs, 0.5) },
    yardstick: "Playwright's click() and ariaSnapshot()",
  });
  report({
    ...{ name: "browser-act-p50", promise: "the same", value: quantile(ours, 0.5), limit: 100 },
    ...{ unit: "ms", yardstick: "–" },
  });
} finally {
  await theirBrowser.close();
  await close();
  await egress.close();
  site.close();
  rmSync(dataDir, { recursive: true, force: true });
}
